package dev.withal.benchmarks.jmh;

import dev.withal.files.AsyncFiles;
import java.io.FileInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/** All that comes through a pipe, in pieces. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class PipePieces {
  private static final int BYTES = 5_000_000;

  /** How many bytes a piece has. */
  @Param({"100", "1000", "65536"})
  public int piece;

  private BenchmarkFifo fifo;

  @Setup
  public void makeFifo() throws Exception {
    fifo = BenchmarkFifo.make();
  }

  @Setup(Level.Invocation)
  public void feed() {
    fifo.feed(piece, BYTES / piece);
  }

  @Benchmark
  public byte[] withal() throws Exception {
    return whole(AsyncFiles.open(fifo.path()).use(file -> file.readAllBytes()));
  }

  @Benchmark
  public byte[] fileInputStream() throws IOException {
    try (InputStream in = new FileInputStream(fifo.path().toFile())) {
      return whole(in.readAllBytes());
    }
  }

  private byte[] whole(byte[] bytes) {
    Checks.require(bytes.length == BYTES / piece * piece, "all bytes have come");
    return bytes;
  }

  @TearDown
  public void tearDown() {
    fifo.close();
  }
}
