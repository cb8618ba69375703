package dev.withal.files;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.withal.testkit.LeakCheck;
import dev.withal.testkit.ManualExecutor;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.Flow;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** So many operations on paths run at a time, and none waits for one that waits for it. */
@ExtendWith(LeakCheck.class)
class PlacesTest {
  private static final int MANY = 3 * Places.AT_ONCE;

  @TempDir Path dir;
  private final Set<Thread> before = Fifos.helpers();

  @AfterEach
  void noThreadIsLost() throws Exception {
    Fifos.awaitNone(before);
  }

  @Test
  void dependents_thatWaitForOtherOperations_allEnd() throws Exception {
    AsyncPath in = AsyncFiles.path(Files.writeString(dir.resolve("in"), "x"));
    List<CompletableFuture<Void>> all = new ArrayList<>();
    for (int i = 0; i < MANY; i++) {
      AsyncPath out = AsyncFiles.path(dir).resolve("out" + i);
      all.add(
          in.readStringAsync(UTF_8).thenAccept(text -> out.writeStringAsync(text, UTF_8).join()));
    }

    CompletableFuture.allOf(all.toArray(CompletableFuture[]::new)).get();

    assertThat(dir.resolve("out" + (MANY - 1))).hasContent("x");
  }

  @Test
  void calls_thatWaitForOtherOperations_allEnd() throws Exception {
    AsyncPath path = AsyncFiles.path(dir);
    List<CompletableFuture<Boolean>> all =
        IntStream.range(0, MANY)
            .mapToObj(
                _ -> path.<Boolean>callAsync(own -> AsyncFiles.path(own).existsAsync().join()))
            .toList();

    for (CompletableFuture<Boolean> each : all) {
      assertThat(each.get()).isTrue();
    }
  }

  @Test
  void listings_whoseSubscribersBlock_stopNothing() throws Exception {
    Files.createFile(dir.resolve("a"));
    var blocked = new CountDownLatch(MANY);
    var goOn = new CountDownLatch(1);
    List<CompletableFuture<Void>> ends = new ArrayList<>();
    for (int i = 0; i < MANY; i++) {
      var end = new CompletableFuture<Void>();
      ends.add(end);
      AsyncFiles.path(dir).walk().subscribe(new Blocking(blocked, goOn, end));
    }
    blocked.await();

    assertThat(AsyncFiles.path(dir).existsAsync().get()).isTrue();
    goOn.countDown();
    CompletableFuture.allOf(ends.toArray(CompletableFuture[]::new)).get();
  }

  /** A subscriber that blocks at the first element. */
  private record Blocking(CountDownLatch blocked, CountDownLatch goOn, CompletableFuture<Void> end)
      implements Flow.Subscriber<Path> {
    @Override
    public void onSubscribe(Flow.Subscription subscription) {
      subscription.request(Long.MAX_VALUE);
    }

    @Override
    public void onNext(Path element) {
      blocked.countDown();
      try {
        goOn.await();
      } catch (InterruptedException interruption) {
        end.completeExceptionally(interruption);
      }
    }

    @Override
    public void onError(Throwable error) {
      end.completeExceptionally(error);
    }

    @Override
    public void onComplete() {
      end.complete(null);
    }
  }

  @Test
  void walk_decisionsThatWaitForOtherOperations_stopNothing() throws Exception {
    Files.createDirectories(dir.resolve("a/b/c"));
    Walk walk = Walk.all().into(path -> AsyncFiles.path(path).existsAsync().join());

    List<CompletableFuture<List<Path>>> all =
        IntStream.range(0, MANY)
            .mapToObj(_ -> AsyncFiles.toListAsync(AsyncFiles.path(dir).walk(walk)))
            .toList();

    for (CompletableFuture<List<Path>> each : all) {
      assertThat(each.get()).hasSize(4);
    }
  }

  @Test
  void executor_refusesWhatWaits_failsItAndNothingHangs() throws Exception {
    var manual = new ManualExecutor();
    var accepts = new AtomicInteger(Places.AT_ONCE + 1);
    Executor ending =
        task -> {
          if (accepts.getAndDecrement() <= 0) {
            throw new RejectedExecutionException("ending");
          }
          manual.execute(task);
        };
    AsyncPath path = AsyncFiles.on(ending).path(dir);
    List<CompletableFuture<Boolean>> all =
        IntStream.range(0, MANY).mapToObj(_ -> path.existsAsync()).toList();

    manual.runAll();

    for (int i = 0; i < MANY; i++) {
      CompletableFuture<Boolean> each = all.get(i);
      if (i <= Places.AT_ONCE) {
        assertThat(each.get()).isTrue();
      } else {
        assertThatThrownBy(each::get).hasCauseInstanceOf(RejectedExecutionException.class);
      }
    }
    accepts.set(1);
    CompletableFuture<Boolean> next = path.existsAsync();
    manual.runAll();
    assertThat(next.get()).isTrue();
  }

  @Test
  void executor_failsAndRunsTheTaskAllTheSame_losesNoPlaceAndGainsNone() throws Exception {
    var manual = new ManualExecutor();
    var broken = new AtomicBoolean(true);
    AsyncPath path =
        AsyncFiles.on(
                task -> {
                  if (broken.get()) {
                    task.run();
                    throw new RejectedExecutionException("after all");
                  }
                  manual.execute(task);
                })
            .path(dir);
    for (int i = 0; i < MANY; i++) {
      assertThat(path.existsAsync().get()).isTrue();
    }

    broken.set(false);
    List<CompletableFuture<Boolean>> all =
        IntStream.range(0, MANY).mapToObj(_ -> path.existsAsync()).toList();

    assertThat(manual.waiting()).isEqualTo(Places.AT_ONCE);
    manual.runAll();
    assertThat(all).allMatch(CompletableFuture::isDone);
  }

  @Test
  void operations_cancelledWhileTheyWait_leaveThePlaceToOthers() throws Exception {
    var manual = new ManualExecutor();
    AsyncPath path = AsyncFiles.on(manual).path(dir);
    List<CompletableFuture<Boolean>> all =
        IntStream.range(0, MANY).mapToObj(_ -> path.existsAsync()).toList();
    all.subList(0, MANY - 1).forEach(each -> each.cancel(true));

    manual.runAll();

    assertThat(all.getLast().get()).isTrue();
    List<CompletableFuture<Boolean>> again =
        IntStream.range(0, MANY).mapToObj(_ -> path.existsAsync()).toList();
    assertThat(manual.waiting()).isEqualTo(Places.AT_ONCE);
    manual.runAll();
    assertThat(again).allMatch(CompletableFuture::isDone);
  }

  // ---- pipes -----------------------------------------------------------------------------------

  @Test
  @EnabledOnOs({OS.LINUX, OS.MAC})
  void fifos_thatNobodyOpens_stopNothingAndCanBeCancelled() throws Exception {
    List<Path> fifos = IntStream.range(0, 70).mapToObj(i -> dir.resolve("fifo" + i)).toList();
    Fifos.make(fifos);
    List<CompletableFuture<byte[]>> reads =
        fifos.stream().map(AsyncFiles::path).map(AsyncPath::readAllBytesAsync).toList();

    assertThat(AsyncFiles.path(dir).existsAsync().get()).isTrue();
    for (CompletableFuture<byte[]> read : reads) {
      read.cancel(true);
    }
    for (CompletableFuture<byte[]> read : reads) {
      assertThatThrownBy(read::join).isInstanceOf(CancellationException.class);
    }
  }

  @Test
  @EnabledOnOs({OS.LINUX, OS.MAC})
  void fifo_writtenAndReadAsAWhole_hasAllOfIt() throws Exception {
    AsyncPath fifo = AsyncFiles.path(Fifos.make(dir.resolve("fifo")));
    String text = "a line\n".repeat(50_000);

    CompletableFuture<String> read = fifo.readStringAsync(UTF_8);
    CompletableFuture<Void> written = fifo.writeStringAsync(text, UTF_8);

    assertThat(read.get()).isEqualTo(text);
    written.get();
  }

  @Test
  @EnabledOnOs({OS.LINUX, OS.MAC})
  void fifo_readerWaitsForBytes_canBeCancelled() throws Exception {
    Path path = Fifos.make(dir.resolve("fifo"));
    CompletableFuture<byte[]> read = AsyncFiles.path(path).readAllBytesAsync();

    try (var writer = Files.newOutputStream(path)) {
      writer.write(1);
      Fifos.awaitHelper("withal-files-read", before);
      read.cancel(true);

      assertThatThrownBy(read::join).isInstanceOf(CancellationException.class);
    }
  }
}
