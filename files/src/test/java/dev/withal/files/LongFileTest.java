package dev.withal.files;

import static java.nio.file.StandardOpenOption.CREATE;
import static java.nio.file.StandardOpenOption.WRITE;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import dev.withal.testkit.LeakCheck;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** What long files cost. */
@ExtendWith(LeakCheck.class)
class LongFileTest {
  @TempDir Path dir;

  @Test
  void readAllBytes_ofALongFile_takesNoSecondArrayOfThatLength() throws Exception {
    Path path = dir.resolve("long");
    int length = 32 << 20;
    try (FileChannel channel = FileChannel.open(path, CREATE, WRITE)) {
      channel.write(ByteBuffer.allocate(1), length - 1);
    }
    var threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    AsyncFiles.open(path)
        .use(file -> {
          long before = threads.getCurrentThreadAllocatedBytes();
          assertThat(file.readAllBytes()).hasSize(length);
          assertThat(threads.getCurrentThreadAllocatedBytes() - before).isLessThan(length * 3L / 2);
          return null;
        });
  }
}
