package dev.withal.benchmarks.jmh;

import dev.withal.Async;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/**
 * An {@code Async.run} that is under way for as long as a benchmark is measured, and whose main
 * does nothing but wait for that.
 *
 * <p>The benchmark keeps the thread that JMH has for it, and costs what it would cost in main: what
 * is held is recorded for the whole process while any run is under way, whichever thread entered
 * it, as a server's uses are on threads of its own.
 */
@State(Scope.Benchmark)
public class RunUnderWay {
  private final CountDownLatch measured = new CountDownLatch(1);
  private FutureTask<Integer> run;

  @Setup
  public void setUp() throws InterruptedException {
    var underWay = new CountDownLatch(1);
    run =
        new FutureTask<>(() ->
            Async.call(() -> {
              underWay.countDown();
              measured.await();
              return 0;
            }));
    Thread.ofPlatform().name("run").start(run);
    underWay.await();
  }

  @TearDown
  public void tearDown() throws InterruptedException, ExecutionException {
    Checks.require(!run.isDone(), "the run is under way until all is measured");
    measured.countDown();
    run.get();
  }
}
