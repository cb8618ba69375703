package dev.withal;

import dev.withal.internal.Time;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Interrupts the calling thread's body if its value is lost. The lock guards against race with the
 * body's end, after which no interruption of ours may hit the thread.
 */
final class LossWatch {
  private final ReentrantLock lock = new ReentrantLock();
  private @Nullable Thread body = Thread.currentThread();
  private @Nullable Throwable reason;

  static @Nullable LossWatch begin(AsyncContext<?> context) {
    if (context.lost() == null) {
      return null;
    }
    var watch = new LossWatch();
    Stages.onLoss(context, watch::lost);
    return watch;
  }

  private void lost(Throwable error) {
    lock.lock();
    try {
      if (body != null) {
        reason = error;
        Time.current().interrupt(body);
      }
    } finally {
      lock.unlock();
    }
  }

  /**
   * {@return why the value was lost while the body ran; null if it was not} Our interruption is
   * over then. But if the body ended by noticing one, another one is pending: what is thrown says
   * nothing of it, so the flag stays set.
   */
  @Nullable Throwable end(@Nullable Throwable bodyError) {
    lock.lock();
    try {
      body = null;
      if (reason != null && !(bodyError instanceof InterruptedException)) {
        Thread.interrupted();
      }
      return reason;
    } finally {
      lock.unlock();
    }
  }
}
