package dev.withal.files;

import static org.assertj.core.api.Assertions.assertThat;

import dev.withal.testkit.LeakCheck;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** No file is left open, whenever a use is cancelled. */
@Tag("stress")
@Timeout(300)
@ExtendWith(LeakCheck.class)
@EnabledOnOs(OS.LINUX)
class ManyOpensTest {
  private static final int OPENS = 100_000;
  private static final int AT_ONCE = 64;

  @TempDir Path dir;

  @Test
  void uses_cancelledAtRandomMoments_leaveNoDescriptor() throws Exception {
    Path path = Files.writeString(dir.resolve("a"), "abc");
    var random = new Random(17);
    var uses = new ArrayDeque<CompletableFuture<byte[]>>();
    int cancelled = 0;
    int read = 0;

    for (int i = 0; i < OPENS; i++) {
      uses.add(AsyncFiles.open(path).useAsync(AsyncFile::readAllBytesAsync));
      for (int spin = random.nextInt(400); spin > 0; spin--) {
        Thread.onSpinWait();
      }
      if (uses.size() == AT_ONCE || i == OPENS - 1) {
        for (var use : uses) {
          use.cancel(true);
        }
        for (var use : uses) {
          use.handle((_, _) -> null).join();
          cancelled += use.isCancelled() ? 1 : 0;
          read += use.isCancelled() ? 0 : 1;
        }
        uses.clear();
      }
    }

    assertThat(Descriptors.of(path)).isZero();
    // Both ends were met often, and so was all between them.
    assertThat(cancelled).isGreaterThan(OPENS / 100);
    assertThat(read).isGreaterThan(OPENS / 100);
  }
}
