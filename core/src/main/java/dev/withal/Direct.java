package dev.withal;

import dev.withal.internal.Time;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * Direct style: enter, body and exit on the calling thread, which waits for what is not complete
 * yet.
 *
 * <p>Design. An interruption is how the calling thread is asked to end. While it waits for an
 * enter, the wait goes on for the grace period at most, and what arrives after that is exited by
 * whoever completes it (L8). The body sees it as any code does. It doesn't reach an exit: the flag
 * is cleared before, the wait ignores it, and it is set again afterwards (L9).
 */
final class Direct {

  /** A context that has a way of its own to exit on the calling thread, where it may block. */
  interface ExitsHere {
    /** {@return the case as this exit leaves it} */
    ExitCase exitHere(ExitCase how);
  }

  private Direct() {}

  @SuppressWarnings(
      "NullAway") // null only where the contract says so: the body's error was suppressed
  static <T extends @Nullable Object, R extends @Nullable Object, X extends Exception> R use(
      AsyncContextManager<T> manager, Body<? super T, ? extends R, X> body, Duration grace)
      throws X, InterruptedException {
    AsyncContext<? extends T> context = enter(manager, grace);
    R result = null;
    ExitCase how = ExitCase.succeeded();
    try {
      result = body.apply(context.value());
    } catch (Throwable error) {
      how = ExitCase.of(Failures.unwrap(error));
    }
    Throwable error = exit(context, how).error();
    if (error != null) {
      throw Failures.<X>sneaky(error);
    }
    return result;
  }

  /** Enters, on the calling thread. */
  static <T extends @Nullable Object> AsyncContext<? extends T> enter(
      AsyncContextManager<T> manager, Duration grace) throws InterruptedException {
    CompletionStage<? extends AsyncContext<? extends T>> stage =
        Objects.requireNonNull(manager.enterAsync(), Stages.NO_ENTER_STAGE);
    CompletableFuture<? extends AsyncContext<? extends T>> entering = Stages.future(stage);
    try {
      await(entering);
    } catch (InterruptedException interruption) {
      if (entering instanceof RequestFuture<?> ours) {
        ours.ask(RequestFuture.Request.failure(interruption));
      }
      awaitShielded(atMost(entering, grace));
      throw Failures.<InterruptedException>sneaky(giveBack(manager, entering, interruption));
    }
    Throwable error = Stages.failure(entering);
    if (error != null) {
      throw Failures.<RuntimeException>sneaky(error);
    }
    AsyncContext<? extends T> context = Stages.context(entering.resultNow());
    return Objects.requireNonNull(context, Stages.NO_CONTEXT);
  }

  /** Exits what arrived for a caller who was interrupted, now or later. {@return what to throw} */
  private static Throwable giveBack(
      Object manager,
      CompletableFuture<? extends AsyncContext<?>> entering,
      InterruptedException interruption) {
    AsyncContext<?> arrived =
        Stages.hasValue(entering) ? Stages.context(entering.resultNow()) : null;
    if (arrived != null) {
      ExitCase after = exit(arrived, ExitCase.cancelled(interruption));
      return after.error() == null ? interruption : after.error();
    }
    if (entering.isDone()) {
      Throwable error = Stages.failure(entering);
      return error == null || error instanceof CancellationException || error == interruption
          ? interruption
          : Failures.join(interruption, error);
    }
    entering.whenComplete(
        (late, error) -> Stages.exitLate(manager, Stages.context(late), error, interruption));
    return interruption;
  }

  /** {@return the case as the context's exit leaves it} Runs on the calling thread, shielded. */
  static ExitCase exit(AsyncContext<?> context, ExitCase how) {
    boolean interrupted = Thread.interrupted();
    try {
      if (context instanceof ExitsHere here) {
        return here.exitHere(how);
      }
      CompletableFuture<Verdict> exiting = Stages.future(Stages.exit(context, how));
      interrupted |= awaitShielded(exiting);
      Throwable error = Stages.failure(exiting);
      return error == null
          ? Unwinding.after(how, exiting.resultNow())
          : Unwinding.afterFailure(how, error);
    } catch (Throwable error) {
      return Unwinding.afterFailure(how, error);
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  /** Waits until the future is done, in whichever way. */
  static void await(CompletableFuture<?> future) throws InterruptedException {
    if (!future.isDone()) {
      Time.current().await(future);
    }
  }

  /** Waits; if interrupted and the future is a use of ours, asks that to end and waits for it. */
  static void awaitOwn(CompletableFuture<?> future) throws InterruptedException {
    if (Shield.isRaised()) {
      if (awaitShielded(future)) {
        Shield.remember();
      }
      return;
    }
    try {
      await(future);
    } catch (InterruptedException interruption) {
      if (future instanceof RequestFuture<?> ours
          && ours.ask(RequestFuture.Request.failure(interruption))) {
        awaitShielded(future);
        Throwable error = Stages.failure(future);
        throw Failures.<InterruptedException>sneaky(error == null ? interruption : error);
      }
      throw interruption;
    }
  }

  /** {@return whether the calling thread was interrupted while it waited} Clears the flag. */
  static boolean awaitShielded(CompletableFuture<?> future) {
    boolean interrupted = false;
    while (true) {
      try {
        await(future);
        return interrupted;
      } catch (InterruptedException _) {
        interrupted = true;
      }
    }
  }

  private static CompletableFuture<?> atMost(CompletableFuture<?> future, Duration limit) {
    if (future.isDone() || limit.equals(Grace.UNBOUNDED)) {
      return future;
    }
    var over = new CompletableFuture<@Nullable Void>();
    Time.Timer timer = Time.current().schedule(limit, () -> over.complete(null));
    return CompletableFuture.anyOf(future.handle((_, _) -> null), over)
        .whenComplete((_, _) -> timer.cancel());
  }
}
