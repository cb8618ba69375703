package dev.withal.adapters.testing;

import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;

/** Sources that take their time, cancelled at random moments, and a count of what they did. */
public final class Storm<S> implements AutoCloseable {
  private final ScheduledExecutorService clock = Executors.newScheduledThreadPool(2);
  private final Random random = new Random(3695);
  private final AtomicInteger begun = new AtomicInteger();
  private final AtomicInteger acquired = new AtomicInteger();
  private final AtomicInteger released = new AtomicInteger();
  private final Library<S> library;

  public Storm(Library<S> library) {
    this.library = library;
  }

  /** As of a callback that can't be taken back: it takes no notice of a cancellation. */
  public S acquire() {
    return library.create(arrived -> {
      begun.incrementAndGet();
      later(() -> {
        acquired.incrementAndGet();
        arrived.run();
      });
    });
  }

  public S release() {
    return library.create(done ->
        later(() -> {
          released.incrementAndGet();
          done.run();
        }));
  }

  /** {@return what a body does} */
  public S aMillisecond() {
    return library.create(over -> clock.schedule(over, 1, TimeUnit.MILLISECONDS));
  }

  private void later(Runnable step) {
    clock.schedule(step, random.nextInt(1000), TimeUnit.MICROSECONDS);
  }

  /** Subscribes so many times and cancels each, and waits until all has arrived. */
  public void run(S use, int times) throws InterruptedException, ExecutionException {
    // So many at the same time, as on a machine with two cores the rest would wait anyway.
    var places = new Semaphore(200);
    var cancelled = new CountDownLatch(times);
    for (int i = 0; i < times; i++) {
      places.acquire();
      Runnable cancel = library.subscribe(use, _ -> {}, _ -> {});
      clock.schedule(
          () -> {
            cancel.run();
            places.release();
            cancelled.countDown();
          },
          random.nextInt(4000),
          TimeUnit.MICROSECONDS);
    }
    cancelled.await();
    await(() -> acquired.get() == begun.get());
  }

  /** Waits until all is released. A leak shows as a test that doesn't end. */
  public void awaitReleases() throws InterruptedException, ExecutionException {
    await(() -> released.get() == acquired.get());
  }

  /** {@return how many are not released after all that was begun has had its time} */
  public int leaks() throws InterruptedException, ExecutionException {
    clock.schedule(() -> {}, 100, TimeUnit.MILLISECONDS).get();
    return acquired.get() - released.get();
  }

  public int acquired() {
    return acquired.get();
  }

  private void await(BooleanSupplier over) throws InterruptedException, ExecutionException {
    while (!over.getAsBoolean()) {
      clock.schedule(() -> {}, 1, TimeUnit.MILLISECONDS).get();
    }
  }

  @Override
  public void close() {
    clock.shutdownNow();
  }
}
