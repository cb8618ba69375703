package dev.withal.benchmarks.jmh;

import dev.withal.files.AsyncFiles;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.util.Objects;
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

/** One line that is all of a large file. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class LongLine {
  private static final long BYTES = 100_000_000;

  @Param({"ASCII", "CHINESE"})
  public SampleText text;

  private BenchmarkFile file;
  private int length;

  @Setup
  public void setUp() throws Exception {
    file = text.fileOfOneLine(BYTES);
    length = plain().length();
    Checks.require(ours().equals(plain()), "both read the same line");
  }

  @Benchmark
  public String withal() throws Exception {
    return whole(ours());
  }

  @Benchmark
  public String bufferedReader() throws IOException {
    return whole(plain());
  }

  private String ours() throws Exception {
    return AsyncFiles.openText(file.path(), text.charset)
        .use(open -> Objects.requireNonNull(open.readLine()));
  }

  private String plain() throws IOException {
    try (BufferedReader reader = Files.newBufferedReader(file.path(), text.charset)) {
      return reader.readLine();
    }
  }

  private String whole(String line) {
    Checks.require(line.length() == length, "the whole line is read");
    return line;
  }

  @TearDown
  public void tearDown() {
    file.close();
  }
}
