package dev.withal.files;

import dev.withal.Async;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.charset.Charset;
import java.nio.charset.CodingErrorAction;
import java.nio.file.FileSystemException;
import java.nio.file.Path;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Flow;
import org.jspecify.annotations.Nullable;

/**
 * An open file with a position, the value of {@link AsyncFiles#open}.
 *
 * {@snippet class="dev.withal.files.AsyncFilesSnippetsTest" region="stage"}
 *
 * <p>Each operation comes in two styles: {@link #read(ByteBuffer) read} is direct style and blocks,
 * {@link #readAsync readAsync} is stage style and doesn't. They can be mixed, and called by any
 * thread: the operations on one file happen one at a time, in the order in which they were called.
 * The future of an operation may be done a moment after the next operation has begun.
 *
 * <p>The file is open from the enter of its context to the exit; no method here closes it.
 *
 * <p><b>Buffer.</b> A block is read ahead, and small writes are held back until a block is full or
 * {@link #flush flush}, {@link #force force} or the exit writes them. The position is not affected
 * by that. {@link FileAccess#bufferSize} sets the size of the block. An operation that needs only
 * the buffer happens on the calling thread in stage style too, and its future is already complete.
 *
 * <p><b>Appending.</b> The position of a file that was opened with {@link
 * java.nio.file.StandardOpenOption#APPEND APPEND} is its current end. {@link #seek seek} and {@link
 * #writeAt writeAt} are refused with an {@link IllegalStateException}.
 *
 * <p><b>Pipes.</b> A file that isn't a regular one (a FIFO, a terminal, a device) may make a caller
 * wait for another process. A read returns the bytes that have arrived, and a write isn't held
 * back. There are no positions: {@link #seek seek}, {@link #truncate truncate} and the operations
 * at a position fail; {@link #position position} counts bytes.
 *
 * <p><b>Failure.</b> An I/O error is thrown, or fails the future. It is the JDK's exception if that
 * names the file, and otherwise a {@link FileSystemException} with the JDK's as its cause. An
 * operation that is called after the close, or hasn't begun when the file is closed, fails with a
 * {@link ClosedChannelException}. Reading from a file that wasn't opened for reading, or writing to
 * one that wasn't opened for writing, fails with an {@link IllegalStateException}. If the executor
 * refuses an operation, the operation fails with the executor's exception. After a failure the
 * position is past the bytes that were transferred to or from the caller's buffer; a failed read
 * that would have returned a value leaves the position where it was. Bytes that were held back and
 * can't be written stay held back, and are tried again.
 *
 * <p><b>Cancellation.</b> Until an operation begins, its future can be cancelled or completed in
 * another way, {@code orTimeout} included; the operation then never happens. From then on that has
 * no effect on a regular file: the operation finishes and counts, and its future has its outcome.
 * An operation that waits at a pipe ends soon after it was asked to; bytes that had arrived are
 * there for the next one, and bytes that were handed over may still be written. {@code
 * obtrudeValue} and {@code obtrudeException} are refused. Interrupting a thread ends its wait, for
 * its turn or at a pipe, with an {@link InterruptedException}; it ends no operation that has begun,
 * and doesn't harm the file.
 *
 * <p><b>Threads.</b> An operation of stage style that needs more than the buffer is one task of the
 * executor with which the file was opened, and dependents of its future continue there. A direct
 * call waits for the operations that were called before it, and then runs on the calling thread. If
 * the JDK has no channel that survives an interruption, the executor runs it and the caller waits:
 * on Windows, on a file system other than the default one, and with {@link
 * java.nio.file.StandardOpenOption#APPEND APPEND}. On an executor with few threads, don't call
 * direct style: the operation for which the call waits may itself wait for a thread. A pipe has
 * platform threads of its own for the calls that block, one for each direction. While 1024
 * operations wait, a call of stage style throws a {@link
 * java.util.concurrent.RejectedExecutionException}.
 *
 * <p>Thread-safe. A null argument is refused with a {@link NullPointerException}.
 */
public final class AsyncFile {
  private final OpenFile file;
  private final FileBuffer buffer;
  private final BulkReader bulk;
  private final PositionedAccess positioned;

  AsyncFile(OpenFile file) {
    this.file = file;
    buffer = file.buffer();
    bulk = new BulkReader(file.path(), buffer);
    positioned = file.positioned();
  }

  OpenFile file() {
    return file;
  }

  /** {@return the path by which the file was opened} */
  public Path path() {
    return file.path();
  }

  // ---- reading ---------------------------------------------------------------------------------

  /**
   * Reads from the position on until the buffer is full or the file ends, and moves the position
   * past the bytes that were read. From a pipe it reads the bytes that have arrived, and waits for
   * at least one.
   *
   * @param target the buffer for the bytes, filled from its position to its limit
   * @return the number of bytes that were read; -1 if there were none because the file has ended
   * @throws IllegalArgumentException if the buffer is read-only
   * @throws IOException if the file is closed, or can't be read
   * @throws InterruptedException if the thread is interrupted while it waits
   */
  public int read(ByteBuffer target) throws IOException, InterruptedException {
    requireWritable(target);
    return file.<Integer>call(Action.READ, () -> bulk.read(target));
  }

  /**
   * Reads as {@link #read(ByteBuffer) read} does.
   *
   * @param target the buffer for the bytes, filled from its position to its limit; it belongs to
   *     the operation until the future is done
   * @return a future of the number of bytes that were read; -1 if there were none because the file
   *     has ended
   * @throws IllegalArgumentException if the buffer is read-only
   */
  public CompletableFuture<Integer> readAsync(ByteBuffer target) {
    requireWritable(target);
    int wanted = target.remaining();
    return file.inMemory(() -> bulk.takeAll(target))
        ? CompletableFuture.completedFuture(wanted)
        : file.submit(Action.READ, () -> bulk.read(target));
  }

  /**
   * Reads from a given position as {@link #read(ByteBuffer) read} does, without moving the file's
   * own position, and not through the buffer.
   *
   * @param position the position of the first byte to read, counted from 0
   * @param target the buffer for the bytes, filled from its position to its limit
   * @return the number of bytes that were read; -1 if the file ends at the position or before
   * @throws IllegalArgumentException if the position is negative, or the buffer read-only
   * @throws IOException if the file is closed, can't be read, or has no positions
   * @throws InterruptedException if the thread is interrupted while it waits
   */
  public int readAt(long position, ByteBuffer target) throws IOException, InterruptedException {
    requirePosition(Action.READ_AT, position);
    requireWritable(target);
    return file.<Integer>call(Action.READ_AT, () -> positioned.readAt(position, target));
  }

  /**
   * Reads as {@link #readAt readAt} does.
   *
   * @param position the position of the first byte to read, counted from 0
   * @param target the buffer for the bytes, filled from its position to its limit; it belongs to
   *     the operation until the future is done
   * @return a future of the number of bytes that were read; -1 if the file ends at the position or
   *     before
   * @throws IllegalArgumentException if the position is negative, or the buffer read-only
   */
  public CompletableFuture<Integer> readAtAsync(long position, ByteBuffer target) {
    requirePosition(Action.READ_AT, position);
    requireWritable(target);
    return file.submit(Action.READ_AT, () -> positioned.readAt(position, target));
  }

  /**
   * Reads a number of bytes from the position on.
   *
   * @param count the number of bytes
   * @return the bytes; fewer if the file ends before
   * @throws IllegalArgumentException if the count is negative
   * @throws IOException if the file is closed, or can't be read
   * @throws InterruptedException if the thread is interrupted while it waits
   */
  public byte[] readBytes(int count) throws IOException, InterruptedException {
    requireCount(count);
    return file.<byte[]>call(Action.READ_BYTES, () -> bulk.readBytes(count));
  }

  /**
   * Reads as {@link #readBytes readBytes} does.
   *
   * @param count the number of bytes
   * @return a future of the bytes; fewer if the file ends before
   * @throws IllegalArgumentException if the count is negative
   */
  public CompletableFuture<byte[]> readBytesAsync(int count) {
    requireCount(count);
    return file.submit(Action.READ_BYTES, () -> bulk.readBytes(count));
  }

  /**
   * Reads from the position to the end of the file.
   *
   * @return all bytes that were read; empty if the position is at the end or past it
   * @throws IOException if the file is closed, can't be read, or has more bytes left than an array
   *     can have
   * @throws InterruptedException if the thread is interrupted while it waits
   */
  public byte[] readAllBytes() throws IOException, InterruptedException {
    return file.<byte[]>call(Action.READ_ALL_BYTES, bulk::readAll);
  }

  /**
   * Reads as {@link #readAllBytes} does.
   *
   * @return a future of all bytes that were read; empty if the position is at the end or past it
   */
  public CompletableFuture<byte[]> readAllBytesAsync() {
    return file.submit(Action.READ_ALL_BYTES, bulk::readAll);
  }

  /**
   * {@return a publisher of the bytes from the position on, in pieces} Each subscription continues
   * from the file's position at the time of the request. No more is read than was requested.
   *
   * @param size the number of bytes of a piece; the last one may have fewer, and so may those of a
   *     pipe
   * @throws IllegalArgumentException if the size is less than 1
   */
  public Flow.Publisher<ByteBuffer> publishBytes(int size) {
    requirePieces(size);
    return new PullPublisher<>(() -> () -> nextPiece(ByteBuffer.allocate(size)));
  }

  /** {@return the operation itself, so that the end of a subscription reaches it} */
  private CompletableFuture<@Nullable ByteBuffer> nextPiece(ByteBuffer piece) {
    return file.<ByteBuffer>submit(
        Action.READ,
        () -> bulk.takeAll(piece) ? piece.flip() : null,
        () -> bulk.read(piece) < 0 ? null : piece.flip());
  }

  /**
   * {@return a publisher of the bytes between two positions, in pieces} The file's own position
   * isn't used, so any number of subscriptions may read at the same time, and each gets all bytes.
   * No more is read than was requested. It fails on a pipe.
   *
   * @param size the number of bytes of a piece; the last one may have fewer
   * @param from the position of the first byte
   * @param to the position after the last byte; if the file ends before, so do the pieces
   * @throws IllegalArgumentException if the size is less than 1, a position is negative, or the
   *     first is greater than the second
   */
  public Flow.Publisher<ByteBuffer> publishBytes(int size, long from, long to) {
    requirePieces(size);
    requirePosition(Action.READ_AT, from);
    if (to < from) {
      throw new IllegalArgumentException(
          path() + ": bytes from " + from + " to " + to + ": the end must not be before the start");
    }
    return new PullPublisher<>(() -> new RangeSource(file, size, from, to));
  }

  private void requirePieces(int size) {
    if (size < 1) {
      throw new IllegalArgumentException(path() + ": pieces of " + size + " bytes: use at least 1");
    }
  }

  // ---- writing ---------------------------------------------------------------------------------

  /**
   * Writes the whole buffer from the position on, or to the end if the file is open for appending,
   * and moves the position past the bytes that were written. At a pipe it waits until there is room
   * for the bytes, which are then on their way: if they can't be written, the next operation or the
   * exit reports that.
   *
   * @param source the bytes, from its position to its limit
   * @throws IOException if the file is closed, or can't be written; the positions of buffer and
   *     file then show how much was written
   * @throws InterruptedException if the thread is interrupted while it waits
   */
  public void write(ByteBuffer source) throws IOException, InterruptedException {
    Objects.requireNonNull(source, "source");
    Action.WRITE.refuseEventLoop();
    if (!file.hold(source)) {
      file.call(Action.WRITE, nothing(() -> buffer.write(source)));
    }
  }

  /**
   * Writes as {@link #write write} does.
   *
   * @param source the bytes, from its position to its limit; it belongs to the operation until the
   *     future is done
   * @return a future that completes with null when all bytes are written, or held back
   */
  public CompletableFuture<@Nullable Void> writeAsync(ByteBuffer source) {
    Objects.requireNonNull(source, "source");
    return file.hold(source)
        ? CompletableFuture.completedFuture(null)
        : file.submit(Action.WRITE, nothing(() -> buffer.write(source)));
  }

  /**
   * Writes the whole buffer at a given position, immediately and without moving the file's own
   * position.
   *
   * @param position the position of the first byte to write, counted from 0
   * @param source the bytes, from its position to its limit
   * @throws IllegalArgumentException if the position is negative
   * @throws IllegalStateException if the file was opened with {@code APPEND}
   * @throws IOException if the file is closed, can't be written, or has no positions
   * @throws InterruptedException if the thread is interrupted while it waits
   */
  public void writeAt(long position, ByteBuffer source) throws IOException, InterruptedException {
    requirePosition(Action.WRITE_AT, position);
    Objects.requireNonNull(source, "source");
    file.call(Action.WRITE_AT, nothing(() -> positioned.writeAt(position, source)));
  }

  /**
   * Writes as {@link #writeAt writeAt} does.
   *
   * @param position the position of the first byte to write, counted from 0
   * @param source the bytes, from its position to its limit; it belongs to the operation until the
   *     future is done
   * @return a future that completes with null when all bytes are written
   * @throws IllegalArgumentException if the position is negative
   */
  public CompletableFuture<@Nullable Void> writeAtAsync(long position, ByteBuffer source) {
    requirePosition(Action.WRITE_AT, position);
    Objects.requireNonNull(source, "source");
    return file.submit(Action.WRITE_AT, nothing(() -> positioned.writeAt(position, source)));
  }

  /**
   * Writes the elements of a publisher, one after the other, and requests the next one when the
   * last one is written. Cancelling the future cancels the subscription and the current write.
   *
   * @param pieces the bytes, each from its position to its limit
   * @return a future of the number of bytes written, when the publisher has completed; it fails as
   *     the publisher or the writing does
   */
  public CompletableFuture<Long> writeAllAsync(Flow.Publisher<ByteBuffer> pieces) {
    return Written.start(pieces, ByteBuffer::remaining, this::writeAsync);
  }

  /**
   * Writes the rest of this file to another one, from the positions of both on. It takes as many
   * reads and writes as needed, between which other operations may come.
   *
   * @param target the other file
   * @return the number of bytes
   * @throws IOException if one of them is closed, or can't be read or written
   * @throws InterruptedException if the thread is interrupted while it waits
   */
  public long transferTo(AsyncFile target) throws IOException, InterruptedException {
    Objects.requireNonNull(target, "target");
    Async.refuseEventLoop("transferTo", "transferToAsync");
    ByteBuffer piece = ByteBuffer.allocate(FileBuffer.PIECE);
    long count = 0;
    while (read(piece.clear()) >= 0) {
      count += piece.flip().remaining();
      target.write(piece);
    }
    return count;
  }

  /**
   * Transfers as {@link #transferTo transferTo} does. Cancelling the future ends the transfer, and
   * cancels the current read or write.
   *
   * @param target the other file
   * @return a future of the number of bytes
   */
  public CompletableFuture<Long> transferToAsync(AsyncFile target) {
    return target.writeAllAsync(publishBytes(FileBuffer.PIECE));
  }

  /**
   * Writes the bytes that were held back.
   *
   * @throws IOException if the file is closed, or can't be written
   * @throws InterruptedException if the thread is interrupted while it waits
   */
  public void flush() throws IOException, InterruptedException {
    file.call(Action.FLUSH, nothing(buffer::flush));
  }

  /**
   * Flushes as {@link #flush} does.
   *
   * @return a future that completes with null when the bytes are written
   */
  public CompletableFuture<@Nullable Void> flushAsync() {
    return file.submit(Action.FLUSH, nothing(buffer::flush));
  }

  /**
   * Flushes, and returns when everything that was written is on the storage device, contents and
   * metadata, as far as the operating system can tell.
   *
   * @throws IOException if the file is closed, or the device fails
   * @throws InterruptedException if the thread is interrupted while it waits
   */
  public void force() throws IOException, InterruptedException {
    file.call(Action.FORCE, nothing(positioned::force));
  }

  /**
   * Forces as {@link #force} does.
   *
   * @return a future that completes with null when the file is forced
   */
  public CompletableFuture<@Nullable Void> forceAsync() {
    return file.submit(Action.FORCE, nothing(positioned::force));
  }

  // ---- position and size -----------------------------------------------------------------------

  /**
   * {@return the position: the number of bytes of the file before the next one to read or write}
   *
   * <p>After a line from a pipe that ended in a carriage return, this waits for the next byte,
   * which may be a line feed that belongs to the line.
   *
   * @throws IOException if the file is closed, or was read as text up to a place where reading
   *     couldn't continue after a {@link #seek seek}, for example within a shift of ISO-2022-JP
   * @throws InterruptedException if the thread is interrupted while it waits
   */
  public long position() throws IOException, InterruptedException {
    return file.<Long>call(Action.POSITION, buffer::position);
  }

  /** {@return a future of the {@link #position position}} */
  public CompletableFuture<Long> positionAsync() {
    return file.submit(Action.POSITION, buffer::position);
  }

  /**
   * Moves the position, and discards the bytes that were read ahead.
   *
   * @param position the number of bytes of the file before the new position; it may be greater than
   *     the size: a read then finds the end, and a write fills the gap with unspecified bytes
   * @throws IllegalArgumentException if the position is negative
   * @throws IllegalStateException if the file was opened with {@code APPEND}
   * @throws IOException if the file is closed, or has no positions
   * @throws InterruptedException if the thread is interrupted while it waits
   */
  public void seek(long position) throws IOException, InterruptedException {
    requirePosition(Action.SEEK, position);
    file.call(Action.SEEK, nothing(() -> buffer.seek(position)));
  }

  /**
   * Moves the position as {@link #seek} does.
   *
   * @param position the number of bytes of the file before the new position
   * @return a future that completes with null when the position is moved
   * @throws IllegalArgumentException if the position is negative
   */
  public CompletableFuture<@Nullable Void> seekAsync(long position) {
    requirePosition(Action.SEEK, position);
    return file.submit(Action.SEEK, nothing(() -> buffer.seek(position)));
  }

  /**
   * {@return the size of the file in bytes, including those held back; 0 for a pipe}
   *
   * @throws IOException if the file is closed, or its size can't be read
   * @throws InterruptedException if the thread is interrupted while it waits
   */
  public long size() throws IOException, InterruptedException {
    return file.<Long>call(Action.SIZE, buffer::size);
  }

  /** {@return a future of the {@link #size}} */
  public CompletableFuture<Long> sizeAsync() {
    return file.submit(Action.SIZE, buffer::size);
  }

  /**
   * Truncates the file; does nothing if it isn't longer. The position stays.
   *
   * @param size the number of bytes that remain
   * @throws IllegalArgumentException if the size is negative
   * @throws IOException if the file is closed, or can't be truncated
   * @throws InterruptedException if the thread is interrupted while it waits
   */
  public void truncate(long size) throws IOException, InterruptedException {
    requirePosition(Action.TRUNCATE, size);
    file.call(Action.TRUNCATE, nothing(() -> positioned.truncate(size)));
  }

  /**
   * Truncates the file as {@link #truncate} does.
   *
   * @param size the number of bytes that remain
   * @return a future that completes with null when the file is truncated
   * @throws IllegalArgumentException if the size is negative
   */
  public CompletableFuture<@Nullable Void> truncateAsync(long size) {
    requirePosition(Action.TRUNCATE, size);
    return file.submit(Action.TRUNCATE, nothing(() -> positioned.truncate(size)));
  }

  // ---- other views -----------------------------------------------------------------------------

  /**
   * {@return this file as text, from the position on} Bytes that aren't text in the charset are an
   * error.
   *
   * @param charset the charset of the text
   */
  public AsyncTextFile text(Charset charset) {
    return text(charset, CodingErrorAction.REPORT);
  }

  /**
   * {@return this file as text, from the position on}
   *
   * @param charset the charset of the text
   * @param onMalformed the action for bytes that aren't text in the charset, and for characters
   *     that the charset doesn't have
   */
  public AsyncTextFile text(Charset charset, CodingErrorAction onMalformed) {
    return new AsyncTextFile(this, charset, onMalformed);
  }

  /**
   * {@return this file as text in the charset that a byte order mark at the position identifies,
   * from after the mark on; in another charset from the position on if there is no mark} Marks are
   * those of UTF-8, UTF-16 and UTF-32. Bytes that aren't text in the charset are an error.
   *
   * <p>Without this, {@code UTF-8} takes a mark for a character of the text, as the JDK does, and a
   * charset that has marks of its own, as {@code UTF-16} has, doesn't take one at the beginning of
   * the file for a character.
   *
   * @param otherwise the charset of the text if there is no mark
   * @throws IOException if the file is closed, or can't be read
   * @throws InterruptedException if the thread is interrupted while it waits
   */
  public AsyncTextFile textByMark(Charset otherwise) throws IOException, InterruptedException {
    Objects.requireNonNull(otherwise, "otherwise");
    return file.<AsyncTextFile>call(Action.TEXT_BY_MARK, () -> takeMark(otherwise));
  }

  /**
   * Looks for a byte order mark as {@link #textByMark textByMark} does.
   *
   * @param otherwise the charset of the text if there is no mark
   * @return a future of this file as text
   */
  public CompletableFuture<AsyncTextFile> textByMarkAsync(Charset otherwise) {
    Objects.requireNonNull(otherwise, "otherwise");
    return file.submit(Action.TEXT_BY_MARK, () -> takeMark(otherwise));
  }

  private AsyncTextFile takeMark(Charset otherwise) throws IOException, InterruptedException {
    ByteOrderMark mark = ByteOrderMark.take(buffer);
    return text(mark == null ? otherwise : mark.charset());
  }

  /**
   * {@return a stream that reads this file from its position on in direct style, for code that
   * needs one} An interruption of its wait is a {@link java.io.InterruptedIOException}, and the
   * interrupt flag stays set. Closing the stream leaves the file open. The stream isn't valid for
   * longer than the file.
   */
  public InputStream inputStream() {
    return new FileInput(this);
  }

  /**
   * {@return a stream that writes to this file from its position on in direct style, for code that
   * needs one} Its flush is a {@link #flush flush} of the file, and so is its close, which leaves
   * the file open. Otherwise like {@link #inputStream}.
   */
  public OutputStream outputStream() {
    return new FileOutput(this);
  }

  @Override
  public String toString() {
    return "AsyncFile[" + path() + "]";
  }

  /** An operation without a result. */
  private interface Step {
    void run() throws IOException, InterruptedException;
  }

  private static Task.Body<@Nullable Void> nothing(Step step) {
    return () -> {
      step.run();
      return null;
    };
  }

  private void requireWritable(ByteBuffer target) {
    if (target.isReadOnly()) {
      throw new IllegalArgumentException(path() + ": read into a read-only buffer");
    }
  }

  private void requirePosition(Action action, long position) {
    if (position < 0) {
      throw new IllegalArgumentException(
          path() + ": " + action + " to the negative position " + position);
    }
  }

  private void requireCount(int count) {
    if (count < 0) {
      throw new IllegalArgumentException(path() + ": read of " + count + " bytes: use at least 0");
    }
  }
}
