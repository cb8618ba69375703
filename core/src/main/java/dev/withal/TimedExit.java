package dev.withal;

import dev.withal.internal.Time;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** A manager whose exit is bounded: graceful, then forced, then abandoned and reported (L9). */
final class TimedExit<T extends @Nullable Object> implements AsyncContextManager<T> {
  private final AsyncContextManager<T> source;
  private final Duration limit;
  private final @Nullable Function<? super T, ? extends CompletionStage<?>> forceClose;

  TimedExit(
      AsyncContextManager<T> source,
      Duration limit,
      @Nullable Function<? super T, ? extends CompletionStage<?>> forceClose) {
    this.source = source;
    this.limit = limit;
    this.forceClose = forceClose;
  }

  @Override
  public CompletionStage<AsyncContext<T>> enterAsync() {
    return Stages.map(source.enterAsync(), Bounded::new);
  }

  @Override
  public String toString() {
    return source.toString();
  }

  /** The context, and how far its exit has got. */
  private final class Bounded implements AsyncContext<T> {
    private final AsyncContext<? extends T> context;
    private final CompletableFuture<Verdict> answer = new CompletableFuture<>();
    private final AtomicReference<Time.@Nullable Timer> timer = new AtomicReference<>();

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
      Time time = Time.current();
      var graceful = Stages.exit(context, how.by(time.now().plus(limit)));
      if (Stages.hasValue(graceful)) {
        return graceful;
      }
      timer.set(time.schedule(limit, this::graceOver));
      graceful.whenComplete(this::ended);
      return answer;
    }

    private void ended(@Nullable Verdict verdict, @Nullable Throwable failure) {
      Time.Timer pending = timer.get();
      if (pending != null) {
        pending.cancel();
      }
      if (failure == null) {
        answer.complete(verdict);
      } else if (!answer.completeExceptionally(failure)) {
        Report.send(
            Report.Kind.LATE_FAILURE,
            source,
            "the exit failed after it had been given up",
            Failures.unwrap(failure));
      }
    }

    private void graceOver() {
      if (forceClose == null) {
        abandon();
        return;
      }
      timer.set(Time.current().schedule(limit, this::abandon));
      try {
        Objects.requireNonNull(
                forceClose.apply(context.value()), "forceClose returned null: return a stage")
            .whenComplete((_, failure) -> forced(failure));
      } catch (Throwable failure) {
        forced(failure);
      }
    }

    private void forced(@Nullable Throwable failure) {
      var tooSlow =
          new TimeoutException(
              "the exit of " + source + " did not end within " + limit + " and was forced");
      if (failure != null) {
        tooSlow.addSuppressed(Failures.unwrap(failure));
      }
      ended(null, tooSlow);
    }

    private void abandon() {
      var tooSlow =
          new TimeoutException(
              "the exit of " + source + " did not end within " + limit + " and was abandoned");
      if (answer.completeExceptionally(tooSlow)) {
        Report.send(
            Report.Kind.ABANDONED_EXIT,
            source,
            "the exit was abandoned: it may hold what it should release",
            tooSlow);
      }
    }

    @Override
    public String toString() {
      return context.toString();
    }
  }
}
