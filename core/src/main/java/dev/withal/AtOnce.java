package dev.withal;

import dev.withal.internal.Span;
import dev.withal.internal.Tracer;
import dev.withal.internal.Trampoline;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * One use in stage style for as long as all of its stages are complete already.
 *
 * <p>Design. Nobody has the future yet, so nobody can ask for an end: what a {@link Use} keeps
 * against that isn't needed, and nothing is made but the result. The first stage that isn't
 * complete makes a {@code Use}, which goes on from there. A body that wants to hear of a
 * cancellation, and a context that may lose its value, has a {@code Use} from the start.
 */
final class AtOnce {

  /** A body that doesn't hear of a cancellation. */
  record Deaf<T extends @Nullable Object, R extends @Nullable Object>(
      AsyncBody<? super T, ? extends R> body) implements AsyncBody.Cancellable<T, R>, Inside.Wraps {
    @Override
    public CompletionStage<? extends R> apply(T value, Cancellation cancellation) throws Exception {
      return body.apply(value);
    }

    @Override
    public Object wrapped() {
      return body;
    }
  }

  private AtOnce() {}

  /** Begins a use. {@return its result, done or not} */
  static <T extends @Nullable Object, R extends @Nullable Object> CompletableFuture<R> start(
      AsyncContextManager<T> manager,
      AsyncBody.Cancellable<? super T, ? extends R> body,
      Settings settings) {
    Carried carried = Carried.capture();
    return carried == null
        ? startHere(manager, body, settings)
        : startHere(carried.of(manager), carried.of(body), settings);
  }

  private static <T extends @Nullable Object, R extends @Nullable Object>
      CompletableFuture<R> startHere(
          AsyncContextManager<T> manager,
          AsyncBody.Cancellable<? super T, ? extends R> body,
          Settings settings) {
    boolean possible = body instanceof Deaf<?, ?> && settings.executor() == null;
    Trampoline trampoline = possible ? Trampoline.descend() : null;
    if (trampoline == null) {
      return new Use<T, R>(manager, body, settings, SharedErrors.additions()).begin();
    }
    Watchdog.Slot slot = Watchdog.ofThisThread();
    Watchdog.Step outer = slot == null ? null : slot.begin(manager, settings);
    try {
      return Tracer.isOn()
          ? enterTraced(manager, (Deaf<? super T, ? extends R>) body, settings, slot)
          : enter(manager, (Deaf<? super T, ? extends R>) body, settings, slot);
    } finally {
      Watchdog.end(slot, outer);
      trampoline.ascend();
    }
  }

  private static <T extends @Nullable Object, R extends @Nullable Object>
      CompletableFuture<R> enter(
          AsyncContextManager<T> manager,
          Deaf<? super T, ? extends R> body,
          Settings settings,
          Watchdog.@Nullable Slot slot) {
    int since = SharedErrors.additions();
    CompletionStage<?> entering;
    AsyncContext<? extends T> context = null;
    try {
      entering = Stages.enter(manager);
      if (Stages.hasValue(entering)) {
        context = Stages.context(manager, Stages.value(entering));
        Recorded.named(Objects.requireNonNull(context, Stages.NO_CONTEXT), settings);
      }
    } catch (Throwable error) {
      return Completed.failed(Failures.unwrap(error, Thread.currentThread()));
    }
    return context == null
        ? new Use<T, R>(manager, body, settings, since).goOnEntering(entering, null)
        : body(manager, body, settings, since, context, slot);
  }

  // Beside the one before, whose context is only made up where all of it is compiled into one.
  private static <T extends @Nullable Object, R extends @Nullable Object>
      CompletableFuture<R> enterTraced(
          AsyncContextManager<T> manager,
          Deaf<? super T, ? extends R> body,
          Settings settings,
          Watchdog.@Nullable Slot slot) {
    int since = SharedErrors.additions();
    CompletionStage<?> entering;
    AsyncContext<? extends T> context = null;
    Span span = Inside.begin(body.body, settings.named(manager));
    try {
      entering = span == null ? Stages.enter(manager) : Inside.enter(span, manager);
      if (Stages.hasValue(entering)) {
        context = Stages.context(manager, Stages.value(entering));
        Recorded.named(Objects.requireNonNull(context, Stages.NO_CONTEXT), settings, span);
      }
    } catch (Throwable error) {
      if (span != null) {
        span.ended(settings.named(manager), error);
      }
      return Completed.failed(Failures.unwrap(error, Thread.currentThread()));
    }
    return context == null
        ? new Use<T, R>(manager, body, settings, since).goOnEntering(entering, span)
        : body(manager, body, settings, since, context, slot);
  }

  private static <T extends @Nullable Object, R extends @Nullable Object> CompletableFuture<R> body(
      AsyncContextManager<T> manager,
      Deaf<? super T, ? extends R> body,
      Settings settings,
      int since,
      AsyncContext<? extends T> context,
      Watchdog.@Nullable Slot slot) {
    CompletionStage<? extends R> stage = null;
    Throwable error = null;
    CompletionStage<?> lost = null;
    try {
      lost = context.lost();
      if (lost == null) {
        Watchdog.comesTo(slot, "body");
        stage =
            Objects.requireNonNull(
                apply(context, context.value(), body.body), Stages.NO_BODY_STAGE);
      }
    } catch (Throwable thrown) {
      error = thrown;
    }
    if (lost != null) {
      return new Use<T, R>(manager, body, settings, since).goOnEntered(context, lost);
    }
    if (stage != null && !Stages.isDone(stage)) {
      return new Use<T, R>(manager, body, settings, since).goOnInBody(context, stage);
    }
    R value = null;
    if (stage != null) {
      error = Stages.failure(Stages.future(stage), context);
      value = error == null ? Stages.value(stage) : null;
    }
    return exit(manager, body, settings, since, context, slot, error, value);
  }

  @SuppressWarnings("unchecked") // it is of the context's type
  static <T extends @Nullable Object, R extends @Nullable Object>
      @Nullable CompletionStage<? extends R> apply(
          AsyncContext<? extends T> context, T value, AsyncBody<? super T, ? extends R> body)
          throws Exception {
    return context instanceof HeldContext<?> held
        ? ((HeldContext<T>) held).begin(body, value)
        : body.apply(value);
  }

  // Methods as small as these are compiled into one, which then makes nothing but the result.
  private static <T extends @Nullable Object, R extends @Nullable Object> CompletableFuture<R> exit(
      AsyncContextManager<T> manager,
      Deaf<? super T, ? extends R> body,
      Settings settings,
      int since,
      AsyncContext<? extends T> context,
      Watchdog.@Nullable Slot slot,
      @Nullable Throwable error,
      @Nullable R value) {
    ExitCase how = ExitCase.success();
    if (error != null) {
      SharedErrors.thrown(error, since, context);
      how = Unwinding.ofBody(Failures.unwrap(error, context), context);
    }
    CompletionStage<?> exiting = null;
    ExitCase after = null;
    try {
      Watchdog.comesTo(slot, "exit");
      exiting = Stages.exitUnread(context, how, context);
      if (Stages.hasValue(exiting)) {
        after = Unwinding.after(how, Stages.answer(context, exiting), context);
      }
    } catch (Throwable failure) {
      after = Unwinding.afterFailure(how, failure, context);
    }
    if (after == null) {
      return new Use<T, R>(manager, body, settings, since)
          .goOnExiting(context, how, value, Objects.requireNonNull(exiting));
    }
    Throwable left = after.error();
    if (value != null && (left != null || BodyNews.hasSuppressed(context))) {
      var use = new Use<T, R>(manager, body, settings, since).goOnDropping(context, after, value);
      HeldContext.ended(context, left);
      return use;
    }
    HeldContext.ended(context, left);
    if (left == null) {
      return new Completed<>(value);
    }
    SharedErrors.pass(left, context, Thread.currentThread());
    return Completed.failed(left);
  }
}
