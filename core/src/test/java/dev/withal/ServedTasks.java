package dev.withal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.withal.testkit.Journal;
import dev.withal.testkit.LeakCheck;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.extension.ExtendWith;

/** An executor of one thread whose manager is under test, and tasks for it. */
@ExtendWith(LeakCheck.class)
abstract class ServedTasks {
  static final Duration MOMENT = Duration.ofMillis(1);
  static final Duration LONG = Duration.ofHours(1);

  /** One thread, which tells the test when it is shut down. */
  final class Pool extends ThreadPoolExecutor {
    private final Runnable whenShut;

    Pool(Runnable whenShut) {
      super(1, 1, 0, TimeUnit.SECONDS, new LinkedBlockingQueue<>());
      this.whenShut = whenShut;
    }

    @Override
    public void shutdown() {
      journal.add("shutdown");
      super.shutdown();
      whenShut.run();
    }

    @Override
    public boolean awaitTermination(long timeout, TimeUnit unit) throws InterruptedException {
      if (!overdue) {
        return super.awaitTermination(timeout, unit);
      }
      // The time that has gone by since somebody reckoned makes it a little less.
      journal.add("waits for " + (unit.toMinutes(timeout) + 1) + " min");
      return isShut.getAndSet(true) && super.awaitTermination(timeout, unit);
    }
  }

  final Journal journal = new Journal();

  /** Whether the executor says at once that its tasks took too long; it does so once. */
  volatile boolean overdue;

  final AtomicBoolean isShut = new AtomicBoolean();
  final CountDownLatch begun = new CountDownLatch(1);
  final CountDownLatch end = new CountDownLatch(1);
  final CompletableFuture<ExecutorService> opened = new CompletableFuture<>();

  ContextManager<ExecutorService> serving(Duration patience, Runnable whenShut) {
    return ContextManager.executor(
        () -> {
          opened.complete(new Pool(whenShut));
          return opened.resultNow();
        },
        patience);
  }

  ContextManager<ExecutorService> serving(Duration patience) {
    return serving(patience, () -> {});
  }

  @AfterEach
  void letAllEnd() throws Exception {
    end.countDown();
    if (opened.isDone()) {
      opened.resultNow().shutdownNow();
      assertThat(opened.resultNow().awaitTermination(20, TimeUnit.SECONDS)).isTrue();
    }
  }

  /** Ends when the test says so, or it is interrupted. */
  void heeding() {
    begun.countDown();
    try {
      end.await();
      journal.add("done");
    } catch (InterruptedException _) {
      journal.add("interrupted");
    }
  }

  /** Ends when the test says so. */
  void deaf() {
    begun.countDown();
    boolean over = false;
    while (!over) {
      try {
        end.await();
        over = true;
      } catch (InterruptedException _) {
        journal.add("interrupted");
      }
    }
  }

  void submit(ExecutorService executor, Runnable task) throws InterruptedException {
    executor.execute(task);
    begun.await();
  }
}
