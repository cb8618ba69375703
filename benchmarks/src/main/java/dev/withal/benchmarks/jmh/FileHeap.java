package dev.withal.benchmarks.jmh;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.withal.files.AsyncFiles;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryPoolMXBean;
import java.lang.management.MemoryType;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.AuxCounters;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/** How much heap it takes to stream a file that is larger than the heap. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.SingleShotTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(jvmArgsAppend = {"-XX:+UseSerialGC", "-Xms8m", "-Xmx32m", "-Xmn8m"})
public class FileHeap {

  /** How many lines the file has. */
  @Param("10000000")
  public long lines;

  private BenchmarkFile file;

  /** What is measured besides time. */
  @State(Scope.Thread)
  @AuxCounters(AuxCounters.Type.EVENTS)
  public static class Heap {
    /** The most that was used, garbage included. */
    public long retainedBytes;
  }

  @Setup
  public void setUp() {
    file = BenchmarkFile.ofLines(lines);
  }

  @Benchmark
  public long streaming(Heap heap) {
    long count = AsyncFiles.openText(file.path(), UTF_8).useAsync(LineCount::published).join();
    Checks.require(count == lines, "all lines are read");
    heap.retainedBytes =
        ManagementFactory.getMemoryPoolMXBeans().stream()
            .filter(pool -> pool.getType() == MemoryType.HEAP)
            .map(MemoryPoolMXBean::getPeakUsage)
            .mapToLong(java.lang.management.MemoryUsage::getUsed)
            .sum();
    return count;
  }

  @TearDown
  public void tearDown() {
    file.close();
  }
}
