package dev.withal.files;

import dev.withal.ExitCase;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * The last turn: closes the file, then refuses what was still waiting when the close was called.
 *
 * <p>Design. The turn is never given back, so nothing runs after it. It can't be cancelled, and if
 * the executor refuses it, the thread that hands it its turn closes the file: an executor that was
 * shut down too early must not leave the file open.
 */
final class Closing implements Turn, Runnable {
  private final OperationQueue queue;
  private final Task.Body<?> close;
  private final ExitCase how;
  private final CompletableFuture<@Nullable Void> closed = new CompletableFuture<>();
  // Both are set before the turn comes.
  private List<Turn> late = List.of();
  private CompletableFuture<?> last = CompletableFuture.completedFuture(null);

  Closing(OperationQueue queue, Task.Body<?> close, ExitCase how) {
    this.queue = queue;
    this.close = close;
    this.how = how;
  }

  CompletableFuture<@Nullable Void> closed() {
    return closed;
  }

  void refuseAfterwards(List<Turn> turns) {
    late = turns;
  }

  /** A caller that sees the file closed also sees the last operation done. */
  void after(Operation<?> operation) {
    last = operation;
  }

  @Override
  public Action action() {
    return Action.CLOSE;
  }

  @Override
  public boolean take() {
    try {
      queue.executor().execute(this);
    } catch (Throwable ignored) {
      // The error says that the executor is gone, which isn't the outcome of the close.
      run();
    }
    return true;
  }

  @Override
  public boolean refuse(FileClosedException reason) {
    throw new AssertionError("nothing closes a file before its close");
  }

  @Override
  public void run() {
    Throwable failure = null;
    try {
      close.run();
    } catch (Throwable error) {
      failure = error;
    }
    int lost = refuseLate();
    if (lost > 0 && how instanceof ExitCase.Succeeded) {
      failure = joined(failure, loss(lost));
    }
    Throwable result = failure;
    last.whenComplete((ignored, unused) -> {
      if (result == null) {
        closed.complete(null);
      } else {
        closed.completeExceptionally(result);
      }
    });
  }

  /** {@return the number of operations that are lost without their callers necessarily noticing} */
  private int refuseLate() {
    int lost = 0;
    for (Turn turn : late) {
      boolean wanted = turn.refuse(FileClosedException.before(queue.path(), turn.action()));
      if (wanted && turn.action().keepsData()) {
        lost++;
      }
    }
    return lost;
  }

  private IllegalStateException loss(int lost) {
    return new IllegalStateException(
        queue.path()
            + ": the body succeeded before "
            + lost
            + " of its write and force operations began, and they are lost: end the body"
            + " when they are done");
  }

  private static Throwable joined(@Nullable Throwable first, Throwable second) {
    if (first == null) {
      return second;
    }
    first.addSuppressed(second);
    return first;
  }
}
