package dev.withal;

import dev.withal.internal.Time;
import java.time.Duration;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Work that blocks, on a virtual thread of its own, which is interrupted when it is asked to end.
 *
 * <p>Design: its future is a use, so that cancelling it is a request. It has ended when the work
 * has, and whoever sees it done may use again what the work was using. The lock guards against race
 * with that end: an interruption must not come when the thread does something else.
 */
final class OwnThread<R extends @Nullable Object> {
  private static final AsyncContextManager<@Nullable Void> NOTHING =
      AsyncContextManager.<@Nullable Void>ofValue(null)
          .named("Async.callAsync")
          .grace(Duration.ofSeconds(Long.MAX_VALUE));

  private static final Settings OF_WORK = Configured.settings(NOTHING);

  private final Work<? extends R, ?> work;
  private final ThreadWork.End<R> result = new ThreadWork.End<>();

  private final ReentrantLock lock = new ReentrantLock();
  // Guarded by the lock.
  private @Nullable Thread runner;
  private boolean asked;

  private OwnThread(Work<? extends R, ?> work) {
    this.work = work;
  }

  static <R extends @Nullable Object> CompletableFuture<R> call(Work<? extends R, ?> work) {
    return NOTHING.useAsync((ignored, cancellation) -> {
      var own = new OwnThread<R>(work);
      cancellation.onRequest(unused -> own.interrupt());
      Time.current().start("withal-call", Carried.along(own::run));
      return own.result;
    });
  }

  /** {@return whether a use with these settings stands for such work} */
  static boolean isOfWork(Settings settings) {
    return settings == OF_WORK;
  }

  private void run() {
    try {
      result.begin();
      begin();
      R value;
      try {
        value = work.call();
      } finally {
        end();
      }
      result.finish(value);
    } catch (Throwable error) {
      // The result may be awaited only later, on another thread.
      SharedErrors.pass(error, Thread.currentThread(), result);
      result.fail(error);
    }
  }

  private void begin() {
    lock.lock();
    try {
      if (asked) {
        throw new CancellationException("it was asked to end before it began");
      }
      runner = Thread.currentThread();
    } finally {
      lock.unlock();
    }
  }

  private void end() {
    lock.lock();
    try {
      runner = null;
    } finally {
      lock.unlock();
    }
    // An interruption of the work isn't meant for what continues from here on this thread.
    Thread.interrupted();
  }

  private void interrupt() {
    lock.lock();
    try {
      asked = true;
      if (runner != null) {
        Time.current().interrupt(runner);
      }
    } finally {
      lock.unlock();
    }
  }
}
