package dev.withal.benchmarks.jmh;

import dev.withal.AsyncContextManager;
import dev.withal.files.AsyncFile;
import dev.withal.files.AsyncFiles;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/** A whole file, block by block. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class FileBlocks {
  private static final int BLOCK = 64 * 1024;

  /** How many blocks the file has. */
  @Param("16384")
  public long blocks;

  private final ByteBuffer buffer = ByteBuffer.allocateDirect(BLOCK);
  private BenchmarkFile file;
  private AsyncContextManager<AsyncFile> open;

  @Setup
  public void setUp() {
    file = BenchmarkFile.of(blocks, new byte[BLOCK]);
    open = AsyncFiles.open(file.path());
  }

  @Benchmark
  public long withal() throws Exception {
    return counted(
        open.use(source -> {
          long count = 0;
          while (source.read(buffer.clear()) == BLOCK) {
            count++;
          }
          return count;
        }));
  }

  @Benchmark
  public long fileChannel() throws IOException {
    try (FileChannel source = FileChannel.open(file.path())) {
      long count = 0;
      while (source.read(buffer.clear()) == BLOCK) {
        count++;
      }
      return counted(count);
    }
  }

  private long counted(long count) {
    Checks.require(count == blocks, "all blocks are read");
    return count;
  }

  @TearDown
  public void tearDown() {
    file.close();
  }
}
