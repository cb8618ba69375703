package dev.withal.files;

import dev.withal.AsyncContext;
import dev.withal.AsyncContextManager;
import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;

/**
 * An enter that may wait without end, and that can be cancelled.
 *
 * <p>Design. A stage that isn't Withal's own is never cancelled, so such an enter must be a use. It
 * holds nothing, and its result is the context. If nobody receives the context, because the use was
 * cancelled while it arrived, core exits it (L17), however late it comes.
 */
final class Acquiring {
  private static final AsyncContextManager<String> NOTHING = AsyncContextManager.ofValue("nothing");

  private Acquiring() {}

  /** A call that blocks. */
  @FunctionalInterface
  interface Call<T> {
    /**
     * Acquires.
     *
     * @param wait where to wait for another process, so that the wait can be ended
     */
    T call(Wait wait) throws IOException, InterruptedException;
  }

  /** Begins to acquire on the executor. */
  static <C extends AsyncContext<?>> CompletableFuture<C> start(
      Executor executor, Call<? extends C> call) {
    Waiting<C> task = Waiting.of(call);
    return start(task, () -> task.startOn(executor));
  }

  /**
   * Begins to acquire.
   *
   * @param task completes with the result; failing it asks the acquisition to end
   * @param begin begins the acquisition
   */
  static <C extends AsyncContext<?>> CompletableFuture<C> start(
      CompletableFuture<C> task, Runnable begin) {
    return NOTHING.useAsync((ignored, cancellation) -> {
      cancellation.onRequest(task::completeExceptionally);
      begin.run();
      return task;
    });
  }

  /** The task that acquires, with the place where it waits. */
  static final class Waiting<T> extends Task<T> {
    private final Wait wait;

    private Waiting(Wait wait, Call<? extends T> call) {
      super("enter", () -> call.call(wait));
      this.wait = wait;
      wait.asker(this);
    }

    static <T> Waiting<T> of(Call<? extends T> call) {
      return new Waiting<>(new Wait(), call);
    }

    void startOn(Executor executor) {
      try {
        executor.execute(this);
      } catch (Throwable refusal) {
        completeExceptionally(refusal);
      }
    }

    @Override
    void wake() {
      wait.wake();
    }
  }
}
