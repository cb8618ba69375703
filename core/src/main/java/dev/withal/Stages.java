package dev.withal;

import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Future;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** How the stages that managers and bodies return are read, whoever made them. */
final class Stages {
  static final String NO_ENTER_STAGE =
      "enterAsync returned null instead of a stage: return one that completes with a context";
  static final String NO_CONTEXT =
      "enterAsync completed with null instead of a context: complete it with an AsyncContext";
  static final String NO_BODY_STAGE =
      "the body returned null instead of a stage: return one that completes as the body ends";
  private static final String NO_EXIT_STAGE =
      "exitAsync returned null instead of a stage: return one that completes with a verdict";

  /** A context of ours whose exit tells what it left, which says more than one verdict can. */
  interface TellsCase {
    /**
     * Begins the exit. {@return a stage of the case as it leaves it}
     *
     * @param by on whose behalf errors are added to
     */
    CompletionStage<ExitCase> exitCase(ExitCase how, Object by);
  }

  private Stages() {}

  /** {@return what a future fails with when a caller's time is over} */
  static TimeoutException timedOut(RequestFuture<?> future, Duration limit) {
    String name = future instanceof GracedFuture<?> use ? use.settings().name() : null;
    return new TimeoutException((name == null ? "" : name + " ") + "timed out after " + limit);
  }

  static TimeoutException enterTimedOut(String name, Duration limit) {
    return new TimeoutException(name + " did not enter within " + limit);
  }

  /** Whether the stage has completed with a value that {@link #value} can read. */
  static boolean hasValue(CompletionStage<?> stage) {
    return isPlain(stage) && ((CompletableFuture<?>) stage).state() == Future.State.SUCCESS;
  }

  /** Whether the stage has ended, so that {@link #failure} can read it. */
  static boolean isDone(CompletionStage<?> stage) {
    return isPlain(stage) && ((CompletableFuture<?>) stage).isDone();
  }

  static <T> @Nullable T value(CompletionStage<T> stage) {
    return ((CompletableFuture<T>) stage).resultNow();
  }

  /** {@return a future that ends as the stage does} Never cancel it: it may be the stage itself. */
  static <T extends @Nullable Object> CompletableFuture<T> future(CompletionStage<T> stage) {
    return StageEnd.future(stage, null);
  }

  /**
   * {@return a future that ends as the stage does} It may be the stage itself; if it isn't, whoever
   * waits no longer completes it, and the stage keeps nothing of it then.
   */
  @SuppressWarnings("unchecked") // the stage's value
  static <T extends @Nullable Object> CompletableFuture<T> awaitable(CompletionStage<T> stage) {
    if (isPlain(stage)) {
      return (CompletableFuture<T>) stage;
    }
    var future = new CompletableFuture<T>();
    Callback.until(future, stage, (value, error) -> StageEnd.end(future, (T) value, error));
    return future;
  }

  /**
   * {@return a stage of what the function makes of the value} It passes on what it is asked for.
   */
  static <T extends @Nullable Object, R extends @Nullable Object> CompletionStage<R> map(
      CompletionStage<T> stage, Function<? super T, ? extends R> function) {
    if (!(stage instanceof RequestFuture<?> ours) || ours.isDone()) {
      return future(stage).thenApply(function);
    }
    var relay = new Relay<R>();
    relay.passTo(ours);
    stage
        .thenApply(function)
        .whenComplete((made, error) -> {
          if (error == null) {
            relay.finish(made);
          } else {
            relay.fail(Failures.unwrap(error, relay));
          }
        });
    return relay;
  }

  /** {@return a stage that completes with {@link Verdict#PROPAGATE} when a release is done} */
  static CompletionStage<Verdict> propagating(CompletionStage<?> release) {
    if (hasValue(release)) {
      return Verdict.PROPAGATE.now();
    }
    return future(release).thenApply(ignored -> Verdict.PROPAGATE);
  }

  /** {@return how a done future failed; null if it has a value} */
  static @Nullable Throwable failure(CompletableFuture<?> done, Object by) {
    // Not exceptionNow: it takes off a wrapper without looking at what that says.
    Throwable thrown = done.state() == Future.State.SUCCESS ? null : thrown(done);
    return thrown == null ? null : Failures.unwrap(thrown, by);
  }

  /**
   * {@return what callbacks of a done stage are told that it failed with; null if it has a value}
   */
  static @Nullable Throwable thrown(CompletionStage<?> done) {
    return ((CompletableFuture<?>) done)
        .<@Nullable Throwable>handle((ignored, error) -> error)
        .join();
  }

  /**
   * Begins to enter. {@return a stage that {@link #context(AsyncContextManager, Object)} can read}
   */
  static CompletionStage<?> enter(AsyncContextManager<?> manager) {
    CompletionStage<?> entering =
        manager instanceof FunctionManager<?> functions
            ? functions.entering()
            : manager.enterAsync();
    return guarded(manager, Objects.requireNonNull(entering, NO_ENTER_STAGE));
  }

  /** {@return what an enter returned, as a future that ends once, whatever that stage does} */
  static CompletionStage<?> guarded(AsyncContextManager<?> manager, CompletionStage<?> entering) {
    return isPlain(entering)
        ? entering
        : StageEnd.future(entering, late -> exitUnheard(manager, context(manager, late)));
  }

  /** The same. {@return a stage of the context, whatever the manager} */
  @SuppressWarnings("unchecked") // the manager's type says so
  static <T extends @Nullable Object> CompletionStage<AsyncContext<? extends T>> enterWhole(
      AsyncContextManager<T> manager) {
    return (CompletionStage<AsyncContext<? extends T>>)
        (manager instanceof FunctionManager<?> ? manager.enterAsync() : enter(manager));
  }

  /** Exits what a stage hands out that has failed before, as it threw. */
  private static void exitUnheard(
      AsyncContextManager<?> manager, @Nullable AsyncContext<?> context) {
    var reason = new IllegalStateException("the stage of this enter has failed before");
    Late.exit(manager, context, null, ExitCase.cancelled(reason));
  }

  /** {@return the context that {@link #enter} of the manager came to; null if it is none} */
  @SuppressWarnings("unchecked") // the manager's type says so
  static <T extends @Nullable Object> @Nullable AsyncContext<? extends T> context(
      AsyncContextManager<T> manager, @Nullable Object entered) {
    Object context =
        manager instanceof FunctionManager<?> functions ? functions.contextOf(entered) : entered;
    return context instanceof AsyncContext<?> held
        ? Recorded.entered((AsyncContext<? extends T>) held, manager)
        : null;
  }

  /** The same, which isn't recorded. */
  @SuppressWarnings("unchecked") // the manager's type says so
  static <T extends @Nullable Object> @Nullable AsyncContext<? extends T> plainContext(
      AsyncContextManager<T> manager, @Nullable Object entered) {
    Object context =
        manager instanceof FunctionManager<?> functions ? functions.contextOf(entered) : entered;
    return context instanceof AsyncContext<?> held ? (AsyncContext<? extends T>) held : null;
  }

  /** {@return a future of the context's value} */
  static <T extends @Nullable Object> CompletableFuture<T> valueOf(
      AsyncContext<? extends T> context) {
    try {
      return CompletableFuture.completedFuture(context.value());
    } catch (Throwable error) {
      return CompletableFuture.failedFuture(error);
    }
  }

  /**
   * Begins the exit of a context. {@return a stage of what {@link Unwinding#after} understands}
   *
   * @param named what reports call the context, by what it prints
   */
  static CompletionStage<?> exit(AsyncContext<?> context, Object named, ExitCase how, Object by) {
    CompletionStage<?> exiting;
    try {
      exiting = exitInside(context, how, by);
    } catch (Throwable failure) {
      HeldContext.ended(context, failure);
      throw failure;
    }
    if (hasValue(exiting)) {
      HeldContext.ended(context, left(how, value(exiting), null));
    } else {
      AsyncContext<?> pending = Recorded.exitOfPartPending(context, named);
      exiting = future(exiting);
      exiting.whenComplete(
          (answer, failure) -> HeldContext.ended(pending, left(how, answer, failure)));
    }
    return exiting;
  }

  /** {@return the error that an exit has come to by itself; null if there is none} */
  private static @Nullable Throwable left(
      ExitCase how, @Nullable Object answer, @Nullable Throwable failure) {
    Throwable error = answer instanceof ExitCase after ? after.error() : failure;
    return error == how.error() ? null : error;
  }

  /** Begins the exit of a context inside another one, which is in the record in its place. */
  static CompletionStage<?> exitInside(AsyncContext<?> context, ExitCase how, Object by) {
    CompletionStage<?> exiting = exitUnread(context, how, by);
    IllegalStateException endless = exiting instanceof Waits ours ? Ring.inExitOf(by, ours) : null;
    if (endless != null) {
      throw endless;
    }
    return isClosing(context) ? propagating(exiting) : exiting;
  }

  /** {@return what {@link Unwinding#after} understands, of what {@link #exitUnread} came to} */
  static @Nullable Object read(AsyncContext<?> context, @Nullable Object answer) {
    return isClosing(context) ? Verdict.PROPAGATE : answer;
  }

  /** {@return the same of a stage that {@link #hasValue}} */
  static @Nullable Object answer(AsyncContext<?> context, CompletionStage<?> exited) {
    return isClosing(context) ? Verdict.PROPAGATE : value(exited);
  }

  private static boolean isClosing(AsyncContext<?> context) {
    return HeldContext.plain(context) instanceof ClosingContext<?>;
  }

  /**
   * Begins the exit of a context: the one place where that happens. {@return a stage of what {@link
   * #read} understands} Where it isn't complete yet, whoever waits for it records that by {@link
   * Recorded#exitPending}, and its end by {@link HeldContext#ended}.
   */
  static CompletionStage<?> exitUnread(AsyncContext<?> context, ExitCase how, Object by) {
    return Objects.requireNonNull(begin(context, how, by), NO_EXIT_STAGE);
  }

  /** {@return a stage of the verdict that the case comes to which an exit tells} */
  static CompletionStage<Verdict> verdict(TellsCase context, ExitCase how) {
    var verdict = new CompletableFuture<Verdict>();
    // Another context may stand between a use and this one.
    context
        .exitCase(how, SharedErrors.hander(context))
        .handle((after, failure) -> {
          boolean told =
              failure == null
                  ? verdict.complete(Unwinding.verdict(how, after))
                  : verdict.completeExceptionally(failure);
          Throwable error = failure == null ? after.error() : failure;
          if (!told && error != null && error != how.error()) {
            Late.report(context, "exit", error);
          }
          return null;
        });
    return verdict;
  }

  private static @Nullable CompletionStage<?> begin(
      AsyncContext<?> context, ExitCase how, Object by) {
    if (context instanceof HeldContext<?> held) {
      return held.exit(how, by);
    }
    return switch (context) {
      case AsyncExitStack stack -> stack.exitCase(how, by);
      case TellsCase ours -> ours.exitCase(how, by);
      case ClosingContext<?> closing -> closing.closing();
      default ->
          how.error() == null
              ? context.exitAsync(how)
              : SharedErrors.handing(by, () -> context.exitAsync(how));
    };
  }

  /**
   * Calls the action with the reason if the context loses its value before {@code over} is done.
   */
  static void onLoss(
      AsyncContext<?> context, CompletableFuture<?> over, Consumer<? super Throwable> action) {
    CompletionStage<?> lost = context.lost();
    if (lost != null) {
      onLoss(context, lost, over, action);
    }
  }

  /** Calls the action with the reason if the stage fails before {@code over} is done. */
  static void onLoss(
      Object context,
      CompletionStage<?> lost,
      CompletableFuture<?> over,
      Consumer<? super Throwable> action) {
    Callback.until(
        over,
        lost,
        (ignored, error) -> {
          if (error != null) {
            action.accept(Failures.unwrap(error, context));
          }
        });
  }

  // Some stages are futures that refuse to be asked: a minimal stage throws from isDone.
  static boolean isPlain(CompletionStage<?> stage) {
    return stage.getClass() == CompletableFuture.class
        || stage instanceof RequestFuture
        || stage instanceof Completed
        || stage instanceof Following;
  }
}
