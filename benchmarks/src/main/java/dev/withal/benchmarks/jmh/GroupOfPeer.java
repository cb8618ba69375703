package dev.withal.benchmarks.jmh;

import dev.withal.benchmarks.peers.Peers;
import dev.withal.benchmarks.peers.TaskPeer;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** What {@link GroupOfTasks} is, of a peer. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class GroupOfPeer {
  /** The peer that is a preview of the JDK, for which a process has to have that on. */
  public static final String PREVIEW = "StructuredScope";

  private static final int TASKS = 1_000;

  /** The library that runs the tasks. */
  @Param("Coroutines")
  public String peer;

  private final LongAdder done = new LongAdder();
  private TaskPeer scope;

  @Setup
  public void setUp() throws Exception {
    scope = Peers.named(peer, TaskPeer.class);
    run();
    Checks.require(done.sum() == TASKS, "each task ran once");
  }

  @Benchmark
  @OperationsPerInvocation(TASKS)
  public void run() throws InterruptedException {
    scope.run(TASKS, done::increment);
  }
}
