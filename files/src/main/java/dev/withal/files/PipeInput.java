package dev.withal.files;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.AsynchronousCloseException;
import java.nio.channels.ReadableByteChannel;
import java.util.ArrayDeque;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * The bytes read from a pipe: by a platform thread, into blocks, from which readers take them.
 *
 * <p>Design. For a reader that takes the bytes as they come, the thread makes one call. For one
 * that continues only when many bytes are there, or all of them, it makes as many calls as needed,
 * and wakes the reader once. It never reads more than was requested. Bytes that it has read when a
 * reader stops waiting are there for the next reader. Nothing is kept of a reader that has stopped
 * waiting.
 */
final class PipeInput {
  private static final int BLOCK = 64 * 1024;

  private final ReadableByteChannel channel;
  private final Wait wait;
  private final BlockingThread thread = new BlockingThread("withal-files-read");
  private final ReentrantLock lock = new ReentrantLock();

  // Guarded by the lock. Behind its limit, the last block is the thread's while that is busy.
  private final ArrayDeque<ByteBuffer> blocks = new ArrayDeque<>();
  private long length;
  private boolean busy;
  private boolean ended;
  private boolean closed;
  private boolean unwanted;
  private @Nullable CompletableFuture<Void> failure;

  /** The thread reads until there are so many bytes. */
  private long enough;

  /** The maximum number of bytes. */
  private long most;

  /**
   * @param wait where readers wait
   */
  PipeInput(ReadableByteChannel channel, Wait wait) {
    this.channel = channel;
    this.wait = wait;
  }

  /**
   * Takes the bytes that have arrived; waits for one. {@return the number of bytes; -1 at the end}
   */
  int read(ByteBuffer target) throws IOException, InterruptedException {
    if (await(1, target.remaining()) == 0) {
      return -1;
    }
    lock.lock();
    try {
      int count = 0;
      while (length > 0 && target.hasRemaining()) {
        count += take(target);
      }
      return count;
    } finally {
      lock.unlock();
    }
  }

  /**
   * Waits for bytes.
   *
   * @param asked the number of bytes that must arrive
   * @param atMost the number of bytes that may be read if more have arrived
   * @return the number of bytes that are there; fewer than requested at the end
   */
  long await(long asked, long atMost) throws IOException, InterruptedException {
    var there = new long[1];
    try {
      wait.until(() -> has(asked, atMost, there));
    } catch (Throwable reason) {
      stop();
      throw reason;
    }
    return there[0];
  }

  /** {@return whether nothing more must arrive} If something must, the thread reads it. */
  private boolean has(long asked, long atMost, long[] there) throws IOException {
    lock.lock();
    try {
      if (length >= asked || isOver()) {
        there[0] = length;
        return true;
      }
      if (unwanted) {
        throw new AsynchronousCloseException();
      }
      enough = asked;
      most = atMost;
      if (!busy) {
        thread.call(this::fill);
        busy = true;
      }
      return false;
    } finally {
      lock.unlock();
    }
  }

  /** Ends the wait of a reader, and any later one, as if the channel were closed. */
  void endWait() {
    lock.lock();
    try {
      unwanted = true;
    } finally {
      lock.unlock();
    }
    wait.wake();
  }

  /** Stops the thread from reading more when its call returns. */
  private void stop() {
    lock.lock();
    try {
      enough = 0;
    } finally {
      lock.unlock();
    }
  }

  /** Ends the thread when its call returns. */
  void close() {
    lock.lock();
    try {
      closed = true;
      enough = 0;
      if (!busy) {
        forget();
      }
    } finally {
      lock.unlock();
    }
    thread.end();
  }

  // Called under the lock.

  /** A closed file may be retained for long. */
  private void forget() {
    blocks.clear();
    length = 0;
  }

  /** {@return whether it has ended} Reported once, as the pipe may have another writer by then. */
  private boolean isOver() throws IOException {
    boolean over = ended;
    CompletableFuture<Void> told = failure;
    ended = false;
    failure = null;
    if (told != null) {
      Wait.result(told);
    }
    return over;
  }

  /** Takes bytes from the first block. */
  private int take(ByteBuffer target) {
    ByteBuffer first = blocks.element();
    int count = Math.min(first.remaining(), target.remaining());
    target.put(first.slice(first.position(), count));
    first.position(first.position() + count);
    length -= count;
    if (!first.hasRemaining() && blocks.size() > 1) {
      blocks.remove();
    }
    return count;
  }

  /** {@return the block into which the thread reads next; null if it is not to read} */
  private @Nullable ByteBuffer free() {
    if (length >= enough) {
      return null;
    }
    ByteBuffer last = blocks.peekLast();
    if (last != null && length == 0) {
      last.position(0).limit(0);
    }
    if (last == null || last.limit() == last.capacity()) {
      last = ByteBuffer.allocate(BLOCK).limit(0);
      blocks.add(last);
    }
    int from = last.limit();
    int room = (int) Math.min(last.capacity() - from, most - length);
    return last.duplicate().limit(from + room).position(from);
  }

  // Of the thread.

  private @Nullable Void fill() {
    int count = 0;
    Throwable failed = null;
    for (ByteBuffer free = next(0, null); free != null; free = next(count, failed)) {
      try {
        count = channel.read(free);
      } catch (Throwable error) {
        failed = error;
      }
    }
    return null;
  }

  /** Adds the bytes that have arrived. {@return the block to read into next; null to stop} */
  private @Nullable ByteBuffer next(int count, @Nullable Throwable failed) {
    ByteBuffer free = null;
    lock.lock();
    try {
      if (closed) {
        forget();
      } else if (failed != null) {
        failure = CompletableFuture.failedFuture(failed);
      } else if (count < 0) {
        ended = true;
      } else {
        if (count > 0) {
          ByteBuffer last = blocks.getLast();
          last.limit(last.limit() + count);
          length += count;
        }
        free = free();
      }
    } catch (OutOfMemoryError full) {
      // A reader that waits for all of a pipe without end gets the error, and no other thread.
      failure = CompletableFuture.failedFuture(full);
    } finally {
      busy = free != null;
      lock.unlock();
    }
    if (free == null) {
      wait.wake();
    }
    return free;
  }
}
