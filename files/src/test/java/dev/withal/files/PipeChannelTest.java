package dev.withal.files;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.withal.ExitCase;
import dev.withal.testkit.Journal;
import java.nio.ByteBuffer;
import java.nio.channels.AsynchronousCloseException;
import java.nio.channels.ByteChannel;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.Semaphore;
import org.junit.jupiter.api.Test;

/** The end of a file that is read and written, as a terminal is. */
class PipeChannelTest {
  private final Journal journal = new Journal();
  private final Terminal terminal = new Terminal();
  private final PipeChannel channel = new PipeChannel(Path.of("terminal"), terminal, true, true);

  @Test
  void endWaits_bodySucceededWithBytesOnTheirWay_endsTheReadAndWritesThem() throws Exception {
    channel.write(US_ASCII.encode("abc"), 0);
    terminal.written.acquire();
    var read = new FutureTask<>(() -> channel.read(ByteBuffer.allocate(1), 0));
    Parked.start(read);

    channel.endWaits(ExitCase.success());

    assertThatThrownBy(read::get).hasCauseInstanceOf(AsynchronousCloseException.class);
    journal.add("read ended");
    terminal.room.release();
    channel.close();
    assertThat(journal.events()).containsExactly("read ended", "written abc", "closed");
  }

  /** Says nothing until it is closed, and takes bytes when there is room. */
  private final class Terminal implements ByteChannel {
    final Semaphore written = new Semaphore(0);
    final Semaphore room = new Semaphore(0);
    private final CountDownLatch closed = new CountDownLatch(1);

    @Override
    public int read(ByteBuffer target) throws AsynchronousCloseException {
      try {
        closed.await();
      } catch (InterruptedException e) {
        throw new AssertionError(e);
      }
      throw new AsynchronousCloseException();
    }

    @Override
    public int write(ByteBuffer source) {
      written.release();
      room.acquireUninterruptibly();
      int count = source.remaining();
      journal.add("written " + US_ASCII.decode(source));
      return count;
    }

    @Override
    public boolean isOpen() {
      return closed.getCount() > 0;
    }

    @Override
    public void close() {
      journal.add("closed");
      closed.countDown();
    }
  }
}
