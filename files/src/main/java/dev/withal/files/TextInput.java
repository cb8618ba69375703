package dev.withal.files;

import java.io.IOException;
import java.nio.charset.Charset;
import java.nio.charset.CodingErrorAction;
import java.nio.file.FileSystemException;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The bytes of a {@link FileBuffer} for those who read them as text.
 *
 * <p>Design. A view has no state of its own: what a decoder has to know is the buffer's, so that
 * each view goes on where another one has left off. If an operation fails, the position is put
 * back; from a pipe nothing is taken before all is there.
 *
 * <p>Used by the one who has the turn.
 */
final class TextInput {
  private final Path path;
  private final FileBuffer buffer;
  private final CodingErrorAction onMalformed;
  private final List<ByteOrderMark> marks;

  /** What the text is in; where a mark is found that says something else, in the second. */
  private final Decoding usual;

  private @Nullable Decoding marked;

  TextInput(Path path, FileBuffer buffer, Charset charset, CodingErrorAction onMalformed) {
    this.path = path;
    this.buffer = buffer;
    this.onMalformed = onMalformed;
    marks = ByteOrderMark.of(charset);
    usual = new Decoding(path, ByteOrderMark.withoutMark(charset), onMalformed);
  }

  Path path() {
    return path;
  }

  FileBuffer buffer() {
    return buffer;
  }

  /** What is read at a position, all of it or nothing. */
  @FunctionalInterface
  interface Reading<R extends @Nullable Object> {
    R read(Decoding decoding) throws IOException, InterruptedException;
  }

  /** Reads; if it fails, the position is where it was. */
  <R extends @Nullable Object> R read(Reading<R> reading) throws IOException, InterruptedException {
    long begin = buffer.at();
    try {
      return reading.read(decoding());
    } catch (Throwable failure) {
      buffer.returnTo(begin);
      throw failure;
    } finally {
      buffer.settle();
    }
  }

  /** {@return how to decode what is at the position, which is moved past a mark} */
  private Decoding decoding() throws IOException, InterruptedException {
    if (marks.isEmpty()) {
      return usual;
    }
    byte[] head = buffer.head(marks.getFirst().length());
    ByteOrderMark mark = ByteOrderMark.in(head, marks);
    if (mark != null && buffer.at() == 0) {
      buffer.consume(mark.length());
    }
    return decoding(mark);
  }

  private Decoding decoding(@Nullable ByteOrderMark mark) {
    if (mark == null || mark.charset().equals(usual.charset())) {
      return usual;
    }
    if (marked == null) {
      marked = new Decoding(path, mark.charset(), onMalformed);
    }
    return marked;
  }

  /** {@return how to decode what is at the position, if that is known} */
  @Nullable Decoding decodingInMemory() {
    if (marks.isEmpty()) {
      return usual;
    }
    byte[] head = buffer.headInMemory();
    return head == null ? null : decoding(ByteOrderMark.in(head, marks));
  }

  /** Makes the decoder ready. {@return the shifts that are in force} */
  Shifts begin(Decoding decoding) {
    Shifts inForce = decoding.hasShifts() ? buffer.shifts(decoding.charset()) : Shifts.NONE;
    decoding.begin(inForce);
    return inForce;
  }

  /** Takes bytes that were decoded. {@return the shifts that are in force behind them} */
  Shifts consume(Decoding decoding, Shifts before, int count) {
    if (!decoding.hasShifts()) {
      buffer.consume(count);
      return before;
    }
    int from = buffer.start();
    Shifts after = before.after(decoding.charset(), buffer.bytes(), from, from + count);
    buffer.consume(count);
    return after;
  }

  /** {@return bytes that were read ahead, as text; those of the terminator are left out} */
  String take(Decoding decoding, int length, int terminator)
      throws FileSystemException, MalformedTextException {
    int from = buffer.start();
    String text;
    if (decoding.isInOneGo()) {
      text = decoding.inOneGo(buffer.bytes(), from, length, buffer.at());
      buffer.consume(length + terminator);
      return text;
    }
    var pieces = new Pieces(path);
    Shifts before = begin(decoding);
    decoding.decode(buffer.bytes(), from, from + length, true, buffer.at(), pieces);
    text = pieces.joined();
    buffer.shifts(consume(decoding, before, length + terminator));
    return text;
  }

  /**
   * Decodes the next character, or what shifts, of what was read ahead.
   *
   * @param used how many bytes were decoded before
   * @param ended whether the file has ended
   * @return how many bytes it took; with none, more are needed
   */
  int decodeOne(Decoding decoding, int used, boolean ended, Pieces into)
      throws MalformedTextException {
    int from = buffer.start() + used;
    return decoding.decodeOne(buffer.bytes(), from, buffer.end(), ended, buffer.at() + used, into);
  }
}
