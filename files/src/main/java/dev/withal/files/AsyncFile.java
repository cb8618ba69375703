package dev.withal.files;

import dev.withal.ExitCase;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.NonReadableChannelException;
import java.nio.channels.NonWritableChannelException;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.Charset;
import java.nio.file.FileSystemException;
import java.nio.file.Path;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * An open file with a position, the value of {@link AsyncFiles#open}.
 *
 * {@snippet class="dev.withal.files.AsyncFilesSnippetsTest" region="stage"}
 *
 * <p>Each operation comes in two styles: {@link #read read} is direct style and blocks, {@link
 * #readAsync readAsync} is stage style and doesn't. They can be mixed, and called by any thread:
 * the operations on one file happen one at a time, in the order in which they were called.
 *
 * <p>The file is open from the enter of its context to the exit; nothing here closes it.
 *
 * <p><b>Failure.</b> An I/O error is thrown, or fails the future, as the JDK's exception if that
 * names the file, and else as a {@link FileSystemException} with the JDK's as its cause. What is
 * called after the close, or hasn't begun when the file is closed, fails with a {@link
 * ClosedChannelException}. To read from a file that wasn't opened for it, or to write to one, is an
 * {@link IllegalStateException}. What the executor refuses fails with what it threw. After a
 * failure the position is past what was transferred, unless the method says otherwise.
 *
 * <p><b>Cancellation.</b> Until an operation begins, its future can be cancelled or completed in
 * another way, {@code orTimeout} included; the operation then never happens. From then on that has
 * no effect: the operation finishes and counts, and its future tells how. {@code obtrudeValue} and
 * {@code obtrudeException} are refused. To interrupt a thread ends neither the operation that it
 * runs nor its wait for a turn, and does the file no harm; the flag stays set.
 *
 * <p><b>Threads.</b> An operation of stage style is one task of the executor that the file was
 * opened on, and what depends on its future continues there. A direct call waits for the operations
 * that were called before it, and then does its own on the calling thread. Only where the JDK has
 * no channel that survives an interruption, it has the executor do it and waits: on Windows, on a
 * file system other than the default one, with {@link java.nio.file.StandardOpenOption#APPEND
 * APPEND}, and for anything but a regular file. On an executor with few threads, don't call direct
 * style: what the call waits for may wait for a thread. While 1024 operations wait, a call of stage
 * style throws a {@link java.util.concurrent.RejectedExecutionException}.
 *
 * <p>Thread-safe. A null argument is refused with a {@link NullPointerException}.
 */
public final class AsyncFile {
  private final Path path;
  private final Channel channel;
  private final OperationQueue queue;

  AsyncFile(Path path, Channel channel, OperationQueue queue) {
    this.path = path;
    this.channel = channel;
    this.queue = queue;
  }

  /** {@return the path by which the file was opened} */
  public Path path() {
    return path;
  }

  /**
   * Reads from the position on until the buffer is full or the file ends, and moves the position
   * past what was read.
   *
   * @param target where the bytes go, from its position to its limit
   * @return how many bytes were read; -1 if there were none because the file has ended
   * @throws IllegalArgumentException if the buffer is read-only
   * @throws IOException if the file is closed, or can't be read
   */
  public int read(ByteBuffer target) throws IOException {
    return call(Action.READ, reading(target));
  }

  /**
   * Reads as {@link #read} does.
   *
   * @param target where the bytes go, from its position to its limit; it belongs to the operation
   *     until the future is done
   * @return a future of how many bytes were read; -1 if there were none because the file has ended
   * @throws IllegalArgumentException if the buffer is read-only
   */
  public CompletableFuture<Integer> readAsync(ByteBuffer target) {
    return submit(Action.READ, reading(target));
  }

  /**
   * Reads from the position to the end of the file.
   *
   * @return all that was read; empty if the position is at the end or past it
   * @throws IOException if the file is closed, can't be read, or has more bytes left than an array
   *     can have
   */
  public byte[] readAllBytes() throws IOException {
    return call(Action.READ_ALL_BYTES, () -> Transfer.all(channel, path));
  }

  /**
   * Reads as {@link #readAllBytes} does.
   *
   * @return a future of all that was read; empty if the position is at the end or past it
   */
  public CompletableFuture<byte[]> readAllBytesAsync() {
    return submit(Action.READ_ALL_BYTES, () -> Transfer.all(channel, path));
  }

  /**
   * Reads from the position to the end of the file, as text.
   *
   * @param charset what the text is encoded in
   * @return the text; empty if the position is at the end or past it
   * @throws CharacterCodingException if the bytes aren't text in that charset; the message has the
   *     position in the file of the first byte that is wrong, and the position is put back to where
   *     the reading began
   * @throws IOException if the file is closed, can't be read, or has more bytes left than an array
   *     can have
   */
  public String readString(Charset charset) throws IOException {
    Objects.requireNonNull(charset, "charset");
    return call(Action.READ_STRING, () -> Transfer.text(channel, path, charset));
  }

  /**
   * Reads as {@link #readString} does.
   *
   * @param charset what the text is encoded in
   * @return a future of the text; empty if the position is at the end or past it
   */
  public CompletableFuture<String> readStringAsync(Charset charset) {
    Objects.requireNonNull(charset, "charset");
    return submit(Action.READ_STRING, () -> Transfer.text(channel, path, charset));
  }

  /**
   * Writes the whole buffer from the position on, or to the end if the file is open for appending,
   * and moves the position past what was written.
   *
   * @param source the bytes, from its position to its limit
   * @throws IOException if the file is closed, or can't be written; the positions of buffer and
   *     file then tell how much was
   */
  public void write(ByteBuffer source) throws IOException {
    call(Action.WRITE, writing(source));
  }

  /**
   * Writes as {@link #write} does.
   *
   * @param source the bytes, from its position to its limit; it belongs to the operation until the
   *     future is done
   * @return a future that completes with null when all is written
   */
  public CompletableFuture<@Nullable Void> writeAsync(ByteBuffer source) {
    return submit(Action.WRITE, writing(source));
  }

  /**
   * {@return the size of the file in bytes}
   *
   * @throws IOException if the file is closed, or its size can't be read
   */
  public long size() throws IOException {
    return call(Action.SIZE, channel::size);
  }

  /** {@return a future of the size of the file in bytes} */
  public CompletableFuture<Long> sizeAsync() {
    return submit(Action.SIZE, channel::size);
  }

  /**
   * {@return the position: how many bytes of the file are before the next one to read or write}
   *
   * @throws IOException if the file is closed
   */
  public long position() throws IOException {
    return call(Action.POSITION, channel::position);
  }

  /** {@return a future of the {@link #position}} */
  public CompletableFuture<Long> positionAsync() {
    return submit(Action.POSITION, channel::position);
  }

  /**
   * Moves the position.
   *
   * @param position how many bytes of the file are to be before it; more than there are is allowed:
   *     a read then finds the end, and a write fills the gap with unspecified bytes
   * @throws IllegalArgumentException if it is negative
   * @throws IOException if the file is closed, or has no positions, as a pipe
   */
  public void seek(long position) throws IOException {
    call(Action.SEEK, seeking(position));
  }

  /**
   * Moves the position as {@link #seek} does.
   *
   * @param position how many bytes of the file are to be before it
   * @return a future that completes with null when it is done
   * @throws IllegalArgumentException if the position is negative
   */
  public CompletableFuture<@Nullable Void> seekAsync(long position) {
    return submit(Action.SEEK, seeking(position));
  }

  /**
   * Returns when all that was written is on the storage device, contents and metadata, as far as
   * the operating system can tell.
   *
   * @throws IOException if the file is closed, or the device fails
   */
  public void force() throws IOException {
    call(Action.FORCE, forcing());
  }

  /**
   * Forces as {@link #force} does.
   *
   * @return a future that completes with null when it is done
   */
  public CompletableFuture<@Nullable Void> forceAsync() {
    return submit(Action.FORCE, forcing());
  }

  /**
   * {@return a stream that reads this file from its position on, for code that wants one}
   *
   * <p>The stream reads in direct style, some thousand bytes ahead, so the position runs ahead of
   * what was taken from it. To close the stream gives back what wasn't taken, unless something else
   * has moved the position since, and leaves the file open. The stream isn't thread-safe, and not
   * good for longer than the file.
   */
  public InputStream inputStream() {
    return new BufferedView(this);
  }

  @Override
  public String toString() {
    return "AsyncFile[" + path + "]";
  }

  CompletableFuture<@Nullable Void> closeAsync(ExitCase how) {
    return queue.close(naming(Action.CLOSE, closing()), how);
  }

  void requireOpen(Action action) throws ClosedChannelException {
    queue.requireOpen(action);
  }

  /** Reads as {@link #read} does. {@return the position after it} */
  long fill(ByteBuffer target) throws IOException {
    return call(
        Action.READ,
        () -> {
          Transfer.fill(channel, target);
          return channel.position();
        });
  }

  /** Moves the position from one place to another; does nothing if it isn't there. */
  void moveBack(long from, long to) throws IOException {
    call(Action.SEEK, movingBack(from, to));
  }

  private Operation.Body<@Nullable Void> movingBack(long from, long to) {
    return () -> {
      if (channel.position() == from) {
        channel.seek(to);
      }
      return null;
    };
  }

  private Operation.Body<@Nullable Void> seeking(long position) {
    if (position < 0) {
      throw new IllegalArgumentException(path + ": seek to the negative position " + position);
    }
    return () -> {
      channel.seek(position);
      return null;
    };
  }

  private Operation.Body<@Nullable Void> closing() {
    return () -> {
      channel.close();
      return null;
    };
  }

  private Operation.Body<@Nullable Void> forcing() {
    return () -> {
      channel.force();
      return null;
    };
  }

  private Operation.Body<Integer> reading(ByteBuffer target) {
    if (target.isReadOnly()) {
      throw new IllegalArgumentException(path + ": read into a read-only buffer");
    }
    return () -> Transfer.fill(channel, target);
  }

  private Operation.Body<@Nullable Void> writing(ByteBuffer source) {
    Objects.requireNonNull(source, "source");
    return () -> {
      Transfer.drain(channel, source);
      return null;
    };
  }

  private <R extends @Nullable Object> R call(Action action, Operation.Body<? extends R> body)
      throws IOException {
    Operation.Body<R> named = naming(action, body);
    return queue.call(action, channel.isSteady() ? named : () -> queue.onExecutor(named));
  }

  private <R extends @Nullable Object> CompletableFuture<R> submit(
      Action action, Operation.Body<? extends R> body) {
    return queue.submit(action, naming(action, body));
  }

  /** {@return the body, whose errors say which file and which operation} */
  private <R extends @Nullable Object> Operation.Body<R> naming(
      Action action, Operation.Body<? extends R> body) {
    return () -> {
      try {
        return body.run();
      } catch (NonReadableChannelException error) {
        throw new IllegalStateException(
            path + ": " + action + " on a file that wasn't opened with READ", error);
      } catch (NonWritableChannelException error) {
        throw new IllegalStateException(
            path + ": " + action + " on a file that wasn't opened with WRITE or APPEND", error);
      } catch (FileSystemException | CharacterCodingException | ClosedChannelException error) {
        throw error;
      } catch (IOException error) {
        var named =
            new FileSystemException(
                path.toString(), null, action + " failed: " + error.getMessage());
        named.initCause(error);
        throw named;
      }
    };
  }
}
