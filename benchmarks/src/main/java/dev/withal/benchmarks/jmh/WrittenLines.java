package dev.withal.benchmarks.jmh;

import static java.nio.file.StandardOpenOption.TRUNCATE_EXISTING;
import static java.nio.file.StandardOpenOption.WRITE;

import dev.withal.files.AsyncFiles;
import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
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

/** Lines written to a file, each by a call. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class WrittenLines {
  @Param({"ASCII", "CHINESE"})
  public SampleText text;

  /** How many lines. */
  @Param("1000000")
  public long lines;

  private Path path;
  private String line;

  @Setup
  public void setUp() throws IOException {
    path = Files.createTempFile("withal-benchmark", "");
    line = text.line + "\n";
  }

  @Benchmark
  public void withal() throws Exception {
    AsyncFiles.openText(path, text.charset, WRITE, TRUNCATE_EXISTING)
        .use(open -> {
          for (long i = 0; i < lines; i++) {
            open.write(line);
          }
          return path;
        });
  }

  @Benchmark
  public void bufferedWriter() throws IOException {
    try (BufferedWriter out =
        Files.newBufferedWriter(path, text.charset, WRITE, TRUNCATE_EXISTING)) {
      for (long i = 0; i < lines; i++) {
        out.write(line);
      }
    }
  }

  @TearDown
  public void tearDown() throws IOException {
    Checks.require(
        Files.size(path) == lines * line.getBytes(text.charset).length, "all is written");
    Files.delete(path);
  }
}
