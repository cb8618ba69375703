package dev.withal.files;

import static java.nio.file.StandardOpenOption.CREATE_NEW;
import static java.nio.file.StandardOpenOption.READ;
import static java.nio.file.StandardOpenOption.WRITE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.withal.AsyncContext;
import dev.withal.ExitCase;
import dev.withal.Verdict;
import dev.withal.testkit.Journal;
import dev.withal.testkit.LeakCheck;
import dev.withal.testkit.ManualExecutor;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.file.Files;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** How a file is closed, and what becomes of the operations on it. */
@ExtendWith(LeakCheck.class)
class ClosingTest {
  @TempDir Path dir;

  private final ManualExecutor executor = new ManualExecutor();

  @Test
  void openAndClose_onAnExecutor_runThereAndNowhereElse() {
    Path path = dir.resolve("a");
    var file = AsyncFiles.on(executor).bufferSize(0).open(path, CREATE_NEW, WRITE);

    CompletableFuture<Void> use = file.useAsync(open -> open.writeAsync(ByteBuffer.allocate(3)));

    assertThat(path).doesNotExist();
    executor.runNext();
    assertThat(path).isEmptyFile();
    executor.runNext();
    assertThat(path).hasSize(3);
    assertThat(use).isNotDone();
    executor.runNext();
    assertThat(use).isCompletedWithValue(null);
    assertThat(executor.waiting()).isZero();
  }

  @Test
  void exit_fileWasRead_letsGoOfItsBuffer() throws Exception {
    AsyncFile file =
        AsyncFiles.open(file("abc"))
            .use(open -> {
              open.read(ByteBuffer.allocate(2));
              assertThat(open.file().buffer().bytes()).isNotEmpty();
              return open;
            });

    assertThat(file.file().buffer().bytes()).isEmpty();
  }

  @Test
  void exit_whileAnOperationRuns_waitsForItAndFailsTheRest() throws Exception {
    var journal = new Journal();
    AsyncContext<? extends AsyncFile> context = entered(file("abc"), READ);
    CompletableFuture<Integer> runs = context.value().readAsync(ByteBuffer.allocate(2));
    CompletableFuture<Long> waits = context.value().sizeAsync();
    CompletableFuture<Long> waitsToo = context.value().positionAsync();
    runs.whenComplete((count, _) -> journal.add("read " + count));
    waits.whenComplete((_, error) -> journal.add(error.getMessage()));
    waitsToo.whenComplete((_, error) -> journal.add(error.getMessage()));

    var exit = context.exitAsync(ExitCase.success());
    exit.thenAccept(verdict -> journal.add("exit " + verdict));
    executor.runAll();

    String path = context.value().path().toString();
    assertThat(journal.events())
        .containsExactly(
            "read 2",
            path + ": closed before this size began: end the body when it is done",
            path + ": closed before this position began: end the body when it is done",
            "exit " + Verdict.PROPAGATE);
    assertThat(waits.exceptionNow()).isInstanceOf(ClosedChannelException.class);
  }

  @Test
  void exit_afterSuccessWithWritesThatWait_saysThatTheyAreLost() throws Exception {
    AsyncContext<? extends AsyncFile> context = entered(dir.resolve("a"), CREATE_NEW, WRITE);
    AsyncFile file = context.value();
    file.writeAsync(ByteBuffer.allocate(1));
    file.writeAsync(ByteBuffer.allocate(1));
    file.writeAsync(ByteBuffer.allocate(1)).cancel(true);
    file.sizeAsync();
    file.forceAsync();

    var exit = context.exitAsync(ExitCase.success()).toCompletableFuture();
    executor.runAll();

    assertThat(file.path()).hasSize(1);
    assertThatThrownBy(exit::join)
        .cause()
        .isExactlyInstanceOf(IllegalStateException.class)
        .hasMessage(
            file.path()
                + ": the body succeeded before 2 of its write and force operations began,"
                + " and they are lost: end the body when they are done");
  }

  @Test
  void exit_afterFailureWithWritesThatWait_succeeds() throws Exception {
    AsyncContext<? extends AsyncFile> context = entered(dir.resolve("a"), CREATE_NEW, WRITE);
    context.value().writeAsync(ByteBuffer.allocate(1));
    var lost = context.value().writeAsync(ByteBuffer.allocate(1));

    var exit = context.exitAsync(ExitCase.of(new IOException("body"))).toCompletableFuture();
    executor.runAll();

    assertThat(exit).isCompletedWithValue(Verdict.PROPAGATE);
    assertThat(lost.exceptionNow()).isInstanceOf(ClosedChannelException.class);
  }

  @Test
  void exit_executorRefuses_closesOnTheCallingThread() throws Exception {
    var refusing = new AtomicInteger();
    Path path = file("abc");
    Channel channel = Channel.open(path, Set.of(), List.of(), new Wait());
    Executor shutDownLater =
        task -> {
          if (refusing.getAndIncrement() > 0) {
            throw new RejectedExecutionException("shut down");
          }
          task.run();
        };
    AsyncContext<?> context =
        new FileManager(path, _ -> channel, AsyncFiles.on(shutDownLater), Set.of())
            .enterAsync()
            .toCompletableFuture()
            .join();

    var exit = context.exitAsync(ExitCase.success()).toCompletableFuture();

    assertThat(exit).isCompletedWithValue(Verdict.PROPAGATE);
    assertThatThrownBy(channel::size).isInstanceOf(ClosedChannelException.class);
  }

  @Test
  void exit_secondTime_isRefused() throws Exception {
    AsyncContext<? extends AsyncFile> context = entered(file("abc"), READ);
    context.exitAsync(ExitCase.success());

    assertThatThrownBy(() -> context.exitAsync(ExitCase.success()))
        .isExactlyInstanceOf(IllegalStateException.class)
        .hasMessage(context.value().path() + ": exited twice: exit a context exactly once");
  }

  private Path file(String content) throws IOException {
    return Files.writeString(dir.resolve("a"), content);
  }

  private AsyncContext<? extends AsyncFile> entered(Path path, OpenOption... options) {
    var entering = AsyncFiles.on(executor).open(path, options).enterAsync().toCompletableFuture();
    executor.runNext();
    return entering.join();
  }
}
