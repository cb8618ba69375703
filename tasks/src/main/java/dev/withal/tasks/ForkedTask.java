package dev.withal.tasks;

import dev.withal.Work;
import dev.withal.internal.Forked;
import dev.withal.internal.Time;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.Objects;
import java.util.concurrent.CancellationException;
import org.jspecify.annotations.Nullable;

/**
 * A task on a virtual thread of its own, which is interrupted when it is asked to end.
 *
 * <p>Design: {@code fate} is set once, by the first request or the end of the work. Whoever sets a
 * request interrupts the thread under a lock of the group, and an end that finds one takes that
 * lock, so that no interruption comes once the work has ended; an end that finds none needs no
 * lock. Guard against race between the first step of the thread and a request: each writes its own
 * field and reads the other's, so one of them sees both.
 */
final class ForkedTask<R extends @Nullable Object> extends TaskFuture<R> implements Member, Forked {
  private static final VarHandle FATE = handle("fate", Object.class);
  private static final VarHandle RUNNER = handle("runner", Thread.class);

  /** The fate of a task whose work has ended before anybody asked it to. */
  private static final Object ENDED = new Object();

  private static final Ended UNTOLD = error -> {};

  // Null once it has left.
  private @Nullable Group group;
  private Running.@Nullable Block block;
  private int place;

  /** Null once it has ended: a thread may be kept for long. */
  private @Nullable Work<? extends R, ?> work;

  /** Null before the thread begins, and once it has left. */
  private @Nullable Thread runner;

  /** Null, the request, or {@link #ENDED}. */
  private volatile @Nullable Object fate;

  ForkedTask(Group group, Work<? extends R, ?> work) {
    this.group = group;
    this.work = work;
  }

  @Override
  public void run() {
    run(UNTOLD);
  }

  @Override
  public void run(Ended ended) {
    Group own = Objects.requireNonNull(group);
    R value = null;
    Throwable error = null;
    try {
      RUNNER.setVolatile(this, Thread.currentThread());
      if (fate == null) {
        value = own.<R>run(Objects.requireNonNull(work));
      } else {
        error = new CancellationException("it was asked to end before it began");
      }
    } catch (Throwable thrown) {
      error = Foreign.unwrapped(thrown);
    }
    work = null;
    TaskFuture.Request asked = workEnded(own);
    // What continues from here on this thread isn't what was to be interrupted.
    Thread.interrupted();
    try {
      ended.with(asked == null ? error : asked.reason());
      end(own, asked, value, error);
    } catch (Throwable broken) {
      leaveAnyway(own, broken);
    }
  }

  /** Work without a result. */
  record Launched(Work.Action<?> action) implements Work<@Nullable Void, Exception> {
    @Override
    public @Nullable Void call() throws Exception {
      action.run();
      return null;
    }
  }

  @Override
  public Object body() {
    return work instanceof Launched launched ? launched.action : Objects.requireNonNull(work);
  }

  /** {@return the request that came before the end of the work; null if there was none} */
  private TaskFuture.@Nullable Request workEnded(Group own) {
    return FATE.compareAndSet(this, null, ENDED) ? null : own.heard(this);
  }

  TaskFuture.Request request() {
    return (TaskFuture.Request) Objects.requireNonNull(fate);
  }

  private void end(
      Group own, TaskFuture.@Nullable Request asked, @Nullable R value, @Nullable Throwable error) {
    if (asked != null) {
      endAsked(own, asked, value, error);
    } else if (error != null) {
      own.failed(failure(error));
      letGo();
      fail(error);
      own.leave(this);
    } else if (own.onSuccess()) {
      if (own instanceof RaceGroup<?>) {
        won(own, value);
      }
      letGo();
      finish(value);
      own.leave(this);
    } else {
      endAsked(own, new TaskFuture.Request(own.refusal(), false, null), value, null);
    }
  }

  @SuppressWarnings("unchecked") // a race begins tasks of its own type only
  private void won(Group own, @Nullable R value) {
    ((RaceGroup<R>) own).hasWon(value);
  }

  /** It was asked to end, and ended with a value, which nobody receives, or an error. */
  private void endAsked(
      Group own, TaskFuture.Request asked, @Nullable R value, @Nullable Throwable error) {
    Answer answer = Answer.to(asked.reason(), error);
    if (value == null) {
      told(own, asked, answer);
    } else {
      Answer.release(value)
          .whenComplete((ignored, failure) -> {
            try {
              told(own, asked, answer.with(failure));
            } catch (Throwable broken) {
              leaveAnyway(own, broken);
            }
          });
    }
  }

  private void told(Group own, TaskFuture.Request asked, Answer answer) {
    if (own.isAsked()) {
      for (Throwable news : answer.news()) {
        own.note(failure(news));
      }
    }
    letGo();
    end(asked, answer);
    own.leave(this);
  }

  /** Leaves although its end threw: that is told, and the group doesn't wait for it forever. */
  private void leaveAnyway(Group own, Throwable broken) {
    if (block != null) {
      own.note(new Failure(broken, () -> this));
      letGo();
      fail(broken);
      own.leave(this);
    }
  }

  private Failure failure(Throwable error) {
    Thread thread = Objects.requireNonNull(runner);
    return new Failure(error, () -> thread);
  }

  /** It may be kept for its result. */
  private void letGo() {
    group = null;
    runner = null;
  }

  /** {@return whether this came first} Needs the lock of the group. */
  boolean hear(TaskFuture.Request asked) {
    if (!FATE.compareAndSet(this, null, asked)) {
      return false;
    }
    Thread running = (Thread) RUNNER.getVolatile(this);
    if (running != null) {
      Time.current().interrupt(running);
    }
    return true;
  }

  @Override
  boolean ask(TaskFuture.Request asked) {
    Group own = group;
    return own != null && own.interrupt(this, asked);
  }

  @Override
  public void ask(CancellationException asked) {
    ask(new TaskFuture.Request(asked, false, null));
  }

  @Override
  public void isAt(Running.Block own, int taken) {
    block = own;
    place = taken;
  }

  @Override
  public boolean leave(Running running) {
    Running.Block own = Objects.requireNonNull(block);
    block = null;
    return running.remove(own, place);
  }

  private static VarHandle handle(String field, Class<?> type) {
    try {
      return MethodHandles.lookup().findVarHandle(ForkedTask.class, field, type);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }
}
