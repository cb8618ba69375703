package dev.withal.guide;

import static java.util.concurrent.CompletableFuture.completedFuture;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.withal.AsyncContextManager;
import dev.withal.EventLoopDetector;
import dev.withal.testkit.LeakCheck;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

/** What the guide says on event loops. */
@ExtendWith(LeakCheck.class)
class EventLoopsTest {
  private final Scheduler eventLoop = Schedulers.newParallel("loop", 1);
  private final AsyncContextManager<String> manager = AsyncContextManager.ofValue("value");

  @AfterEach
  void close() {
    eventLoop.dispose();
  }

  @Test
  void use_onAnEventLoop_isRefused() {
    Throwable thrown = catchThrowable(() -> onLoop(() -> manager.use(value -> value)).join());

    assertThat(thrown.getCause())
        .isExactlyInstanceOf(IllegalStateException.class)
        .message()
        .matches("use blocks, and loop-[0-9]+ is an event-loop thread: call useAsync instead");
  }

  @Test
  void useAsync_onAnEventLoop_works() {
    // @start region="stage-style"
    CompletableFuture<String> used =
        onLoop(() -> manager.useAsync(value -> completedFuture(value + " used")))
            .thenCompose(use -> use);
    // @end

    assertThat(used.join()).isEqualTo("value used");
  }

  @Test
  void on_anExecutor_runsTheStepsThere() {
    var threads = new CopyOnWriteArrayList<String>();

    // @start region="executor"
    try (ExecutorService workers =
        Executors.newSingleThreadExecutor(task -> new Thread(task, "worker"))) {
      AsyncContextManager<String> elsewhere = manager.on(workers);

      elsewhere
          .useAsync(value -> {
            threads.add(Thread.currentThread().getName());
            return completedFuture(value);
          })
          .join();
    }
    // @end

    assertThat(threads).containsExactly("worker");
  }

  // @start region="detector"
  /** Named in META-INF/services/dev.withal.EventLoopDetector, or provided by module-info. */
  public static final class GameLoops implements EventLoopDetector {
    @Override
    public boolean isEventLoop(Thread thread) {
      return thread.getName().startsWith("game-loop");
    }
  }

  // @end

  @Test
  void detector_tellsItsThreads() {
    assertThat(new GameLoops().isEventLoop(new Thread("game-loop-1"))).isTrue();
    assertThat(new GameLoops().isEventLoop(new Thread("main"))).isFalse();
  }

  private <T> CompletableFuture<T> onLoop(Callable<T> action) {
    var done = new CompletableFuture<T>();
    eventLoop.schedule(() -> {
      try {
        done.complete(action.call());
      } catch (Throwable error) {
        done.completeExceptionally(error);
      }
    });
    return done;
  }
}
