package dev.withal.benchmarks.jmh;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.nio.file.StandardOpenOption.WRITE;

import dev.withal.files.AsyncFiles;
import java.io.BufferedOutputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.PrintStream;
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

/** Lines written to a pipe as to standard output, until all are in it. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class PipeLines {

  /** How many lines. */
  @Param("100000")
  public long lines;

  private final String line = SampleText.ASCII.line;
  private BenchmarkFifo fifo;
  private Process reader;

  @Setup
  public void makeFifo() throws Exception {
    fifo = BenchmarkFifo.make();
  }

  @Setup(Level.Invocation)
  public void drain() throws IOException {
    reader = fifo.drain();
  }

  @Benchmark
  public void withal() throws Exception {
    AsyncFiles.openText(fifo.path(), UTF_8, WRITE)
        .use(text -> {
          for (long i = 0; i < lines; i++) {
            text.writeLine(line);
          }
          return fifo;
        });
  }

  @Benchmark
  public void println() throws IOException {
    try (var out =
        new PrintStream(
            new BufferedOutputStream(new FileOutputStream(fifo.path().toFile())), false, UTF_8)) {
      for (long i = 0; i < lines; i++) {
        out.println(line);
      }
      Checks.require(!out.checkError(), "all lines are written");
    }
  }

  @TearDown(Level.Invocation)
  public void awaitReader() throws InterruptedException {
    Checks.require(reader.waitFor() == 0, "all is read");
  }

  @TearDown
  public void tearDown() {
    fifo.close();
  }
}
