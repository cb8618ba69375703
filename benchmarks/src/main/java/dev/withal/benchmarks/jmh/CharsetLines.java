package dev.withal.benchmarks.jmh;

import dev.withal.files.AsyncFiles;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
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

/** All lines of a file in some charset, each made a string. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class CharsetLines {
  @Param public SampleText text;

  /** How many lines the file has. */
  @Param("1000000")
  public long lines;

  private BenchmarkFile file;

  @Setup
  public void setUp() throws Exception {
    file = text.file(lines);
    boolean read =
        AsyncFiles.openText(file.path(), text.charset)
            .use(open -> text.line.equals(open.readLine()));
    Checks.require(read, "a line is read");
  }

  @Benchmark
  public long withal() throws Exception {
    return counted(
        AsyncFiles.openText(file.path(), text.charset)
            .use(open -> {
              long count = 0;
              while (open.readLine() != null) {
                count++;
              }
              return count;
            }));
  }

  @Benchmark
  public long bufferedReader() throws IOException {
    try (BufferedReader reader = Files.newBufferedReader(file.path(), text.charset)) {
      long count = 0;
      while (reader.readLine() != null) {
        count++;
      }
      return counted(count);
    }
  }

  private long counted(long count) {
    Checks.require(count == lines, "all lines are read");
    return count;
  }

  @TearDown
  public void tearDown() {
    file.close();
  }
}
