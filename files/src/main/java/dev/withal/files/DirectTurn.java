package dev.withal.files;

import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/** The turn of a thread that waits for it. */
final class DirectTurn implements Turn {
  private final Action action;
  private final Semaphore decided = new Semaphore(0);
  private final AtomicBoolean claimed = new AtomicBoolean();
  // Written before the permit is released, read after it was acquired.
  private @Nullable FileClosedException refusal;

  DirectTurn(Action action) {
    this.action = action;
  }

  @Override
  public Action action() {
    return action;
  }

  @Override
  public boolean take() {
    boolean wanted = claimed.compareAndSet(false, true);
    decided.release();
    return wanted;
  }

  @Override
  public boolean refuse(FileClosedException reason) {
    refusal = reason;
    return take();
  }

  /** Waits for the turn. An interruption ends the wait, unless the turn came first. */
  void await() throws FileClosedException, InterruptedException {
    try {
      decided.acquire();
    } catch (InterruptedException interruption) {
      // Guard against race with the thread that hands the turn over.
      if (claimed.compareAndSet(false, true)) {
        throw interruption;
      }
      decided.acquireUninterruptibly();
      Thread.currentThread().interrupt();
    }
    if (refusal != null) {
      throw refusal;
    }
  }
}
