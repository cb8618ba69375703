package dev.withal.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.withal.Async;
import dev.withal.AsyncContextManager;
import dev.withal.Verdict;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

/** Managers that care which thread they are on, or block it, each caught by the law it breaks. */
class BrokenThreadsTest {
  private final AtomicInteger held = new AtomicInteger();

  /** Acquires, and counts. */
  private CompletionStage<String> acquire(Gate gate) {
    return gate.step("open")
        .thenApply(_ -> {
          held.incrementAndGet();
          return "value";
        });
  }

  private CompletionStage<Verdict> release(Gate gate) {
    return gate.step("close")
        .thenCompose(_ -> {
          held.decrementAndGet();
          return Verdict.PROPAGATE.now();
        });
  }

  private String brokenBy(Function<Gate, AsyncContextManager<String>> manager)
      throws InterruptedException {
    return catchThrowableOfType(
            AssertionError.class, () -> ManagerLaws.of(manager).holding(held::get).check())
        .getMessage();
  }

  @Test
  void dependsOnTheThread_isCaughtByL13() throws InterruptedException {
    String broken =
        brokenBy(gate -> {
          var lock = new ReentrantLock();
          return AsyncContextManager.of(
              () ->
                  acquire(gate)
                      .whenComplete((_, error) -> {
                        if (error == null) {
                          lock.lock();
                        }
                      }),
              (_, _) -> {
                lock.unlock();
                return release(gate);
              });
        });

    assertThat(broken)
        .contains("L13 threads: a use that works with complete stages on one thread fails here")
        .contains("IllegalMonitorStateException");
  }

  @Test
  void blocksItsCaller_isCaughtByL13() throws InterruptedException {
    String broken =
        brokenBy(gate ->
            AsyncContextManager.of(
                () -> {
                  gate.step("hello").toCompletableFuture().join();
                  return acquire(gate);
                },
                (_, _) -> release(gate)));

    assertThat(broken).contains("L13 threads: a thread is held in stage style");
  }

  @Test
  void waitsInDirectStyle_isCaughtByL13() throws InterruptedException {
    String broken =
        brokenBy(gate ->
            AsyncContextManager.of(
                () -> {
                  try {
                    Async.sleep(Duration.ofMillis(1));
                  } catch (InterruptedException e) {
                    return CompletableFuture.failedFuture(e);
                  }
                  return acquire(gate);
                },
                (_, _) -> release(gate)));

    assertThat(broken).contains("L13 threads: a use that works with complete stages on one thread");
  }

  @Test
  void dropsWhatItsExecutorRefuses_isCaughtByL15() throws InterruptedException {
    String broken =
        brokenBy(gate ->
            AsyncContextManager.of(
                () -> acquire(gate),
                (_, _) ->
                    CompletableFuture.supplyAsync(
                        () -> {
                          held.decrementAndGet();
                          return Verdict.PROPAGATE;
                        },
                        gate.executor("release"))));

    assertThat(broken)
        .contains("L15 helpers can't hurt: 1 are still held after everything has ended");
  }
}
