package dev.withal.benchmarks.jmh;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.withal.AsyncContextManager;
import dev.withal.files.AsyncFiles;
import dev.withal.files.AsyncTextFile;
import io.vertx.core.Vertx;
import io.vertx.core.file.OpenOptions;
import io.vertx.core.parsetools.RecordParser;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
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

/** All lines of a file, each made a string. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class FileLines {

  /** How many lines the file has. */
  @Param("10000000")
  public long lines;

  private final Vertx vertx = Vertx.vertx();
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private BenchmarkFile file;
  private AsyncContextManager<AsyncTextFile> text;

  @Setup
  public void setUp() throws Exception {
    file = BenchmarkFile.ofLines(lines);
    text = AsyncFiles.openText(file.path(), UTF_8);
    boolean read = text.use(open -> BenchmarkFile.LINE.equals(open.readLine()));
    Checks.require(read, "a line is read");
  }

  @Benchmark
  public long direct() throws Exception {
    return counted(
        text.use(open -> {
          long count = 0;
          while (open.readLine() != null) {
            count++;
          }
          return count;
        }));
  }

  @Benchmark
  public long stage() {
    return counted(text.useAsync(LineCount::byCalls).join());
  }

  @Benchmark
  public long publisher() {
    return counted(text.useAsync(LineCount::published).join());
  }

  @Benchmark
  public long bufferedReader() throws IOException {
    try (BufferedReader reader = Files.newBufferedReader(file.path())) {
      long count = 0;
      while (reader.readLine() != null) {
        count++;
      }
      return counted(count);
    }
  }

  /** As aiofiles does it: one hop to a thread and back for each line. */
  @Benchmark
  public long taskPerLine() throws Exception {
    try (BufferedReader reader = Files.newBufferedReader(file.path())) {
      long count = 0;
      while (threads.submit(reader::readLine).get() != null) {
        count++;
      }
      return counted(count);
    }
  }

  @Benchmark
  public long vertx() {
    var total = new CompletableFuture<Long>();
    vertx
        .fileSystem()
        .open(file.path().toString(), new OpenOptions().setRead(true).setWrite(false))
        .onComplete(
            open -> {
              var count = new long[1];
              open.setReadBufferSize(64 * 1024);
              RecordParser.newDelimited("\n", open)
                  .exceptionHandler(total::completeExceptionally)
                  .endHandler(_ -> open.close().onComplete(_ -> total.complete(count[0])))
                  .handler(line -> count[0] += line.toString(UTF_8).length() == 99 ? 1 : 0);
            },
            total::completeExceptionally);
    return counted(total.join());
  }

  private long counted(long count) {
    Checks.require(count == lines, "all lines are read");
    return count;
  }

  @TearDown
  public void tearDown() {
    file.close();
    threads.close();
    vertx.close().toCompletionStage().toCompletableFuture().join();
  }
}
