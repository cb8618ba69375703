package dev.withal.files;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * What is written to a pipe: taken at once while there is room, and written by a platform thread.
 *
 * <p>Design. Of two buffers one is filled by the one who writes, and the other is written by the
 * thread, which exchanges them as soon as its own is empty. So many short lines are few calls of
 * the system, and none of them waits for time to pass. What fails is told by the next one who
 * writes, flushes or closes.
 */
final class PipeOutput {
  private static final int BLOCK = 64 * 1024;

  private final WritableByteChannel channel;
  private final BlockingThread thread = new BlockingThread("withal-files-write");
  private final ReentrantLock lock = new ReentrantLock();

  // Guarded by the lock.
  private ByteBuffer filling = ByteBuffer.allocate(0);
  private @Nullable IOException failure;
  private boolean busy;
  private CompletableFuture<@Nullable Void> change = new CompletableFuture<>();

  /** Of the thread while it is busy. */
  private ByteBuffer draining = ByteBuffer.allocate(0);

  PipeOutput(WritableByteChannel channel) {
    this.channel = channel;
  }

  /** {@return whether something is yet to be written} */
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

  /** Takes as many bytes as there is room for. {@return how many: waits for room for one} */
  int takeSome(ByteBuffer source, Wait wait) throws IOException, InterruptedException {
    while (true) {
      CompletableFuture<@Nullable Void> later;
      lock.lock();
      try {
        tellFailure();
        if (room() > 0 || !source.hasRemaining()) {
          return take(source);
        }
        later = change;
      } finally {
        lock.unlock();
      }
      wait.<@Nullable Void>await(later);
    }
  }

  /** Waits until all is written. */
  void flush(Wait wait) throws IOException, InterruptedException {
    while (true) {
      CompletableFuture<@Nullable Void> later;
      lock.lock();
      try {
        tellFailure();
        if (!busy) {
          return;
        }
        later = change;
      } finally {
        lock.unlock();
      }
      wait.<@Nullable Void>await(later);
    }
  }

  /** Ends the thread when it has written what it writes. */
  void end() {
    thread.end();
  }

  private int room() {
    return Math.max(filling.capacity(), BLOCK) - filling.position();
  }

  /** Called under the lock. */
  private int take(ByteBuffer source) {
    if (filling.capacity() == 0) {
      filling = ByteBuffer.allocate(BLOCK);
    }
    int count = Math.min(filling.remaining(), source.remaining());
    filling.put(source.slice(source.position(), count));
    source.position(source.position() + count);
    if (!busy && count > 0) {
      busy = true;
      thread.call(this::drain);
    }
    return count;
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
    }
    return null;
  }

  /** {@return whether there is more to write; not after a failure, which loses what was taken} */
  private boolean exchange(@Nullable IOException failed) {
    CompletableFuture<@Nullable Void> before;
    boolean more;
    lock.lock();
    try {
      if (failed != null) {
        failure = failed;
        filling.clear();
      }
      more = filling.position() > 0;
      busy = more;
      if (more) {
        ByteBuffer full = filling.flip();
        filling = draining;
        draining = full;
      }
      before = change;
      change = new CompletableFuture<>();
    } finally {
      lock.unlock();
    }
    before.complete(null);
    return more;
  }
}
