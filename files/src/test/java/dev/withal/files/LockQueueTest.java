package dev.withal.files;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.withal.testkit.LeakCheck;
import dev.withal.testkit.ManualExecutor;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Locks that can't be had. */
@ExtendWith(LeakCheck.class)
class LockQueueTest {
  @TempDir Path dir;

  @Test
  void lock_heldByOtherCodeOfThisProcess_fails() throws Exception {
    Path path = dir.resolve("lock");
    try (FileChannel channel =
            FileChannel.open(path, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        FileLock held = channel.lock()) {
      assertThat(held.isValid()).isTrue();

      assertThatThrownBy(() -> AsyncFiles.path(path).lock().use(FileLock::isValid))
          .isExactlyInstanceOf(OverlappingFileLockException.class);
    }
  }

  /** L10: the turn is passed by a loop. */
  @Test
  void lock_executorRefusesManyThatWait_failsAllOnAShallowStack() throws Exception {
    var executor = new ManualExecutor();
    var refuses = new AtomicBoolean();
    FileAccess access =
        AsyncFiles.on(task -> {
          if (refuses.get()) {
            throw new RejectedExecutionException("shut down");
          }
          executor.execute(task);
        });
    Path path = Files.createFile(dir.resolve("lock"));
    List<CompletableFuture<Boolean>> waiting = new ArrayList<>();

    AsyncFiles.path(path)
        .lock()
        .use(_ -> {
          for (int i = 0; i < 20_000; i++) {
            waiting.add(
                access
                    .path(path)
                    .lock()
                    .useAsync(own -> CompletableFuture.completedFuture(own.isValid())));
          }
          executor.runAll();
          refuses.set(true);
          return null;
        });

    for (CompletableFuture<Boolean> each : waiting) {
      assertThatThrownBy(each::join).hasCauseInstanceOf(RejectedExecutionException.class);
    }
    assertThat(AsyncFiles.path(path).lock().<Boolean, IOException>use(FileLock::isValid)).isTrue();
  }
}
