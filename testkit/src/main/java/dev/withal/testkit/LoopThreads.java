package dev.withal.testkit;

import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;

/** Event-loop threads that take turns, so that no two steps in a row are on the same thread. */
final class LoopThreads implements AutoCloseable {
  private final List<ExecutorService> threads =
      IntStream.of(1, 2).mapToObj(LoopThreads::one).toList();
  private final AtomicInteger turn = new AtomicInteger();

  private static ExecutorService one(int number) {
    return Executors.newSingleThreadExecutor(task -> {
      var thread = new EventLoopThread(task, "law-suite-loop-" + number);
      thread.setDaemon(true);
      return thread;
    });
  }

  Executor next() {
    return threads.get(Math.floorMod(turn.getAndIncrement(), threads.size()));
  }

  /** Ends the threads, unless one is blocked forever. */
  @Override
  public void close() {
    threads.forEach(ExecutorService::shutdown);
  }
}
