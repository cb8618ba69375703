package dev.withal.files;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.Charset;
import java.nio.charset.CodingErrorAction;
import java.util.Iterator;
import java.util.Objects;
import java.util.Spliterator;
import java.util.Spliterators;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Flow;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;

/**
 * An open file as text, the value of {@link AsyncFiles#openText}.
 *
 * {@snippet class="dev.withal.files.AsyncFilesSnippetsTest" region="direct"}
 *
 * <p>It is a view of an {@link AsyncFile}, {@link #file()}, and shares its position, its buffer,
 * its order of operations, and its rules for failure, cancellation and threads. Each operation
 * leaves the position after the last byte that it took, so that both can be used in turns.
 *
 * <p><b>Lines</b> end in a line feed, a carriage return, or both; the last one need not. A line
 * that was read ahead needs no task of the executor: its future is already complete. In nearly all
 * charsets, a line is found among the bytes; in a few rare ones it is decoded character by
 * character, which is about ten times as slow. A line must fit into memory, and into an array; a
 * longer one is refused with an {@link IOException} that states its length. At a pipe, no operation
 * waits for the byte after a carriage return: if it is a line feed, the next operation skips it.
 *
 * <p><b>Marks.</b> In {@code UTF-16}, {@code UTF-32} and similar charsets, a byte order mark at the
 * beginning of the file determines how the file is read and written from any position on. It isn't
 * part of the text. One is written in front of text that is written there: that of the file, or
 * otherwise that of the charset. A caller that may only write the file, and not read it, writes in
 * the order of the charset. For marks of files in {@code UTF-8}, see {@link AsyncFile#textByMark
 * textByMark}.
 *
 * <p><b>Halves.</b> A surrogate pair may be split over two writes of one view: its first half waits
 * for the second. If the second doesn't come next, the next write or the exit fails, as for any
 * text that the charset doesn't have.
 *
 * <p><b>Shifts.</b> In charsets with shifts (ISO-2022-JP and similar ones), the meaning of bytes
 * depends on the bytes before them. Where a line begins, {@link AsyncFile#position position} works
 * as in any charset; where {@link #readCharacters readCharacters} ends within a shift, it is
 * refused.
 *
 * <p><b>Malformed text</b> is a {@link CharacterCodingException}, unless another action was chosen.
 * Its message has the position in the file of the first malformed byte. The position of the file is
 * then where the operation began.
 *
 * <p>Thread-safe. A null argument is refused with a {@link NullPointerException}.
 */
public final class AsyncTextFile {
  private final AsyncFile bytes;
  private final OpenFile file;
  private final Charset charset;
  private final TextReader reader;
  private final TextEncoder encoder;
  private final Task.Body<@Nullable String> lineInMemory;
  private final Task.Body<@Nullable String> line;

  AsyncTextFile(AsyncFile bytes, Charset charset, CodingErrorAction onMalformed) {
    this.bytes = bytes;
    this.charset = Objects.requireNonNull(charset, "charset");
    file = bytes.file();
    var input = new TextInput(file.path(), file.buffer(), charset, onMalformed);
    reader = new TextReader(input);
    var lines = new LineReader(input);
    encoder = new TextEncoder(file.path(), charset, onMalformed);
    lineInMemory = lines::lineInMemory;
    line = lines::line;
  }

  /** {@return the same file as bytes, with the same position} */
  public AsyncFile file() {
    return bytes;
  }

  /** {@return the charset of the text} */
  public Charset charset() {
    return charset;
  }

  // ---- reading ---------------------------------------------------------------------------------

  /**
   * Reads a line.
   *
   * @return the line without its terminator; null at the end of the file
   * @throws CharacterCodingException if the bytes aren't text in the charset
   * @throws IOException if the file is closed, or can't be read
   * @throws InterruptedException if the thread is interrupted while it waits
   */
  public @Nullable String readLine() throws IOException, InterruptedException {
    return file.<String>call(Action.READ_LINE, lineInMemory, line);
  }

  /**
   * Reads a line as {@link #readLine} does.
   *
   * @return a future of the line without its terminator; of null at the end of the file
   */
  public CompletableFuture<@Nullable String> readLineAsync() {
    return file.<String>submit(Action.READ_LINE, lineInMemory, line);
  }

  /**
   * {@return the remaining lines, each read when it is requested} Not to be used after the exit. An
   * I/O error is an {@link UncheckedIOException}; so is an interruption, with an {@link
   * java.io.InterruptedIOException} as its cause, and the interrupt flag stays set.
   */
  public Stream<String> lines() {
    return StreamSupport.stream(
        Spliterators.spliteratorUnknownSize(
            new LineIterator(), Spliterator.ORDERED | Spliterator.NONNULL),
        false);
  }

  /**
   * {@return a publisher of the remaining lines} Each subscription continues from the file's
   * position at the time of the request. No more than the buffer is read ahead of the requests. A
   * line that was read ahead is emitted on the requesting thread, others on a thread of the
   * executor.
   */
  public Flow.Publisher<String> publishLines() {
    return new PullPublisher<>(LineSource::new);
  }

  /**
   * Reads from the position to the end of the file.
   *
   * @return the text; empty if the position is at the end or past it
   * @throws CharacterCodingException if the bytes aren't text in the charset
   * @throws IOException if the file is closed, can't be read, or is too long for a string
   * @throws InterruptedException if the thread is interrupted while it waits
   */
  public String readString() throws IOException, InterruptedException {
    return file.<String>call(Action.READ_STRING, reader::rest);
  }

  /**
   * Reads as {@link #readString} does.
   *
   * @return a future of the text; of an empty one if the position is at the end or past it
   */
  public CompletableFuture<String> readStringAsync() {
    return file.submit(Action.READ_STRING, reader::rest);
  }

  /**
   * Reads a number of characters.
   *
   * @param count the number of characters
   * @return the characters; fewer if the file ends before, one more if they would end within a
   *     surrogate pair, or within a code of the charset that stands for two characters
   * @throws IllegalArgumentException if the count is negative
   * @throws CharacterCodingException if the bytes aren't text in the charset
   * @throws IOException if the file is closed, or can't be read
   * @throws InterruptedException if the thread is interrupted while it waits
   */
  public String readCharacters(int count) throws IOException, InterruptedException {
    requireCount(count);
    return file.<String>call(Action.READ_CHARACTERS, () -> reader.characters(count));
  }

  /**
   * Reads as {@link #readCharacters} does.
   *
   * @param count the number of characters
   * @return a future of the characters
   * @throws IllegalArgumentException if the count is negative
   */
  public CompletableFuture<String> readCharactersAsync(int count) {
    requireCount(count);
    return file.submit(Action.READ_CHARACTERS, () -> reader.characters(count));
  }

  // ---- writing ---------------------------------------------------------------------------------

  /**
   * Writes text.
   *
   * @param text the text to write
   * @throws CharacterCodingException if the charset doesn't have a character of it; nothing is
   *     written then
   * @throws IOException if the file is closed, or can't be written
   * @throws InterruptedException if the thread is interrupted while it waits
   */
  public void write(CharSequence text) throws IOException, InterruptedException {
    writeWhole(text.toString());
  }

  /**
   * Writes as {@link #write} does.
   *
   * @param text the text to write
   * @return a future that completes with null when the text is written, or held back
   */
  public CompletableFuture<@Nullable Void> writeAsync(CharSequence text) {
    return writeWholeAsync(text.toString());
  }

  /**
   * Writes text, followed by a line feed.
   *
   * @param text the text to write
   * @throws CharacterCodingException if the charset doesn't have a character of it; nothing is
   *     written then
   * @throws IOException if the file is closed, or can't be written
   * @throws InterruptedException if the thread is interrupted while it waits
   */
  public void writeLine(CharSequence text) throws IOException, InterruptedException {
    writeWhole(text + "\n");
  }

  /**
   * Writes as {@link #writeLine} does.
   *
   * @param text the text to write
   * @return a future that completes with null when the text is written, or held back
   */
  public CompletableFuture<@Nullable Void> writeLineAsync(CharSequence text) {
    return writeWholeAsync(text + "\n");
  }

  /**
   * Writes the elements of a publisher, each followed by a line feed, and requests the next one
   * when the last one is written. Cancelling the future cancels the subscription and the current
   * write.
   *
   * @param lines the publisher of the lines to write
   * @return a future of the number of lines written, when the publisher has completed; it fails as
   *     the publisher or the writing does
   */
  public CompletableFuture<Long> writeLinesAsync(Flow.Publisher<? extends CharSequence> lines) {
    return Written.start(lines, ignored -> 1, this::writeLineAsync);
  }

  private void writeWhole(String text) throws IOException, InterruptedException {
    Action.WRITE.refuseEventLoop();
    if (!file.hold(encoder, text)) {
      ByteBuffer encoded = encoder.encodeWhole(text);
      file.<@Nullable Void>call(Action.WRITE, () -> write(text, encoded));
    }
  }

  private CompletableFuture<@Nullable Void> writeWholeAsync(String text) {
    if (file.hold(encoder, text)) {
      return CompletableFuture.completedFuture(null);
    }
    ByteBuffer encoded = encoder.encodeWhole(text);
    return file.<@Nullable Void>submit(Action.WRITE, () -> write(text, encoded));
  }

  private @Nullable Void write(String text, @Nullable ByteBuffer encoded)
      throws IOException, InterruptedException {
    file.write(encoder, text, encoded);
    return null;
  }

  private void requireCount(int count) {
    if (count < 0) {
      throw new IllegalArgumentException(
          file.path() + ": read of " + count + " characters: use at least 0");
    }
  }

  @Override
  public String toString() {
    return "AsyncTextFile[" + file.path() + ", " + charset + "]";
  }

  /** The remaining lines, for a subscription. */
  private final class LineSource implements PullPublisher.Source<String> {
    @Override
    public CompletableFuture<@Nullable String> next() {
      return readLineAsync();
    }

    @Override
    public @Nullable String ready() {
      try {
        return file.<String>fromMemory(lineInMemory);
      } catch (IOException | InterruptedException ignored) {
        return null; // next() fails in the same way
      }
    }
  }

  /** The remaining lines, for a loop. */
  private final class LineIterator implements Iterator<String> {
    private @Nullable String next;
    private boolean ended;

    @Override
    public boolean hasNext() {
      if (next == null && !ended) {
        try {
          next = readLine();
          ended = next == null;
        } catch (IOException error) {
          throw new UncheckedIOException(error);
        } catch (InterruptedException interruption) {
          throw new UncheckedIOException(FileInput.interrupted(bytes, interruption));
        }
      }
      return next != null;
    }

    @Override
    public String next() {
      if (!hasNext()) {
        throw new java.util.NoSuchElementException("no line is left");
      }
      String line = Objects.requireNonNull(next);
      next = null;
      return line;
    }
  }
}
