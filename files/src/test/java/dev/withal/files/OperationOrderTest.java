package dev.withal.files;

import static org.assertj.core.api.Assertions.assertThat;

import dev.withal.AsyncContextManager;
import dev.withal.ExitCase;
import dev.withal.testkit.LeakCheck;
import dev.withal.testkit.ManualExecutor;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** The operations on one file happen one at a time, in the order in which they were called. */
@ExtendWith(LeakCheck.class)
class OperationOrderTest {
  private static final List<Integer> NUMBERS = IntStream.range(0, 500).boxed().toList();

  @TempDir Path dir;

  @Test
  void readAsync_manyOnVirtualThreads_areInOrder() throws Exception {
    assertThat(manyReads(AsyncFiles.open(numbers()))).isEqualTo(NUMBERS);
  }

  @Test
  void readAsync_manyOnAPool_areInOrder() throws Exception {
    try (var pool = Executors.newFixedThreadPool(4)) {
      assertThat(manyReads(AsyncFiles.on(pool).open(numbers()))).isEqualTo(NUMBERS);
    }
  }

  @Test
  void read_byManyThreads_givesEachNumberOnce() throws Exception {
    List<Integer> read =
        AsyncFiles.open(numbers())
            .use(file -> {
              try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
                Callable<Integer> reading = () -> readNumber(file);
                return threads.invokeAll(Collections.nCopies(NUMBERS.size(), reading)).stream()
                    .map(Future::resultNow)
                    .toList();
              }
            });

    assertThat(read).containsExactlyInAnyOrderElementsOf(NUMBERS);
  }

  @Test
  void direct_whileStageStyleWaits_comesAfterIt() throws Exception {
    var executor = new ManualExecutor();
    var entering = AsyncFiles.on(executor).open(numbers()).enterAsync().toCompletableFuture();
    executor.runNext();
    AsyncFile file = entering.join().value();

    var before = file.readAsync(ByteBuffer.allocate(4));
    var position = new FutureTask<>(file::position);
    Parked.start(position);
    var after = file.readAsync(ByteBuffer.allocate(8));
    executor.runNext();

    assertThat(before).isCompletedWithValue(4);
    assertThat(position.get()).isEqualTo(4);
    executor.runNext();
    assertThat(after).isCompletedWithValue(8);
    entering.join().exitAsync(ExitCase.success());
    executor.runNext();
  }

  @Test
  void direct_chainedToAFuture_doesNotWaitForItself() throws Exception {
    try (var pool = Executors.newSingleThreadExecutor()) {
      long position =
          AsyncFiles.on(pool)
              .open(numbers())
              .useAsync(
                  file -> file.readAsync(ByteBuffer.allocate(4)).thenApply(_ -> positionOf(file)))
              .get();

      assertThat(position).isEqualTo(4);
    }
  }

  private List<Integer> manyReads(AsyncContextManager<AsyncFile> manager) throws Exception {
    return manager
        .useAsync(file -> {
          List<CompletableFuture<Integer>> reads =
              NUMBERS.stream()
                  .map(_ -> ByteBuffer.allocate(4))
                  .map(buffer -> file.readAsync(buffer).thenApply(_ -> buffer.getInt(0)))
                  .toList();
          return CompletableFuture.allOf(reads.toArray(CompletableFuture[]::new))
              .thenApply(_ -> reads.stream().map(CompletableFuture::join).toList());
        })
        .get();
  }

  private static int readNumber(AsyncFile file) throws IOException, InterruptedException {
    var buffer = ByteBuffer.allocate(4);
    file.read(buffer);
    return buffer.getInt(0);
  }

  private static long positionOf(AsyncFile file) {
    try {
      return file.position();
    } catch (IOException | InterruptedException error) {
      throw new AssertionError(error);
    }
  }

  private Path numbers() throws IOException {
    var bytes = ByteBuffer.allocate(4 * NUMBERS.size());
    NUMBERS.forEach(bytes::putInt);
    return Files.write(dir.resolve("numbers"), bytes.array());
  }
}
