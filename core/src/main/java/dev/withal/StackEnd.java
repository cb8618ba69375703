package dev.withal;

import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * How a stack ends, and who is told of it.
 *
 * <p>Design: each way to end a stack hands over what it got from the stack's head. The first to
 * come has the places, and exits them; all others have {@link Place#CLOSED}, and wait for {@code
 * exited}. They may have told the exits another case than the first one did, so each gets an answer
 * to its own. An error that nobody was told of, as all who asked had an answer before, is reported.
 *
 * <p>An exit that closes a stack can't wait for its own end, nor for that of a stack that waits for
 * it ({@link Ring}): it has its answer at once. So each stack knows which others its exits close.
 */
final class StackEnd implements Waits {
  private final AsyncExitStack stack;
  private final CompletableFuture<ExitCase> exited = new CompletableFuture<>();

  /** What the exit under way is, if it is something of ours that may wait for others. */
  private volatile @Nullable Waits awaited;

  /** Which stacks the exits under way have closed, and wait for; null until there is one. */
  private volatile @Nullable Set<StackEnd> closing;

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
    var verdict = new Following<Verdict>(this);
    end()
        .thenAccept(after -> {
          ExitCase left = answer(how, after, by);
          Throwable error = left.error() == how.error() ? null : left.error();
          answered(error, verdict.end(Unwinding.verdict(how, left), null));
        });
    return verdict;
  }

  /** Exits the places. {@return a stage of the case as the exits leave it} */
  CompletionStage<ExitCase> exitCase(@Nullable Place top, ExitCase how, Object by) {
    heard = true;
    begin(top, how, by);
    return Following.of(this, end().thenApply(after -> answer(how, after, by)));
  }

  /** Exits the places. {@return a future that fails with the error of the exits} */
  CompletableFuture<Void> future(@Nullable Place top, ExitCase how) {
    waiting.incrementAndGet();
    begin(top, how, stack);
    var closed = new Following<Void>(this);
    end()
        .thenAccept(after -> {
          Throwable error = errorOfExits(after);
          answered(error, closed.end(null, error));
        });
    return closed;
  }

  private void begin(@Nullable Place top, ExitCase how, Object by) {
    if (top != Place.CLOSED) {
      told = how;
      // Not the places themselves: an exit that never ends keeps no value.
      Place.Owner owner = top == null ? null : top.owner;
      exited.thenRun(() -> letGo(owner));
      closedBy(InExit.current());
      new Unwind(this, top, how, by).run();
    }
  }

  /** All exits have ended. */
  void exited(ExitCase after) {
    exited.complete(after);
    awaited = null;
  }

  /**
   * {@return what completes with the case as the exits leave it} For one of these exits that is
   * complete, and for one that they wait for: there is nothing left to do for it, and no end to
   * wait for.
   */
  private CompletableFuture<ExitCase> end() {
    InExit here = exited.isDone() ? null : InExit.current();
    if (here == null) {
      return exited;
    }
    if (here.isOf(this)) {
      return new Completed<>(told);
    }
    // Guard against race with a stack that closes the one that we are an exit of: it looks for us
    // once it has said so, as we do.
    closedBy(here);
    if (Ring.closes(here.stack(), this)) {
      here.stack().remove(this);
      return new Completed<>(told);
    }
    return exited;
  }

  // ---- what waits for what -------------------------------------------------------------------

  /** Exits of another stack close this one, and wait for it. */
  private void closedBy(@Nullable InExit exits) {
    if (exits != null && !exited.isDone() && exits.stack().add(this)) {
      exited.thenRun(() -> exits.stack().remove(this));
    }
  }

  private synchronized boolean add(StackEnd other) {
    Set<StackEnd> others = closing;
    if (others == null) {
      others = ConcurrentHashMap.newKeySet();
      closing = others;
    }
    return others.add(other);
  }

  private void remove(StackEnd other) {
    Set<StackEnd> others = closing;
    if (others != null) {
      others.remove(other);
    }
  }

  /** {@return the stacks that the exits under way have closed, and wait for} */
  Set<StackEnd> closing() {
    Set<StackEnd> others = closing;
    return others == null ? Set.of() : others;
  }

  /**
   * Records the exit that is awaited from here on. Something depends on it by now, which is when a
   * use looks for a ring.
   *
   * @return why it can't be awaited, as it waits for this stack; null if it can
   */
  @Nullable IllegalStateException awaiting(CompletionStage<?> exit) {
    Waits ours = exit instanceof Waits waits ? waits : null;
    if (ours != null || awaited != null) {
      awaited = ours;
    }
    IllegalStateException endless = ours == null ? null : Ring.inExitOf(this, ours);
    if (endless != null) {
      awaited = null;
    }
    return endless;
  }

  /** The same of an exit that the calling thread is about to wait for. */
  @Nullable IllegalStateException awaitingHere(CompletableFuture<?> exit) {
    if (!(exit instanceof Waits)) {
      return null;
    }
    // Guard against race with a use that is about to wait for this stack: it looks for a ring only
    // if something depends on it, and the thread does so no sooner than it blocks.
    exit.handle((ignored, unused) -> null);
    return awaiting(exit);
  }

  @Override
  public @Nullable Waits waitsFor() {
    return exited.isDone() ? null : awaited;
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

  /**
   * Exits the places on the calling thread, for an opener that has ended without doing so; where
   * somebody else exits them, waits for that. Failures are reported, as nobody is left to be told.
   */
  void exitInItsPlace(@Nullable Place top, boolean succeeded, Throwable reason) {
    ExitCase how = succeeded ? ExitCase.success() : ExitCase.cancelled(reason);
    Throwable error = exitHere(top, how, stack).error();
    if (top != Place.CLOSED) {
      Late.reportExit(stack, reason, error);
    }
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
    closedBy(InExit.current());
    InExit before = InExit.begin(this, null);
    try {
      for (Place place = top; place != null; place = place.below) {
        after = Direct.exit(place.toExit(), place.named(), after, by, this);
        if (awaited != null) {
          awaited = null;
        }
      }
    } finally {
      InExit.goOn(before);
    }
    exited.complete(after);
    letGo(top == null ? null : top.owner);
    return after;
  }

  /** All places have been exited. */
  private static void letGo(Place.@Nullable Owner owner) {
    if (owner != null) {
      owner.isOver();
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
