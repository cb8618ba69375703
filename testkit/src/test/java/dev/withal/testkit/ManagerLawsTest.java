package dev.withal.testkit;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.withal.Async;
import dev.withal.AsyncContextManager;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Managers that keep the laws pass. */
@ExtendWith(LeakCheck.class)
class ManagerLawsTest {
  private final AtomicInteger held = new AtomicInteger();

  @Test
  void gated_keepsTheLaws() throws InterruptedException {
    ManagerLaws.of(gate -> gate.manager("it")).check();
  }

  @Test
  void constant_keepsTheLaws() throws InterruptedException {
    ManagerLaws.of(() -> AsyncContextManager.ofValue("value")).check();
  }

  // @start region="laws"
  @Test
  void adapter_keepsTheLaws() throws InterruptedException {
    ManagerLaws.of(gate -> gate.manager("session").enterTimeout(Duration.ofSeconds(5))).check();
  }

  // @end

  @Test
  void timers_keepTheLaws() throws InterruptedException {
    ManagerLaws.of(() ->
            AsyncContextManager.closing(
                () ->
                    Async.sleepAsync(Duration.ofMillis(10)).thenApply(_ -> held.incrementAndGet()),
                _ -> Async.sleepAsync(Duration.ofMillis(10)).thenRun(held::decrementAndGet)))
        .holding(held::get)
        .check();
  }

  /** What is asked between its two steps arrives late all the same, and is closed by a step. */
  @Test
  void arrivesAfterItsStep_keepsTheLaws() throws InterruptedException {
    ManagerLaws.of(gate ->
            AsyncContextManager.closing(
                () ->
                    gate.step("connect")
                        .thenCompose(_ -> Async.sleepAsync(Duration.ofMillis(10)))
                        .thenApply(_ -> held.incrementAndGet()),
                _ -> gate.step("close").thenRun(held::decrementAndGet)))
        .holding(held::get)
        .check();
  }

  /** What a failed exit has left held is often released soon, by whoever cleans up. */
  @Test
  void failedExitIsCleanedUpDuringTheNextUse_keepsTheLaws() throws InterruptedException {
    var left = new AtomicInteger();
    ManagerLaws.of(gate ->
            AsyncContextManager.closing(
                () -> gate.step("connect").thenApply(_ -> held.addAndGet(1 - left.getAndSet(0))),
                _ ->
                    gate.step("close")
                        .whenComplete((_, error) -> {
                          if (error == null) {
                            held.decrementAndGet();
                          } else {
                            left.incrementAndGet();
                          }
                        })))
        .holding(held::get)
        .check();
  }

  @Test
  void inRealTime_keepsTheLaws() throws InterruptedException {
    ManagerLaws.of(gate -> gate.manager("it")).inRealTime().check();
  }

  @Test
  void generator_keepsTheLaws() throws InterruptedException {
    ManagerLaws.of(gate ->
            AsyncContextManager.generator(body -> {
              gate.manager("inner")
                  .use(value -> {
                    body.value(value);
                    return value;
                  });
            }))
        .check();
  }

  @Test
  void flatMap_keepsTheLaws() throws InterruptedException {
    ManagerLaws.of(gate -> gate.manager("one").flatMap(_ -> gate.manager("two"))).check();
  }

  @Test
  void all_keepsTheLaws() throws InterruptedException {
    ManagerLaws.of(
            gate -> AsyncContextManager.all(List.of(gate.manager("one"), gate.manager("two"))))
        .check();
  }

  @Test
  void failsByItself_isRefused() {
    assertThatThrownBy(() ->
            ManagerLaws.of(() ->
                    AsyncContextManager.closing(
                        () -> CompletableFuture.failedFuture(new IOException("no such thing")),
                        _ -> CompletableFuture.completedFuture(null)))
                .check())
        .isInstanceOf(AssertionError.class)
        .hasMessage("the manager fails without any disturbance, so it can't be put to the test")
        .hasCauseInstanceOf(IOException.class);
  }

  @Test
  void virtualTimeInForce_isRefused(VirtualTime time) {
    assertThatThrownBy(() -> ManagerLaws.of(() -> AsyncContextManager.ofValue("value")).check())
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("virtual time is already in force: close it first");
  }

  @Test
  void concurrently_none_isRefused() {
    assertThatThrownBy(
            () -> ManagerLaws.of(() -> AsyncContextManager.ofValue("value")).concurrently(0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("uses must be at least 1, but is 0");
  }
}
