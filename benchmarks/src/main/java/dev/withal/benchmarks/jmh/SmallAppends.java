package dev.withal.benchmarks.jmh;

import static java.nio.file.StandardOpenOption.APPEND;
import static java.nio.file.StandardOpenOption.CREATE;

import dev.withal.files.AsyncFiles;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
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

/** Many small writes to the end of a file. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class SmallAppends {
  private static final int SIZE = 100;

  /** How many writes. */
  @Param("1000000")
  public int appends;

  private final byte[] bytes = new byte[SIZE];
  private Path path;

  @Setup(Level.Invocation)
  public void setUp() throws IOException {
    path = Files.createTempFile("withal-benchmark", "");
  }

  @Benchmark
  public void withal() throws Exception {
    AsyncFiles.open(path, CREATE, APPEND)
        .use(file -> {
          for (int i = 0; i < appends; i++) {
            file.write(ByteBuffer.wrap(bytes));
          }
          return path;
        });
  }

  @Benchmark
  public void bufferedOutputStream() throws IOException {
    try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(path, CREATE, APPEND))) {
      for (int i = 0; i < appends; i++) {
        out.write(bytes);
      }
    }
  }

  @TearDown(Level.Invocation)
  public void tearDown() throws IOException {
    Checks.require(Files.size(path) == (long) appends * SIZE, "all is written");
    Files.delete(path);
  }
}
