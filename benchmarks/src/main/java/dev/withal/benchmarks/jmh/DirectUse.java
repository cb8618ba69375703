package dev.withal.benchmarks.jmh;

import dev.withal.Async;
import dev.withal.AsyncContextManager;
import dev.withal.benchmarks.peers.Source;
import dev.withal.benchmarks.peers.Withal;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Threads;

/**
 * One use in direct style on a virtual thread, with all stages complete already. Each thread that
 * runs it acquires from a source of its own.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(jvmArgsAppend = "-Djmh.executor=VIRTUAL")
public class DirectUse {
  private final Source source = new Source();
  private AsyncContextManager<Source.Handle> manager;
  private AsyncContextManager<Source.Handle> generator;

  @Setup
  public void setUp() throws Exception {
    Checks.require(Thread.currentThread().isVirtual(), "it runs on a virtual thread");
    manager = Withal.manager(source);
    generator =
        AsyncContextManager.generator(yield -> {
          try (Source.Handle handle = source.acquire()) {
            yield.value(handle);
          }
        });
    Checks.require(use() + generator() == 2 * Source.RESULT, "each body succeeds");
    Checks.require(source.acquired() == 2, "each use acquires once");
    Checks.nothingIsOpen(source);
  }

  @Benchmark
  public Integer withal() throws Exception {
    return use();
  }

  /** While a run is under way in the process. */
  @Benchmark
  public Integer withalUnderRun(RunUnderWay run) throws Exception {
    return use();
  }

  /** On two threads at once. */
  @Benchmark
  @Threads(2)
  public Integer twoThreadsUnderRun(RunUnderWay run) throws Exception {
    return use();
  }

  /** While Insight is on. */
  @Benchmark
  public Integer withInsight(InsightOn on) throws Exception {
    return use();
  }

  /** On two threads at once. */
  @Benchmark
  @Threads(2)
  public Integer twoThreadsWithInsight(InsightOn on) throws Exception {
    return use();
  }

  private Integer use() throws Exception {
    return manager.use(handle -> Async.<Integer, Exception>await(handle.readAsync()));
  }

  /** Stages, waited for by hand. */
  @Benchmark
  public Integer joinAndFinally() {
    Source.Handle handle = source.acquireAsync().join();
    try {
      return handle.readAsync().join();
    } finally {
      handle.closeAsync().join();
    }
  }

  /** No stages at all: what the language has for code that blocks. */
  @Benchmark
  public Integer tryWithResources() throws Exception {
    try (Source.Handle handle = source.acquire()) {
      return handle.read();
    }
  }

  /** A manager written as a generator, around a body that blocks. */
  @Benchmark
  public Integer generator() throws Exception {
    return generator.use(Source.Handle::read);
  }

  @TearDown
  public void tearDown() {
    Checks.nothingIsOpen(source);
  }
}
