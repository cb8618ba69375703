package dev.withal.files;

import dev.withal.Async;
import dev.withal.ExitCase;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.ByteChannel;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.FileChannel;
import java.nio.channels.NonReadableChannelException;
import java.nio.channels.NonWritableChannelException;
import java.nio.file.FileSystemException;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * A file that isn't a regular one: a pipe, a terminal, a device. It has no positions, and may make
 * a thread wait for another process without end. It reads no further ahead than requested.
 *
 * <p>Design. A blocking call on such a file can only be ended by closing it, and occupies a carrier
 * if the thread is a virtual one. So each direction has a {@link BlockingThread}, a platform thread
 * that makes these calls on buffers of its own. A reader waits for it, parked, and may stop
 * waiting. A writer waits only while there is no room: bytes that were taken are on their way, and
 * a later failure is reported by the next operation.
 */
final class PipeChannel implements Channel {
  /** How long the remaining writes of a failed body may take. */
  private static final Duration LAST = Duration.ofSeconds(1);

  private final Path path;
  private final ByteChannel channel;
  private final PipeInput input;
  private final PipeOutput output;
  private final Wait wait = new Wait();
  private final boolean reads;
  private final boolean writes;

  /** Closes the pipe when the last bytes take too long; done if nothing waits for that. */
  private volatile CompletableFuture<Void> force = CompletableFuture.completedFuture(null);

  private volatile boolean inWrite;

  PipeChannel(Path path, ByteChannel channel, boolean reads, boolean writes) {
    this.path = path;
    this.channel = channel;
    this.reads = reads;
    this.writes = writes;
    input = new PipeInput(channel, wait);
    output = new PipeOutput(channel, wait);
  }

  /** {@return a pipe that is already open, as standard input is} */
  static PipeChannel of(Path name, ByteChannel channel, boolean reads) {
    return new PipeChannel(name, channel, reads, !reads);
  }

  /** Opens the file; a FIFO waits for its other end, until the wait is ended. */
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
    return target.hasRemaining() ? input.read(target) : 0;
  }

  @Override
  public long await(long count, long most) throws IOException, InterruptedException {
    if (!reads) {
      throw new NonReadableChannelException();
    }
    return input.await(count, most);
  }

  @Override
  public boolean takeWhole(ByteBuffer source) {
    return writes && output.takeWhole(source);
  }

  @Override
  public int write(ByteBuffer source, long to) throws IOException, InterruptedException {
    if (!writes) {
      throw new NonWritableChannelException();
    }
    return inWrite(() -> output.takeSome(source));
  }

  @Override
  public void flush() throws IOException, InterruptedException {
    inWrite(() -> {
      output.flush();
      return 0;
    });
  }

  private int inWrite(Task.Body<Integer> step) throws IOException, InterruptedException {
    inWrite = true;
    try {
      return step.run();
    } finally {
      inWrite = false;
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
    // A pipe can't be forced further than being written.
  }

  /**
   * Ends the wait of a read. The writes of a body that succeeded are awaited, also one that has its
   * turn and hasn't begun; others are ended by closing the pipe. Bytes written before that still
   * have to be taken, within a second if the body didn't succeed.
   */
  @Override
  public void endWaits(ExitCase how) {
    input.endWait();
    if (how instanceof ExitCase.Succeeded) {
      return;
    }
    if (output.isBusy() && !inWrite) {
      force = Async.sleepAsync(LAST);
      force.thenRun(this::closeByForce);
    } else {
      closeByForce();
    }
  }

  private void closeByForce() {
    try {
      channel.close();
    } catch (IOException ignored) {
      // The close that follows does it again, and reports the error.
    }
  }

  /** Closes the pipe, when all bytes that were taken are written. */
  @Override
  public void close() throws IOException {
    try (channel) {
      // A task that was asked to end has failed with that, and awaits no bytes on their way.
      if (wait.request() == null) {
        flushLast();
      }
    } finally {
      force.cancel(false);
      input.close();
      output.end();
    }
  }

  private void flushLast() throws IOException {
    try {
      output.flush();
    } catch (InterruptedException ignored) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("the close was interrupted, so not all may be written");
    } catch (ClosedChannelException closed) {
      throw new FileSystemException(
          path.toString(), null, "was closed before its other end had taken all that was written");
    } catch (IOException error) {
      throw OpenFile.named(path, Action.WRITE, error);
    }
  }
}
