package dev.withal.mutiny;

import static org.assertj.core.api.Assertions.assertThat;

import dev.withal.AsyncContextManager;
import io.smallrye.mutiny.Uni;
import io.smallrye.mutiny.subscription.Cancellable;
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
  private Uni<String> acquire() {
    return Uni.createFrom()
        .emitter(sink -> {
          begun.incrementAndGet();
          later(() -> {
            acquired.incrementAndGet();
            sink.complete("c");
          });
        });
  }

  private Uni<Object> release() {
    return Uni.createFrom()
        .emitter(sink ->
            later(() -> {
              released.incrementAndGet();
              sink.complete(null);
            }));
  }

  private void later(Runnable step) {
    clock.schedule(step, random.nextInt(1000), TimeUnit.MICROSECONDS);
  }

  private Uni<Long> use() {
    return WithalMutiny.uni(
        WithalMutiny.closing(acquire(), _ -> release()),
        _ -> Uni.createFrom().item(1L).onItem().delayIt().by(Duration.ofMillis(1)));
  }

  private Uni<Long> nested() {
    AsyncContextManager<String> manager = WithalMutiny.closing(acquire(), _ -> release());
    return WithalMutiny.uni(manager, _ -> use().map(value -> value + 1));
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

  private void storm(Uni<Long> use, int times) throws InterruptedException, ExecutionException {
    // So many at the same time, as on a machine with two cores the rest would wait anyway.
    var places = new Semaphore(200);
    var cancelled = new CountDownLatch(times);
    for (int i = 0; i < times; i++) {
      places.acquire();
      Cancellable subscription = use.subscribe().with(_ -> {}, _ -> {});
      clock.schedule(
          () -> {
            subscription.cancel();
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
