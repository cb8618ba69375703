package dev.withal.jdbc;

import dev.withal.AsyncContextManager;
import dev.withal.Body;
import java.time.Duration;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Code that blocks, run on a virtual thread, which is interrupted when it is asked to end.
 *
 * <p>Design: it waits for calls to the driver, so it never takes a thread that they need. The
 * future is a use of core's, so that to cancel it is a request. It has ended when the code has, and
 * who sees it done may use the connection again.
 */
final class Work<R extends @Nullable Object> {
  private static final String NAME = "Jdbc.callAsync";
  private static final Duration UNBOUNDED = Duration.ofSeconds(Long.MAX_VALUE);

  private final ReentrantLock lock = new ReentrantLock();
  private @Nullable Thread runner;
  private boolean asked;

  private Work() {}

  static <T, R extends @Nullable Object> CompletableFuture<R> start(
      T value, Body<? super T, ? extends R, ?> body) {
    return AsyncContextManager.of(value)
        .grace(UNBOUNDED)
        .named(NAME)
        .useAsync((_, cancellation) -> {
          var work = new Work<R>();
          cancellation.onRequest(_ -> work.interrupt());
          return Calls.<R>start(NAME, VirtualThreads.EACH, () -> work.run(value, body));
        });
  }

  private <T> R run(T value, Body<? super T, ? extends R, ?> body) throws Exception {
    begin();
    try {
      return body.apply(value);
    } finally {
      end();
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
  }

  private void interrupt() {
    lock.lock();
    try {
      asked = true;
      if (runner != null) {
        runner.interrupt();
      }
    } finally {
      lock.unlock();
    }
  }
}
