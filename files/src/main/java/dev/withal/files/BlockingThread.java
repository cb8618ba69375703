package dev.withal.files;

import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.jspecify.annotations.Nullable;

/**
 * A platform thread that makes blocking calls for threads that may stop waiting for them. It is
 * started with the first call. All methods but {@link #end} are called by one thread at a time.
 */
final class BlockingThread {
  private final String name;
  private volatile @Nullable ExecutorService thread;
  private volatile boolean ended;

  BlockingThread(String name) {
    this.name = name;
  }

  <R extends @Nullable Object> CompletableFuture<R> call(Callable<? extends R> call) {
    var result = new CompletableFuture<R>();
    thread()
        .execute(() -> {
          try {
            result.complete(call.call());
          } catch (Throwable error) {
            result.completeExceptionally(error);
          }
        });
    return result;
  }

  private ExecutorService thread() {
    ExecutorService running = thread;
    if (running == null) {
      running =
          Executors.newSingleThreadExecutor(Thread.ofPlatform().daemon().name(name).factory());
      thread = running;
      // Guard against race with the end, which didn't find the thread.
      if (ended) {
        running.shutdown();
      }
    }
    return running;
  }

  /** Interrupts the current call. */
  void interrupt() {
    ExecutorService running = thread;
    if (running != null) {
      running.shutdownNow();
    }
  }

  /** Ends the thread when its call returns. */
  void end() {
    ended = true;
    ExecutorService running = thread;
    if (running != null) {
      running.shutdown();
    }
  }
}
