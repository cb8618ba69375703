package dev.withal.stress.soak;

import static java.util.concurrent.TimeUnit.MINUTES;

import dev.withal.Report;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Runs uses on many threads at once, half of them in each style.
 *
 * <p>Design. Two platform threads use in stage style, sixteen virtual ones in direct style, and two
 * more platform threads complete steps, cancel and interrupt. The uses run in rounds. At the end of
 * a round all of them are done and its threads are gone, so what the heap holds then beyond what it
 * held before is what uses left behind.
 */
final class Soak {
  private static final int ROUNDS = 10;
  private static final int STAGE_STYLE_THREADS = 2;
  private static final int DIRECT_STYLE_THREADS = 16;

  /** How many uses a thread in stage style has under way at most. */
  private static final int WINDOW = 64;

  private final long seed;
  private final long usesOfARound;
  private final Tally tally = new Tally();
  private final List<Long> usedHeap = new ArrayList<>();

  Soak(long seed, long uses) {
    this.seed = seed;
    this.usesOfARound = uses / ROUNDS;
  }

  Tally tally() {
    return tally;
  }

  /** {@return the used heap at the end of each round, in KiB} */
  List<Long> usedHeap() {
    return usedHeap;
  }

  /** Runs all rounds, and prints a line for each. */
  void run() throws InterruptedException, ExecutionException {
    Instant start = Instant.now();
    System.out.printf("%nSoak with seed %d%n%s%n", seed, Tally.HEADER);
    try (var ignored = Report.listen(tally::report)) {
      for (int round = 0; round < ROUNDS; round++) {
        round(round * usesOfARound);
        usedHeap.add(measureHeap());
        long seconds = Duration.between(start, Instant.now()).toSeconds();
        System.out.printf("%s %9d %9d%n", tally, usedHeap.getLast(), seconds);
      }
    }
  }

  private void round(long first) throws InterruptedException, ExecutionException {
    long middle = first + usesOfARound / 2;
    var stageStyle = new AtomicLong(first);
    var directStyle = new AtomicLong(middle);
    try (var later = new ForkJoinPool(2);
        ExecutorService platform = Executors.newFixedThreadPool(STAGE_STYLE_THREADS);
        ExecutorService virtual = Executors.newVirtualThreadPerTaskExecutor()) {
      var done = new ArrayList<Future<?>>();
      for (int i = 0; i < STAGE_STYLE_THREADS; i++) {
        done.add(platform.submit(() -> useInStageStyle(stageStyle, middle, later)));
      }
      for (int i = 0; i < DIRECT_STYLE_THREADS; i++) {
        done.add(virtual.submit(() -> useInDirectStyle(directStyle, first + usesOfARound, later)));
      }
      for (Future<?> user : done) {
        user.get();
      }
      if (!later.awaitQuiescence(1, MINUTES)) {
        throw new IllegalStateException("what goes on in the background does not end");
      }
    }
  }

  private Void useInStageStyle(AtomicLong next, long end, Executor later)
      throws InterruptedException {
    var window = new Semaphore(WINDOW);
    for (long number = next.getAndIncrement(); number < end; number = next.getAndIncrement()) {
      window.acquire();
      new SoakUse(Plan.of(seed, number), later, tally)
          .inStageStyle()
          .whenComplete((ignored, unused) -> window.release());
    }
    window.acquire(WINDOW);
    return null;
  }

  private Void useInDirectStyle(AtomicLong next, long end, Executor later) {
    for (long number = next.getAndIncrement(); number < end; number = next.getAndIncrement()) {
      new SoakUse(Plan.of(seed, number), later, tally).inDirectStyle();
    }
    return null;
  }

  private static long measureHeap() {
    Runtime runtime = Runtime.getRuntime();
    // Once more, for what the first one only made ready to go.
    runtime.gc();
    runtime.gc();
    return (runtime.totalMemory() - runtime.freeMemory()) / 1024;
  }
}
