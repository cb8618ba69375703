package dev.withal;

import dev.withal.testkit.VirtualTime;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** In which style a test's body is used, and how the stages it meets complete. */
enum Carrier {
  /** Direct style on the test's thread; every stage is complete already. */
  SAME_THREAD,
  /** Direct style on a virtual thread, which waits for each stage. */
  VIRTUAL_THREAD,
  /** Direct style on a platform thread, which waits for each stage. */
  PLATFORM_THREAD,
  /** Stage style; every stage is complete already. */
  STAGE_COMPLETE,
  /** Stage style; every stage completes later, on another thread. */
  STAGE_LATER;

  static final Duration STEP = Duration.ofMillis(10);

  boolean isDirect() {
    return this == SAME_THREAD || this == VIRTUAL_THREAD || this == PLATFORM_THREAD;
  }

  private boolean isComplete() {
    return this == SAME_THREAD || this == STAGE_COMPLETE;
  }

  /** Carries out a step: its stage is complete already, or completes later. */
  <T> CompletionStage<T> step(Callable<? extends T> action) {
    if (isComplete()) {
      return call(action);
    }
    return Async.sleepAsync(STEP).thenCompose(_ -> call(action));
  }

  /** Uses a manager in this style and returns what comes out of it. */
  <T, R> R use(
      VirtualTime time,
      AsyncContextManager<T> manager,
      Body<? super T, ? extends R, Exception> body)
      throws Exception {
    return switch (this) {
      case SAME_THREAD -> manager.<R, Exception>use(body);
      case VIRTUAL_THREAD, PLATFORM_THREAD -> {
        var result = new CompletableFuture<R>();
        Runnable task =
            () ->
                call(() -> manager.<R, Exception>use(body))
                    .whenComplete((value, error) -> {
                      if (error == null) {
                        result.complete(value);
                      } else {
                        result.completeExceptionally(error);
                      }
                    });
        if (this == VIRTUAL_THREAD) {
          time.start(task);
        } else {
          time.executor(work -> Thread.ofPlatform().name("carrier").start(work)).execute(task);
        }
        yield time.await(result);
      }
      case STAGE_COMPLETE, STAGE_LATER ->
          time.await(manager.<R>useAsync(value -> step(() -> body.apply(value))));
    };
  }

  private static <T> CompletableFuture<T> call(Callable<? extends T> action) {
    try {
      return CompletableFuture.completedFuture(action.call());
    } catch (Throwable error) {
      return CompletableFuture.failedFuture(error);
    }
  }
}
