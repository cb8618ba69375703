package dev.withal.files;

import dev.withal.AsyncContextManager;
import dev.withal.ExitCase;
import dev.withal.Verdict;
import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.function.BiFunction;

/**
 * An acquisition that may wait without end, and hears when it isn't wanted any more.
 *
 * <p>Design. A stage that isn't Withal's own is never cancelled, so an enter that may wait without
 * end has to be a use: the acquisition is the value of a context, and the use's result is what it
 * came to. If the use ended well, its caller has that. If not, the context's exit releases what was
 * acquired all the same, however late it comes.
 */
final class Acquiring<T> {

  /** A call that blocks. */
  @FunctionalInterface
  interface Call<T> {
    /**
     * Acquires.
     *
     * @param wait where to wait for another process, so that it can be ended
     */
    T call(Wait wait) throws IOException, InterruptedException;
  }

  private final CompletableFuture<T> task;
  private final BiFunction<? super T, ? super ExitCase, ? extends CompletionStage<?>> release;

  private Acquiring(
      CompletableFuture<T> task,
      BiFunction<? super T, ? super ExitCase, ? extends CompletionStage<?>> release) {
    this.task = task;
    this.release = release;
  }

  /**
   * Begins to acquire on the executor.
   *
   * @param release begins to release what nobody wants any more
   */
  static <T> CompletableFuture<T> start(
      Executor executor,
      Call<? extends T> call,
      BiFunction<? super T, ? super ExitCase, ? extends CompletionStage<?>> release) {
    Waiting<T> task = Waiting.of(call);
    return start(task, () -> task.startOn(executor), release);
  }

  /**
   * Begins to acquire.
   *
   * @param task what it will have come to; to fail it asks it to end
   * @param begin begins it
   * @param release begins to release what nobody wants any more
   */
  static <T> CompletableFuture<T> start(
      CompletableFuture<T> task,
      Runnable begin,
      BiFunction<? super T, ? super ExitCase, ? extends CompletionStage<?>> release) {
    var acquiring = new Acquiring<T>(task, release);
    return AsyncContextManager.of(
            () -> CompletableFuture.completedFuture(acquiring), Acquiring::exitAsync)
        .useAsync((_, cancellation) -> {
          cancellation.onRequest(acquiring.task::completeExceptionally);
          begin.run();
          return acquiring.task;
        });
  }

  private CompletionStage<Verdict> exitAsync(ExitCase how) {
    if (how instanceof ExitCase.Succeeded) {
      return Verdict.PROPAGATE.now();
    }
    CompletionStage<Verdict> released =
        task.handle((acquired, failure) -> failure == null ? acquired : null)
            .thenCompose(acquired ->
                acquired == null
                    ? Verdict.PROPAGATE.now()
                    : release.apply(acquired, how).thenApply(_ -> Verdict.PROPAGATE));
    if (how instanceof ExitCase.Cancelled late && late.bodyStillRuns()) {
      released.whenComplete((_, failure) -> {
        if (failure != null) {
          Uncaught.tell(failure);
        }
      });
      return Verdict.PROPAGATE.now();
    }
    return released;
  }

  /** The task that acquires, and where it waits. */
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
