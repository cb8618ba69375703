package dev.withal;

import dev.withal.internal.HearsOfBody;
import dev.withal.internal.Time;
import java.lang.ref.WeakReference;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** A manager whose exit is bounded: graceful, then forced, then abandoned and reported (L9). */
final class TimedExit<T extends @Nullable Object> implements AsyncContextManager<T> {
  static final String ABANDONED = "the exit was abandoned: nothing is held any more";

  private final AsyncContextManager<T> source;
  private final Object name;
  private final Duration limit;
  private final @Nullable Function<@Nullable Object, ? extends CompletionStage<?>> forceClose;

  TimedExit(AsyncContextManager<T> source, Object name, Settings.ExitTimeout bound) {
    this.source = source;
    this.name = name;
    this.limit = bound.limit();
    this.forceClose = bound.forceClose();
  }

  /** {@return the context with a bound on its exit, past which it is abandoned} */
  static <T extends @Nullable Object> AsyncContext<T> bounded(
      AsyncContext<T> context, Object name, Duration limit) {
    AsyncContextManager<T> entered = () -> new Completed<>(context);
    return new TimedExit<>(entered, name, new Settings.ExitTimeout(limit, null))
    .new Bounded(context);
  }

  @Override
  public CompletionStage<AsyncContext<T>> enterAsync() {
    return Stages.map(Stages.enterWhole(source), Bounded::new);
  }

  @Override
  public String toString() {
    return Report.nameOf(name);
  }

  private enum Progress {
    GRACEFUL,
    FORCED,
    ANSWERED,
    ABANDONED
  }

  /**
   * The context, and how far its exit has got.
   *
   * <p>Design: who moves {@code progress} on has the right to what follows. So what ended
   * gracefully is not forced by a timer that has begun by then, and the answer is given once.
   */
  private final class Bounded implements AsyncContext<T>, Stages.TellsCase, HearsOfBody {
    /** Null once the exit is abandoned: what is awaited may never end, and keeps no value then. */
    private volatile @Nullable AsyncContext<? extends T> context;

    private final CompletableFuture<ExitCase> answer = new CompletableFuture<>();
    private final AtomicReference<Progress> progress = new AtomicReference<>(Progress.GRACEFUL);
    private final AtomicReference<Time.@Nullable Timer> timer = new AtomicReference<>();

    /** On whose behalf errors are added to. */
    private volatile Object adding = this;

    /**
     * Finds the value once the exit is abandoned: no body sees it, but it is still the context's.
     */
    private volatile Supplier<@Nullable Object> left = () -> null;

    /** Done once {@code forceClose} was called, or won't be. */
    private final CompletableFuture<@Nullable Void> forcing = new CompletableFuture<>();

    /** What the graceful exit calls back. */
    private volatile @Nullable Callback graceful;

    /** The error that the exit was told, unless nobody else has it any more. */
    private volatile WeakReference<@Nullable Throwable> told = new WeakReference<>(null);

    /** What the exit failed with once it is forced. */
    private volatile @Nullable TimeoutException forced;

    Bounded(AsyncContext<? extends T> context) {
      this.context = Objects.requireNonNull(context, Stages.NO_CONTEXT);
    }

    @Override
    @SuppressWarnings({"NullAway", "unchecked"}) // it is the context's, as long as somebody has it
    public T value() {
      var held = context;
      return held == null ? (T) left.get() : held.value();
    }

    @Override
    public @Nullable CompletionStage<?> lost() {
      return held().lost();
    }

    @Override
    public void asked(Throwable reason) {
      BodyNews.asked(context, reason);
    }

    @Override
    public @Nullable CompletionStage<?> bodyReturned() {
      return BodyNews.returned(context);
    }

    @Override
    public boolean hasSuppressed() {
      return BodyNews.hasSuppressed(context);
    }

    @Override
    public CompletionStage<Verdict> exitAsync(ExitCase how) {
      return Stages.verdict(this, how);
    }

    @Override
    public CompletionStage<ExitCase> exitCase(ExitCase how, Object by) {
      adding = by;
      CompletionStage<?> exiting = Stages.exitInside(held(), how.by(Time.current().in(limit)), by);
      if (Stages.hasValue(exiting)) {
        return new Completed<>(after(how, Stages.value(exiting), by));
      }
      var callback =
          new Callback((answered, failure) -> {
            ended(how, failure == null ? after(how, answered, by) : null, failure);
            return null;
          });
      graceful = callback;
      told = new WeakReference<>(how.error());
      // Guard against race with this very timer, which may have set the next one by now.
      timer.compareAndSet(null, Grace.orNever(limit, name, InExit.continuing(this::limitOver)));
      StageEnd.<@Nullable Object>hear(exiting, callback);
      return answer;
    }

    /** The bound is this exit's alone: what is exited next is told the deadline from before. */
    private ExitCase after(ExitCase how, @Nullable Object answered, Object by) {
      return Unwinding.withDeadlineOf(how, Unwinding.after(how, answered, by));
    }

    /** The graceful exit has ended: in time, by force, or after it was given up. */
    private void ended(ExitCase how, @Nullable ExitCase after, @Nullable Throwable failure) {
      if (progress.compareAndSet(Progress.GRACEFUL, Progress.ANSWERED)) {
        stopTimer();
        if (failure == null) {
          answer.complete(after);
        } else {
          answer.completeExceptionally(failure);
        }
        return;
      }
      Throwable said = failure;
      if (after != null && after.error() != how.error()) {
        said = after.error();
      }
      TimeoutException tooSlow = forced;
      if (tooSlow != null) {
        Throwable end = said;
        // The answer is not seen before the force has begun: it must not hit a later user.
        forcing.whenComplete((ignored, unused) -> forceEnded(tooSlow, end));
      } else if (said != null) {
        reportLate(name, said);
      }
    }

    private void limitOver() {
      if (forceClose == null) {
        abandon();
        return;
      }
      var tooSlow = tooSlow("forced");
      forced = tooSlow;
      Time.Timer bound = Grace.orNever(limit, name, InExit.continuing(this::abandon));
      timer.set(bound);
      // Guard against race with the graceful end, after which the value may be somebody else's.
      if (!progress.compareAndSet(Progress.GRACEFUL, Progress.FORCED)) {
        bound.cancel();
        forcing.complete(null);
        return;
      }
      try {
        StageEnd.<@Nullable Object>hear(
            Objects.requireNonNull(
                forceClose.apply(held().value()), "forceClose returned null: return a stage"),
            (ignored, failure) -> {
              forceEnded(tooSlow, failure);
              return null;
            });
      } catch (Throwable failure) {
        forceEnded(tooSlow, failure);
      } finally {
        forcing.complete(null);
      }
    }

    private void forceEnded(TimeoutException tooSlow, @Nullable Throwable failure) {
      Throwable error = failure == null ? tooSlow : joined(tooSlow, failure);
      if (progress.compareAndSet(Progress.FORCED, Progress.ANSWERED)) {
        stopTimer();
        answer.completeExceptionally(error);
      } else if (failure != null) {
        reportLate(name, failure);
      }
    }

    private void abandon() {
      var tooSlow = tooSlow("abandoned");
      Progress before =
          progress.getAndUpdate(
              now -> now == Progress.ANSWERED ? Progress.ANSWERED : Progress.ABANDONED);
      if (before != Progress.ANSWERED) {
        Report.send(
            Report.Kind.ABANDONED_EXIT,
            name,
            "the exit was abandoned: it may hold what it should release",
            tooSlow);
        letGoOfAll();
        answer.completeExceptionally(tooSlow);
      }
    }

    private Throwable joined(TimeoutException tooSlow, Throwable failure) {
      return Failures.join(tooSlow, Failures.unwrap(failure, adding), adding);
    }

    /** What is still awaited keeps neither the value nor what the exit was told. */
    private void letGoOfAll() {
      AsyncContext<? extends T> held = held();
      try {
        left = Dropped.weakly(held.value());
      } catch (Throwable broken) {
        Report.send(Report.Kind.FAILED_CALLBACK, name, "the context can't tell its value", broken);
      }
      context = null;
      BodyNews.letGo(held);
      Callback waiting = graceful;
      if (waiting != null) {
        waiting.leaveTo(new Abandoned(name, told));
      }
    }

    private TimeoutException tooSlow(String fate) {
      return new TimeoutException(
          "the exit of "
              + Report.nameOf(name)
              + " did not end within "
              + limit
              + " and was "
              + fate);
    }

    private void stopTimer() {
      Time.Timer pending = timer.get();
      if (pending != null) {
        pending.cancel();
      }
    }

    @Override
    public String toString() {
      var held = context;
      return Report.nameOf(held == null || name instanceof String ? name : held);
    }

    private AsyncContext<? extends T> held() {
      return Objects.requireNonNull(context, ABANDONED);
    }
  }

  /** What is left to do when an abandoned exit ends: what it failed with is reported. */
  private record Abandoned(Object name, WeakReference<@Nullable Throwable> told)
      implements BiFunction<@Nullable Object, @Nullable Throwable, @Nullable Void> {
    @Override
    public @Nullable Void apply(@Nullable Object answered, @Nullable Throwable failure) {
      Throwable said =
          failure != null
              ? failure
              : switch (answered) {
                case Verdict.Replace(Throwable error) -> error;
                case ExitCase after -> after.error();
                case null -> new NullPointerException(Unwinding.NO_VERDICT);
                default -> null;
              };
      if (said != null && said != told.get()) {
        reportLate(name, said);
      }
      return null;
    }
  }

  /** The answer was given, and this failure is no part of it. */
  private static void reportLate(Object name, Throwable failure) {
    Report.send(
        Report.Kind.LATE_FAILURE,
        name,
        "the exit failed after it had been given up",
        Failures.told(failure));
  }
}
