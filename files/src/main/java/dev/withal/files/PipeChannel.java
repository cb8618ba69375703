package dev.withal.files;

import dev.withal.ExitCase;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ByteChannel;
import java.nio.channels.FileChannel;
import java.nio.channels.NonReadableChannelException;
import java.nio.channels.NonWritableChannelException;
import java.nio.file.FileSystemException;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * What isn't a regular file: a pipe, a terminal, a device. It has no positions, and may make a
 * thread wait for another process without end. It reads no more ahead than is asked for.
 *
 * <p>Design. A blocking call on such a file can only be ended by closing it, and holds a carrier if
 * the thread is a virtual one. So each direction has a {@link BlockingThread}, a platform thread
 * that does these calls on a buffer of the channel; who wants to read or write waits for it,
 * parked, and may stop waiting. What the helper has read by then, the next one finds. What it was
 * given to write is still written.
 */
final class PipeChannel implements Channel {
  private static final int BLOCK = 64 * 1024;

  private final Path path;
  private final ByteChannel channel;
  private final BlockingThread reader;
  private final BlockingThread writer;
  private final Wait wait = new Wait();
  private final boolean reads;
  private final boolean writes;

  // Of the helpers while a call of theirs is pending, else of the one who has the turn.
  private final ByteBuffer in = ByteBuffer.allocate(BLOCK).limit(0);
  private final ByteBuffer out = ByteBuffer.allocate(BLOCK);

  private @Nullable CompletableFuture<Integer> reading;
  private @Nullable CompletableFuture<Integer> writing;
  private volatile boolean inWrite;

  private PipeChannel(Path path, ByteChannel channel, boolean reads, boolean writes) {
    this.path = path;
    this.channel = channel;
    this.reads = reads;
    this.writes = writes;
    reader = new BlockingThread("withal-files-read");
    writer = new BlockingThread("withal-files-write");
  }

  /** {@return a pipe that is open already, as standard input is} */
  static PipeChannel of(Path name, ByteChannel channel, boolean reads) {
    return new PipeChannel(name, channel, reads, !reads);
  }

  /** Opens; a FIFO waits for its other end, until the wait is ended. */
  static PipeChannel open(Path path, Set<OpenOption> options, Wait opening)
      throws IOException, InterruptedException {
    boolean writes =
        options.contains(StandardOpenOption.WRITE) || options.contains(StandardOpenOption.APPEND);
    boolean reads = options.contains(StandardOpenOption.READ) || !writes;
    return new PipeChannel(path, Fifo.open(path, options, opening), reads, writes);
  }

  @Override
  public boolean isSteady() {
    return true;
  }

  @Override
  public boolean hasPositions() {
    return false;
  }

  @Override
  public void asker(@Nullable Task<?> task) {
    wait.asker(task);
  }

  @Override
  public void wake() {
    wait.wake();
  }

  @Override
  public int read(ByteBuffer target, long from) throws IOException, InterruptedException {
    if (!reads) {
      throw new NonReadableChannelException();
    }
    if (!target.hasRemaining()) {
      return 0;
    }
    // While a call is pending, the buffer is the helper's.
    if (reading != null || !in.hasRemaining()) {
      if (reading == null) {
        int most = Math.min(in.capacity(), target.remaining());
        reading = reader.call(() -> channel.read(in.clear().limit(most)));
      }
      int count;
      try {
        count = wait.await(reading);
      } catch (IOException failure) {
        in.limit(0);
        reading = null;
        throw failure;
      }
      reading = null;
      in.position(0).limit(Math.max(count, 0));
      if (count < 0) {
        return -1;
      }
    }
    int count = Math.min(in.remaining(), target.remaining());
    target.put(in.slice(in.position(), count));
    in.position(in.position() + count);
    return count;
  }

  @Override
  public int write(ByteBuffer source, long to) throws IOException, InterruptedException {
    if (!writes) {
      throw new NonWritableChannelException();
    }
    inWrite = true;
    try {
      awaitWritten();
      int count = Math.min(out.capacity(), source.remaining());
      out.clear().put(source.slice(source.position(), count)).flip();
      writing = writer.call(this::drain);
      try {
        awaitWritten();
      } catch (IOException failure) {
        throw failure;
      } catch (Throwable waitEnded) {
        source.position(source.position() + count);
        throw waitEnded;
      }
      source.position(source.position() + count);
      return count;
    } finally {
      inWrite = false;
    }
  }

  private int drain() throws IOException {
    int count = 0;
    while (out.hasRemaining()) {
      count += channel.write(out);
    }
    return count;
  }

  private void awaitWritten() throws IOException, InterruptedException {
    if (writing != null) {
      try {
        wait.await(writing);
      } catch (IOException failure) {
        writing = null;
        throw failure;
      }
      writing = null;
    }
  }

  @Override
  public void requirePositions(Action action) throws FileSystemException {
    throw new FileSystemException(
        path.toString(), null, "is a pipe or a device, which has no positions");
  }

  @Override
  public void truncate(long size) throws IOException {
    requirePositions(Action.TRUNCATE);
  }

  @Override
  public long size() throws IOException {
    return channel instanceof FileChannel file ? file.size() : 0;
  }

  @Override
  public void force() {
    // Written is all that a pipe can be.
  }

  /** Ends a wait by closing the pipe; but what a body that succeeded wrote is waited for. */
  @Override
  public void endWaits(ExitCase how) {
    if (inWrite && how instanceof ExitCase.Succeeded) {
      return;
    }
    try {
      channel.close();
    } catch (IOException _) {
      // The close that follows does it again, and tells.
    }
  }

  @Override
  public void close() throws IOException {
    try {
      channel.close();
    } finally {
      reader.end();
      writer.end();
    }
  }
}
