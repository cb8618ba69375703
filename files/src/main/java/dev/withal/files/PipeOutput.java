package dev.withal.files;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * The bytes written to a pipe: taken immediately while there is room, and written by a platform
 * thread.
 *
 * <p>Design. Of two buffers one is filled by the writer, and the other is written by the thread,
 * which exchanges them when its own is empty. Bytes that come while it is idle go out immediately.
 * After a write it pauses for a moment, unless somebody waits for it or many bytes have come:
 * otherwise a writer that is slower than the thread would wake it for each line, which costs more
 * than the line. A failure is reported by the next write, flush or close.
 */
final class PipeOutput {
  private static final int BLOCK = 64 * 1024;

  /** How long a line may be kept that comes right after another one. */
  private static final long PAUSE = TimeUnit.MICROSECONDS.toNanos(200);

  private final WritableByteChannel channel;
  private final Wait wait;
  private final BlockingThread thread = new BlockingThread("withal-files-write");
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition hurry = lock.newCondition();

  // Guarded by the lock.
  private ByteBuffer filling = ByteBuffer.allocate(0);
  private @Nullable IOException failure;
  private boolean busy;
  private boolean hurried;

  /** Of the thread while it is busy. */
  private ByteBuffer draining = ByteBuffer.allocate(0);

  /**
   * @param wait where writers wait
   */
  PipeOutput(WritableByteChannel channel, Wait wait) {
    this.channel = channel;
    this.wait = wait;
  }

  /** {@return whether bytes are still to be written} */
  boolean isBusy() {
    lock.lock();
    try {
      return busy;
    } finally {
      lock.unlock();
    }
  }

  /** Takes all bytes if there is room. {@return whether it did} */
  boolean takeWhole(ByteBuffer source) {
    lock.lock();
    try {
      if (failure != null || room() < source.remaining()) {
        return false;
      }
      take(source);
      return true;
    } finally {
      lock.unlock();
    }
  }

  /** Takes as many bytes as there is room for; waits for room for one. {@return their number} */
  int takeSome(ByteBuffer source) throws IOException, InterruptedException {
    int from = source.position();
    wait.until(() -> takesSome(source));
    return source.position() - from;
  }

  private boolean takesSome(ByteBuffer source) throws IOException {
    lock.lock();
    try {
      tellFailure();
      if (room() > 0 || !source.hasRemaining()) {
        take(source);
        return true;
      }
      endPause();
      return false;
    } finally {
      lock.unlock();
    }
  }

  /** Waits until all bytes are written. */
  void flush() throws IOException, InterruptedException {
    wait.until(this::isFlushed);
  }

  private boolean isFlushed() throws IOException {
    lock.lock();
    try {
      tellFailure();
      if (busy) {
        endPause();
      }
      return !busy;
    } finally {
      lock.unlock();
    }
  }

  /** Ends the thread after its current write. */
  void end() {
    lock.lock();
    try {
      endPause();
    } finally {
      lock.unlock();
    }
    thread.end();
  }

  private int room() {
    return Math.max(filling.capacity(), BLOCK) - filling.position();
  }

  /** Called under the lock. */
  private void take(ByteBuffer source) {
    if (filling.capacity() == 0) {
      filling = ByteBuffer.allocate(BLOCK);
    }
    int count = Math.min(filling.remaining(), source.remaining());
    boolean begins = !busy && count > 0;
    if (begins) {
      // First, as it may fail; the thread can't look at the bytes before the lock is free.
      thread.call(this::drain);
      busy = true;
    }
    filling.put(source.slice(source.position(), count));
    source.position(source.position() + count);
    if (!begins && room() < BLOCK / 2) {
      endPause();
    }
  }

  /** Called under the lock. */
  private void endPause() {
    if (!hurried) {
      hurried = true;
      hurry.signal();
    }
  }

  /** Lets more bytes come, so that one system call writes them. */
  private void pause() {
    lock.lock();
    try {
      long left = PAUSE;
      while (!hurried && left > 0) {
        left = hurry.awaitNanos(left);
      }
    } catch (InterruptedException ended) {
      // It is interrupted as the file is closed by force, which ends its write.
      Thread.currentThread().interrupt();
    } finally {
      lock.unlock();
    }
  }

  private void tellFailure() throws IOException {
    IOException told = failure;
    if (told != null) {
      failure = null;
      throw told;
    }
  }

  private @Nullable Void drain() {
    IOException failed = null;
    while (exchange(failed)) {
      try {
        while (draining.hasRemaining()) {
          channel.write(draining);
        }
      } catch (IOException error) {
        failed = error;
      } catch (Throwable error) {
        failed = new IOException(error);
      }
      draining.clear();
      pause();
    }
    return null;
  }

  /**
   * {@return whether there is more to write; false after a failure, which loses the taken bytes}
   */
  private boolean exchange(@Nullable IOException failed) {
    boolean more;
    lock.lock();
    try {
      if (failed != null) {
        failure = failed;
        filling.clear();
      }
      more = filling.position() > 0;
      busy = more;
      hurried = false;
      if (more) {
        ByteBuffer full = filling.flip();
        filling = draining;
        draining = full;
      }
    } finally {
      lock.unlock();
    }
    wait.wake();
    return more;
  }
}
