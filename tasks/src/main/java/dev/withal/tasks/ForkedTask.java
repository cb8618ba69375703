package dev.withal.tasks;

import dev.withal.Work;
import dev.withal.internal.Time;
import java.util.Objects;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * A task on a virtual thread of its own, which is interrupted when it is asked to end.
 *
 * <p>Design: it is asked under the lock of its group, and only while it is in the list, so that no
 * interruption comes once the work has ended. Guard against race between the first step of the
 * thread and a request: each writes its own field and reads the other's, so one of them sees both.
 */
final class ForkedTask<R extends @Nullable Object> extends Member implements Runnable {
  private final Group group;
  private final TaskFuture<R> future;

  /** Null once it has ended: a thread may be kept for long. */
  private @Nullable Work<? extends R, ?> work;

  private volatile @Nullable Thread runner;
  private volatile TaskFuture.@Nullable Request request;

  ForkedTask(Group group, Work<? extends R, ?> work) {
    this.group = group;
    this.work = work;
    future = new TaskFuture<>(this);
  }

  CompletableFuture<R> future() {
    return future;
  }

  @Override
  public void run() {
    R value = null;
    Throwable error = null;
    try {
      runner = Thread.currentThread();
      if (request == null) {
        value = group.<R>run(Objects.requireNonNull(work));
      } else {
        error = new CancellationException("it was asked to end before it began");
      }
    } catch (Throwable thrown) {
      error = thrown;
    }
    work = null;
    group.remove(this);
    // What continues from here on this thread isn't what was to be interrupted.
    Thread.interrupted();
    end(value, error);
  }

  private void end(@Nullable R value, @Nullable Throwable error) {
    TaskFuture.Request asked = request;
    if (asked != null) {
      endAsked(asked, value, error);
    } else if (error != null) {
      group.failed(new Failure(error, this));
      future.fail(error);
      group.leave();
    } else if (group.onSuccess()) {
      if (group instanceof RaceGroup<?>) {
        won(value);
      }
      future.finish(value);
      group.leave();
    } else {
      endAsked(new TaskFuture.Request(group.refusal(), false, null), value, null);
    }
  }

  @SuppressWarnings("unchecked") // a race begins tasks of its own type only
  private void won(@Nullable R value) {
    ((RaceGroup<R>) group).hasWon(value);
  }

  /** It was asked to end, and ended with a value, which nobody receives, or an error. */
  private void endAsked(TaskFuture.Request asked, @Nullable R value, @Nullable Throwable error) {
    Answer answer = Answer.to(asked.reason(), error);
    if (value == null) {
      told(asked, answer);
    } else {
      Answer.release(value, asked.reason())
          .whenComplete((ignored, failure) -> told(asked, answer.with(failure)));
    }
  }

  private void told(TaskFuture.Request asked, Answer answer) {
    if (group.isAsked()) {
      for (Throwable news : answer.news()) {
        group.note(new Failure(news, this));
      }
    }
    future.end(asked, answer);
    group.leave();
  }

  /** {@return whether this is the first request} Needs the lock of the group. */
  boolean hear(TaskFuture.Request asked) {
    if (request != null) {
      return false;
    }
    request = asked;
    Thread running = runner;
    if (running != null) {
      Time.current().interrupt(running);
    }
    return true;
  }

  boolean ask(TaskFuture.Request asked) {
    return group.interrupt(this, asked);
  }

  @Override
  void ask(CancellationException asked) {
    ask(new TaskFuture.Request(asked, false, null));
  }

  @Override
  Object holder() {
    return Objects.requireNonNullElse(runner, this);
  }

  @Override
  public String toString() {
    return "task";
  }
}
