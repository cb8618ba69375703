package dev.withal.benchmarks.jmh;

import dev.withal.AsyncContextManager;
import dev.withal.tasks.TaskGroup;
import dev.withal.tasks.Tasks;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** Many small tasks, and the wait for all of them. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class GroupOfTasks {
  private static final int TASKS = 1_000;

  private final LongAdder done = new LongAdder();
  private final AsyncContextManager<TaskGroup> group = Tasks.group();

  @Setup
  public void setUp() throws Exception {
    fork();
    threadAndLatch();
    start();
    Checks.require(done.sum() == 3 * TASKS, "each task ran once");
  }

  @Benchmark
  @OperationsPerInvocation(TASKS)
  public void fork() throws Exception {
    group.<Exception>run(tasks -> {
      for (int i = 0; i < TASKS; i++) {
        tasks.launch(done::increment);
      }
    });
  }

  /** What the JDK has without a preview. */
  @Benchmark
  @OperationsPerInvocation(TASKS)
  public void threadAndLatch() throws InterruptedException {
    var left = new CountDownLatch(TASKS);
    for (int i = 0; i < TASKS; i++) {
      Thread.startVirtualThread(() -> {
        done.increment();
        left.countDown();
      });
    }
    left.await();
  }

  @Benchmark
  @OperationsPerInvocation(TASKS)
  public Object start() {
    return group
        .<Object>useAsync(tasks -> {
          for (int i = 0; i < TASKS; i++) {
            tasks.start(_ -> {
              done.increment();
              return CompletableFuture.completedFuture(null);
            });
          }
          return CompletableFuture.completedFuture(tasks);
        })
        .join();
  }
}
