package dev.withal.files;

import java.util.concurrent.Semaphore;
import org.jspecify.annotations.Nullable;

/** The turn of a thread that waits for it. */
final class DirectTurn implements Turn {
  private final Action action;
  private final Semaphore decided = new Semaphore(0);
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
    decided.release();
    return true;
  }

  @Override
  public boolean refuse(FileClosedException reason) {
    refusal = reason;
    decided.release();
    return true;
  }

  /** Waits for the turn. An interruption doesn't end the wait; the flag is set again after it. */
  void await() throws FileClosedException {
    decided.acquireUninterruptibly();
    if (refusal != null) {
      throw refusal;
    }
  }
}
