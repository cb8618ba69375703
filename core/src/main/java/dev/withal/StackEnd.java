package dev.withal;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * How a stack ends, and who is told of it.
 *
 * <p>Design: each way to end a stack hands over what it got from the stack's head. The first to
 * come has the places, and exits them; all others have {@link Place#CLOSED}, and wait for {@code
 * exited}. They may have told the exits another case than the first one did, so each gets an answer
 * to its own. An error that nobody was told of, as all who asked had an answer before, is reported.
 */
final class StackEnd {
  private final AsyncExitStack stack;
  private final CompletableFuture<ExitCase> exited = new CompletableFuture<>();

  /** What the exits are told. */
  private volatile ExitCase told = ExitCase.success();

  /** How many futures are to be completed as the exits end. */
  private final AtomicInteger waiting = new AtomicInteger();

  /** Whether somebody is told of the exits' error: if not, it is reported. */
  private volatile boolean heard;

  StackEnd(AsyncExitStack stack) {
    this.stack = stack;
  }

  // ---- without blocking ------------------------------------------------------------------------

  /** Exits the places. {@return a stage of what the exits together answer} */
  CompletionStage<Verdict> verdict(@Nullable Place top, ExitCase how, Object by) {
    waiting.incrementAndGet();
    begin(top, how, by);
    var verdict = new CompletableFuture<Verdict>();
    end()
        .thenAccept(after -> {
          ExitCase left = answer(how, after, by);
          Throwable error = left.error() == how.error() ? null : left.error();
          answered(error, verdict.complete(Unwinding.verdict(how, left)));
        });
    return verdict;
  }

  /** Exits the places. {@return a stage of the case as the exits leave it} */
  CompletionStage<ExitCase> exitCase(@Nullable Place top, ExitCase how, Object by) {
    heard = true;
    begin(top, how, by);
    return end().thenApply(after -> answer(how, after, by));
  }

  /** Exits the places. {@return a future that fails with the error of the exits} */
  CompletableFuture<Void> future(@Nullable Place top, ExitCase how) {
    waiting.incrementAndGet();
    begin(top, how, stack);
    var closed = new CompletableFuture<Void>();
    end()
        .thenAccept(after -> {
          Throwable error = errorOfExits(after);
          answered(
              error, error == null ? closed.complete(null) : closed.completeExceptionally(error));
        });
    return closed;
  }

  private void begin(@Nullable Place top, ExitCase how, Object by) {
    if (top != Place.CLOSED) {
      told = how;
      exited.thenRun(() -> letGo(top));
      new Unwind(stack, top, how, by, exited).run();
    }
  }

  /**
   * {@return what completes with the case as the exits leave it} For one of these exits that is
   * complete: there is nothing left to do for it, and no end to wait for.
   */
  private CompletableFuture<ExitCase> end() {
    return exited.isDone() || !InExit.isUnderWay(stack) ? exited : new Completed<>(told);
  }

  /** One of those who wait for the exits has been told of their error, or had an answer before. */
  private void answered(@Nullable Throwable error, boolean accepted) {
    if (accepted) {
      heard = true;
    }
    if (waiting.decrementAndGet() == 0 && !heard && error != null) {
      Late.report(stack, "exit", error);
    }
  }

  // ---- on the calling thread -------------------------------------------------------------------

  /** Exits the places on the calling thread. {@return the case as the exits leave it} */
  ExitCase exitCaseHere(@Nullable Place top, ExitCase how, Object by) {
    return answer(how, exitHere(top, how, by), by);
  }

  /** Exits the places on the calling thread. {@return the error of the exits; null if none} */
  @Nullable Throwable errorHere(@Nullable Place top, ExitCase how) {
    return errorOfExits(exitHere(top, how, stack));
  }

  private ExitCase exitHere(@Nullable Place top, ExitCase how, Object by) {
    heard = true;
    if (top == Place.CLOSED) {
      CompletableFuture<ExitCase> end = end();
      if (Await.shielded(end)) {
        Thread.currentThread().interrupt();
      }
      return end.join();
    }
    told = how;
    ExitCase after = how;
    InExit before = InExit.begin(stack, null);
    try {
      for (Place place = top; place != null; place = place.below) {
        after = Direct.exit(place.toExit(), place.named(), after, by);
      }
    } finally {
      InExit.goOn(before);
    }
    exited.complete(after);
    letGo(top);
    return after;
  }

  /** All places have been exited. */
  private static void letGo(@Nullable Place top) {
    if (top != null) {
      top.owner.over.complete(null);
    }
  }

  // ---- what the exits left ---------------------------------------------------------------------

  /**
   * {@return what the exits left of a case} If they were told of another one, only their error
   * counts.
   */
  private ExitCase answer(ExitCase how, ExitCase after, Object by) {
    if (told == how) {
      return after;
    }
    Throwable error = errorOfExits(after);
    return error == null ? how : Unwinding.afterFailure(how, error, by);
  }

  /** {@return the error that the exits added to what they were told; null if there is none} */
  private @Nullable Throwable errorOfExits(ExitCase after) {
    Throwable error = after.error();
    if (error == null || error != told.error()) {
      return error;
    }
    return error instanceof NotSaid ? Failures.joinAll(Foreign.suppressed(error), stack) : null;
  }
}
