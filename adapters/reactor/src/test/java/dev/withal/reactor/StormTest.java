package dev.withal.reactor;

import static org.assertj.core.api.Assertions.assertThat;

import dev.withal.AsyncContextManager;
import java.time.Duration;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import reactor.core.Disposable;
import reactor.core.publisher.Mono;

/**
 * Uses that are cancelled at random moments leak nothing, whatever their acquire does. A leak shows
 * as a test that doesn't end.
 */
@Tag("slow")
class StormTest {
  private final ScheduledExecutorService clock = Executors.newScheduledThreadPool(2);
  private final Random random = new Random(3695);
  private final AtomicInteger begun = new AtomicInteger();
  private final AtomicInteger acquired = new AtomicInteger();
  private final AtomicInteger released = new AtomicInteger();

  @AfterEach
  void stop() {
    clock.shutdownNow();
  }

  /** As of a callback that can't be taken back: it takes no notice of a cancellation. */
  private Mono<String> acquire() {
    return Mono.create(sink -> {
      begun.incrementAndGet();
      later(() -> {
        acquired.incrementAndGet();
        sink.success("c");
      });
    });
  }

  private Mono<Object> release() {
    return Mono.create(sink ->
        later(() -> {
          released.incrementAndGet();
          sink.success();
        }));
  }

  private void later(Runnable step) {
    clock.schedule(step, random.nextInt(1000), TimeUnit.MICROSECONDS);
  }

  private Mono<Long> use() {
    return WithalReactor.mono(
        WithalReactor.closing(acquire(), _ -> release()), _ -> Mono.delay(Duration.ofMillis(1)));
  }

  private Mono<Long> nested() {
    AsyncContextManager<String> manager = WithalReactor.closing(acquire(), _ -> release());
    return WithalReactor.mono(manager, _ -> use().map(value -> value + 1));
  }

  private Mono<Long> usingWhen() {
    return Mono.usingWhen(acquire(), _ -> Mono.delay(Duration.ofMillis(1)), _ -> release());
  }

  @Test
  void cancels_atRandomMoments_leakNothing() throws Exception {
    storm(use(), 1_000);
    storm(nested(), 1_000);

    await(() -> released.get() == acquired.get());
    assertThat(acquired).hasValueGreaterThan(1_000);
  }

  @Test
  @Tag("stress")
  @Timeout(600)
  void cancels_aHundredThousand_leakNothing() throws Exception {
    storm(use(), 50_000);
    storm(nested(), 50_000);

    await(() -> released.get() == acquired.get());
    assertThat(acquired).hasValueGreaterThan(50_000);
  }

  /** Shows that the storm finds leaks. */
  @Test
  void cancels_ofUsingWhen_leak() throws Exception {
    storm(usingWhen(), 1_000);
    clock.schedule(() -> {}, 100, TimeUnit.MILLISECONDS).get();

    assertThat(released.get()).isLessThan(acquired.get());
  }

  private void storm(Mono<Long> use, int times) throws InterruptedException, ExecutionException {
    // So many at the same time, as on a machine with two cores the rest would wait anyway.
    var places = new Semaphore(200);
    var cancelled = new CountDownLatch(times);
    for (int i = 0; i < times; i++) {
      places.acquire();
      Disposable subscription = use.subscribe(_ -> {}, _ -> {});
      clock.schedule(
          () -> {
            subscription.dispose();
            places.release();
            cancelled.countDown();
          },
          random.nextInt(4000),
          TimeUnit.MICROSECONDS);
    }
    cancelled.await();
    await(() -> acquired.get() == begun.get());
  }

  private void await(BooleanSupplier over) throws InterruptedException, ExecutionException {
    while (!over.getAsBoolean()) {
      clock.schedule(() -> {}, 1, TimeUnit.MILLISECONDS).get();
    }
  }
}
