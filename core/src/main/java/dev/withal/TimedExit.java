package dev.withal;

import dev.withal.internal.Time;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** A manager whose exit is bounded: graceful, then forced, then abandoned and reported (L9). */
final class TimedExit<T extends @Nullable Object> implements AsyncContextManager<T> {
  private final AsyncContextManager<T> source;
  private final String name;
  private final Duration limit;
  private final @Nullable Function<@Nullable Object, ? extends CompletionStage<?>> forceClose;

  TimedExit(AsyncContextManager<T> source, String name, Settings.ExitTimeout bound) {
    this.source = source;
    this.name = name;
    this.limit = bound.limit();
    this.forceClose = bound.forceClose();
  }

  @Override
  public CompletionStage<AsyncContext<T>> enterAsync() {
    return Stages.map(source.enterAsync(), Bounded::new);
  }

  @Override
  public String toString() {
    return name;
  }

  /** The context, and how far its exit has got. */
  private final class Bounded implements AsyncContext<T>, Stages.TellsCase {
    private final AsyncContext<? extends T> context;
    private final int since = SharedErrors.additions();
    private final CompletableFuture<ExitCase> answer = new CompletableFuture<>();
    private final AtomicBoolean answered = new AtomicBoolean();
    private final AtomicReference<Time.@Nullable Timer> timer = new AtomicReference<>();

    /** What the exit failed with once it is forced. */
    private volatile @Nullable TimeoutException forced;

    Bounded(AsyncContext<? extends T> context) {
      this.context = context;
    }

    @Override
    public T value() {
      return context.value();
    }

    @Override
    public @Nullable CompletionStage<?> lost() {
      return context.lost();
    }

    @Override
    public CompletionStage<Verdict> exitAsync(ExitCase how) {
      return Stages.verdict(this, how);
    }

    @Override
    public CompletionStage<ExitCase> exitCase(ExitCase how) {
      boolean bounded = Settings.isBounded(limit);
      Time time = Time.current();
      var graceful =
          Stages.exit(context, bounded ? how.by(time.now().plus(limit)) : how)
              .thenApply(answered -> Unwinding.after(how, answered, since));
      if (Stages.hasValue(graceful)) {
        return graceful;
      }
      if (bounded) {
        timer.set(time.schedule(limit, this::limitOver));
      }
      graceful.whenComplete(this::ended);
      return answer;
    }

    /** The graceful exit has ended: in time, by force, or after it was given up. */
    private void ended(@Nullable ExitCase after, @Nullable Throwable failure) {
      TimeoutException tooSlow = forced;
      if (tooSlow != null) {
        forceEnded(tooSlow, failure);
      } else if (failure != null) {
        fail(failure);
      } else if (answered.compareAndSet(false, true)) {
        stopTimer();
        answer.complete(after);
      }
    }

    private void limitOver() {
      if (forceClose == null) {
        abandon();
        return;
      }
      var tooSlow = tooSlow("forced");
      forced = tooSlow;
      timer.set(Time.current().schedule(limit, this::abandon));
      try {
        Objects.requireNonNull(
                forceClose.apply(context.value()), "forceClose returned null: return a stage")
            .whenComplete((_, failure) -> forceEnded(tooSlow, failure));
      } catch (Throwable failure) {
        forceEnded(tooSlow, failure);
      }
    }

    private void forceEnded(TimeoutException tooSlow, @Nullable Throwable failure) {
      fail(failure == null ? tooSlow : Failures.join(tooSlow, Failures.unwrap(failure), since));
    }

    private void abandon() {
      var tooSlow = tooSlow("abandoned");
      if (answered.compareAndSet(false, true)) {
        Report.send(
            Report.Kind.ABANDONED_EXIT,
            name,
            "the exit was abandoned: it may hold what it should release",
            tooSlow);
        answer.completeExceptionally(tooSlow);
      }
    }

    private void fail(Throwable failure) {
      if (answered.compareAndSet(false, true)) {
        stopTimer();
        answer.completeExceptionally(failure);
      } else if (failure != forced) {
        // The answer was given, and this failure is no part of it.
        Report.send(
            Report.Kind.LATE_FAILURE,
            name,
            "the exit failed after it had been given up",
            Failures.unwrap(failure));
      }
    }

    private TimeoutException tooSlow(String fate) {
      return new TimeoutException(
          "the exit of " + name + " did not end within " + limit + " and was " + fate);
    }

    private void stopTimer() {
      Time.Timer pending = timer.get();
      if (pending != null) {
        pending.cancel();
      }
    }

    @Override
    public String toString() {
      return context.toString();
    }
  }
}
