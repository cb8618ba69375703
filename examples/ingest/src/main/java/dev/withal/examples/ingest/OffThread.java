package dev.withal.examples.ingest;

import dev.withal.AsyncContext;
import dev.withal.AsyncContextManager;
import dev.withal.ExitCase;
import dev.withal.Verdict;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Keeps database work off the thread that waits for it.
 *
 * <p>H2 works on the thread that calls it, and it loses its file if that thread is interrupted at
 * the wrong moment. But Ctrl-C interrupts the program's main thread; so another thread calls H2.
 */
final class OffThread {
  private OffThread() {}

  /** {@return a manager whose enter and exit are called on threads of their own} */
  static <T> AsyncContextManager<T> manager(AsyncContextManager<T> manager) {
    return () -> call(manager::enterAsync).thenApply(OffThread::context);
  }

  /** {@return what a call completes with that is made on a thread of its own} */
  static <T> CompletableFuture<T> call(Supplier<? extends CompletionStage<? extends T>> call) {
    return CompletableFuture.supplyAsync(call, Thread::startVirtualThread)
        .thenCompose(stage -> stage.thenApply(value -> value));
  }

  private static <T> AsyncContext<T> context(AsyncContext<? extends T> context) {
    return new AsyncContext<>() {
      @Override
      public T value() {
        return context.value();
      }

      @Override
      public @Nullable CompletionStage<?> lost() {
        return context.lost();
      }

      @Override
      public CompletionStage<Verdict> exitAsync(ExitCase how) {
        return call(() -> context.exitAsync(how));
      }
    };
  }
}
