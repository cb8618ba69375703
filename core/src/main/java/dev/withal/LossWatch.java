package dev.withal;

import dev.withal.internal.Shield;
import dev.withal.internal.Time;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Interrupts the calling thread's body if its value is lost. The lock guards against race with the
 * body's end, after which no interruption of ours may hit the thread.
 *
 * <p>Design: nobody can say who has set a thread's flag: a body that was interrupted by us may set
 * it again. So the flag is cleared as the body ends, unless an interruption is known that isn't
 * ours: one that a shielded wait heard when we had interrupted already, or that of a body around
 * this one.
 */
final class LossWatch implements Shield.Watch {
  /** How far our interruption has come. */
  private enum Interruption {
    NONE,
    SENT,
    /** A wait in an exit inside the body was interrupted, and went on. */
    HELD_BACK,
    NOTICED
  }

  private final Shield shield = Shield.ofThread();
  private final int depth = shield.depth();
  private final Shield.@Nullable Watch outer = shield.begin(this);

  private final ReentrantLock lock = new ReentrantLock();
  private final CompletableFuture<@Nullable Void> over = new CompletableFuture<>();
  // Guarded by the lock.
  private @Nullable Thread body = Thread.currentThread();
  private @Nullable Throwable reason;
  private Interruption interruption = Interruption.NONE;

  /** Whether somebody else has interrupted the body as well; only its own thread touches it. */
  private boolean another;

  /**
   * {@return a watch over the body that the calling thread is about to run; null if its value is
   * never lost}
   */
  static @Nullable LossWatch begin(Object context, @Nullable CompletionStage<?> lost) {
    if (lost == null) {
      return null;
    }
    var watch = new LossWatch();
    Stages.onLoss(context, lost, watch.over, watch::lost);
    return watch;
  }

  private void lost(Throwable error) {
    lock.lock();
    try {
      if (body != null) {
        reason = error;
        interruption = Interruption.SENT;
        Timeout.showBody(error, body);
        Time.current().interrupt(body);
      }
    } finally {
      lock.unlock();
    }
  }

  /**
   * {@return why the value was lost while the body ran; null if it was not} Our interruption is
   * over then, and the flag is set only for another one.
   */
  @Nullable Throwable end() {
    shield.end(outer);
    over.complete(null);
    lock.lock();
    try {
      body = null;
    } finally {
      lock.unlock();
    }
    if (reason != null) {
      Thread.interrupted();
      if (another || shield.senders() > 0) {
        Thread.currentThread().interrupt();
      }
    }
    return reason;
  }

  // ---- for the shield --------------------------------------------------------------------------

  @Override
  public int depth() {
    return depth;
  }

  @Override
  public Shield.@Nullable Watch outer() {
    return outer;
  }

  @Override
  public boolean hasSent() {
    lock.lock();
    try {
      return reason != null;
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void heardAnother() {
    another |= hasSent();
  }

  @Override
  public boolean isPending() {
    lock.lock();
    try {
      return interruption == Interruption.SENT || interruption == Interruption.HELD_BACK;
    } finally {
      lock.unlock();
    }
  }

  @Override
  public boolean claims(boolean noticed) {
    lock.lock();
    try {
      boolean mine =
          interruption == Interruption.SENT || (noticed && interruption == Interruption.HELD_BACK);
      if (mine) {
        interruption = noticed ? Interruption.NOTICED : Interruption.HELD_BACK;
      }
      return mine;
    } finally {
      lock.unlock();
    }
  }
}
