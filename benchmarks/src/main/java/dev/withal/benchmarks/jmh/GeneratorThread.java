package dev.withal.benchmarks.jmh;

import dev.withal.AsyncContextManager;
import dev.withal.benchmarks.peers.Source;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/** A generator in stage style, which has a virtual thread of its own. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(jvmArgsAppend = "-Djmh.executor=VIRTUAL")
public class GeneratorThread {
  private final Source source = new Source();
  private AsyncContextManager<Source.Handle> generator;
  private Partner partner;

  @Setup
  public void setUp() {
    Checks.require(Thread.currentThread().isVirtual(), "it runs on a virtual thread");
    generator =
        AsyncContextManager.generator(yield -> {
          try (Source.Handle handle = source.acquire()) {
            yield.value(handle);
          }
        });
    partner = new Partner();
    Checks.require(withal().equals(Source.RESULT), "the body succeeds");
    Checks.nothingIsOpen(source);
  }

  /** Hands over to the generator's thread, and back. */
  @Benchmark
  public Integer withal() {
    return generator.useAsync(Source.Handle::readAsync).join();
  }

  /** Hands over to another virtual thread, and back. */
  @Benchmark
  public void handOffs() {
    partner.handOverAndBack();
  }

  @TearDown
  public void tearDown() throws InterruptedException {
    partner.stop();
    Checks.nothingIsOpen(source);
  }

  /** A thread that answers each hand-over by one. */
  private static final class Partner {
    private final Thread thread = Thread.ofVirtual().unstarted(this::answer);

    /** Whom to answer; null if there is nothing to answer. */
    private volatile @Nullable Thread caller;

    private volatile boolean stopped;

    Partner() {
      thread.start();
    }

    void handOverAndBack() {
      caller = Thread.currentThread();
      LockSupport.unpark(thread);
      while (caller != null) {
        LockSupport.park(this);
      }
    }

    private void answer() {
      while (!stopped) {
        Thread waiting = caller;
        if (waiting == null) {
          LockSupport.park(this);
        } else {
          caller = null;
          LockSupport.unpark(waiting);
        }
      }
    }

    void stop() throws InterruptedException {
      stopped = true;
      LockSupport.unpark(thread);
      thread.join();
    }
  }
}
