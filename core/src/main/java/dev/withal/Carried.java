package dev.withal;

import dev.withal.internal.HearsOfBody;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.ServiceLoader;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What a caller's thread carries, for the steps of its use on other threads.
 *
 * <p>Design: a use begins with a manager and a body that carry it along, and the engine knows
 * nothing of that. So it costs nothing where no {@link CallerState} is provided, and is let go of
 * with manager, context and body. Code of others restores it, and may throw: then the step runs
 * without (L15).
 */
final class Carried {
  private static final Services<CallerState> STATES =
      Services.of(() -> ServiceLoader.load(CallerState.class));
  private static final boolean OFF = STATES.found().isEmpty();

  private final List<CallerState.Snapshot> snapshots;

  private Carried(List<CallerState.Snapshot> snapshots) {
    this.snapshots = snapshots;
  }

  /** {@return what the calling thread carries; null if that is nothing} */
  static @Nullable Carried capture() {
    STATES.tellFailures(
        "CallerState", "a caller's state can't be loaded, so it isn't carried along");
    return OFF ? null : captured();
  }

  private static @Nullable Carried captured() {
    var snapshots = new ArrayList<CallerState.Snapshot>();
    for (CallerState state : STATES.found()) {
      try {
        CallerState.Snapshot snapshot = state.capture();
        if (snapshot != null) {
          snapshots.add(snapshot);
        }
      } catch (Throwable failure) {
        report(state, failure);
      }
    }
    return snapshots.isEmpty() ? null : new Carried(snapshots);
  }

  private static void report(Object state, Throwable failure) {
    Report.send(
        Report.Kind.FAILED_CALLBACK, state, "a caller's state could not be carried along", failure);
  }

  // ---- what carries it -------------------------------------------------------------------------

  /**
   * {@return the task, which carries what the calling thread does now, and is part of the exits
   * that this runs}
   */
  static Runnable along(Runnable task) {
    Runnable traced = TracedTask.of(task);
    Carried own = capture();
    return InExit.continuing(
        own == null
            ? traced
            : () ->
                own.run(() -> {
                  traced.run();
                  return null;
                }));
  }

  /**
   * {@return the context, whose exit carries what the calling thread does now} One that is exited
   * on the thread that waits for it carries what that does.
   */
  static <T extends @Nullable Object> AsyncContext<T> along(AsyncContext<T> context) {
    Carried own = context instanceof Here.Exits ? null : capture();
    return own == null ? context : own.new Carrying<>(context);
  }

  /** {@return the manager, whose enters and exits carry what the calling thread does now} */
  static <T extends @Nullable Object> AsyncContextManager<T> along(AsyncContextManager<T> manager) {
    Carried own = capture();
    return own == null ? manager : own.of(manager);
  }

  /** {@return the manager, whose enters and exits carry this} */
  <T extends @Nullable Object> AsyncContextManager<T> of(AsyncContextManager<T> manager) {
    return new Manager<>(manager, this);
  }

  /** {@return the body, which carries this} */
  <T extends @Nullable Object, R extends @Nullable Object> AsyncBody.Cancellable<T, R> of(
      AsyncBody.Cancellable<T, R> body) {
    return body instanceof AtOnce.Deaf<T, R>(var deaf)
        ? new AtOnce.Deaf<T, R>(new CarryingBody<>(this, deaf))
        : new CarryingCancellable<>(this, body);
  }

  private record CarryingBody<T extends @Nullable Object, R extends @Nullable Object>(
      Carried carried, AsyncBody<? super T, ? extends R> wrapped)
      implements AsyncBody<T, R>, Inside.Wraps {
    @Override
    public CompletionStage<? extends R> apply(T value) throws Exception {
      return carried.<R>begin(() -> wrapped.apply(value));
    }
  }

  private record CarryingCancellable<T extends @Nullable Object, R extends @Nullable Object>(
      Carried carried, AsyncBody.Cancellable<T, R> wrapped)
      implements AsyncBody.Cancellable<T, R>, Inside.Wraps {
    @Override
    public CompletionStage<? extends R> apply(T value, Cancellation cancellation) throws Exception {
      return carried.<R>begin(() -> wrapped.apply(value, cancellation));
    }
  }

  /** Begins a body. */
  @FunctionalInterface
  private interface Begin<R extends @Nullable Object> {
    CompletionStage<? extends R> now() throws Exception;
  }

  private <R extends @Nullable Object> CompletionStage<? extends R> begin(Begin<R> body)
      throws Exception {
    List<Runnable> before = restore();
    try {
      return body.now();
    } finally {
      putBack(before);
    }
  }

  private <R extends @Nullable Object> R run(Supplier<R> step) {
    List<Runnable> before = restore();
    try {
      return step.get();
    } finally {
      putBack(before);
    }
  }

  private List<Runnable> restore() {
    var before = new ArrayList<Runnable>(snapshots.size());
    for (CallerState.Snapshot snapshot : snapshots) {
      try {
        before.addFirst(
            Objects.requireNonNull(
                snapshot.restore(), "restore returned null instead of what puts back"));
      } catch (Throwable failure) {
        report(snapshot, failure);
      }
    }
    Runnable opened = Inside.openAgain();
    if (opened != null) {
      before.addFirst(opened);
    }
    return before;
  }

  private static void putBack(List<Runnable> before) {
    for (Runnable one : before) {
      try {
        one.run();
      } catch (Throwable failure) {
        report(one, failure);
      }
    }
  }

  /** A manager whose steps carry this. */
  record Manager<T extends @Nullable Object>(AsyncContextManager<T> source, Carried carried)
      implements AsyncContextManager<T> {
    @Override
    public CompletionStage<AsyncContext<T>> enterAsync() {
      return carried.run(() -> Stages.map(Stages.enterWhole(source), this::carrying));
    }

    private AsyncContext<T> carrying(AsyncContext<? extends T> context) {
      return carried.new Carrying<>(context);
    }

    @Override
    public String toString() {
      return Report.nameOf(source);
    }
  }

  private final class Carrying<T extends @Nullable Object>
      implements AsyncContext<T>, Stages.TellsCase, HearsOfBody {
    private final AsyncContext<? extends T> context;

    Carrying(AsyncContext<? extends T> context) {
      this.context = Objects.requireNonNull(context, Stages.NO_CONTEXT);
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
      return run(() ->
          Stages.future(Stages.exitInside(context, how, by))
              .thenApply(answer -> Unwinding.after(how, answer, by)));
    }

    @Override
    public String toString() {
      return Report.nameOf(context);
    }
  }
}
