package dev.withal.files;

import java.io.IOException;
import java.nio.charset.Charset;
import java.nio.charset.CodingErrorAction;
import java.nio.file.FileSystemException;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The bytes of a {@link FileBuffer} for code that reads them as text.
 *
 * <p>Design. A view has no state of its own: the state of a decoder is the buffer's, so that each
 * view continues where another one has stopped. If an operation fails, the position is restored;
 * nothing is taken from a pipe before all bytes are there.
 *
 * <p>Used by the holder of the turn only.
 */
final class TextInput {
  private final Path path;
  private final FileBuffer buffer;
  private final CodingErrorAction onMalformed;
  private final List<ByteOrderMark> marks;

  /** The decoding of the text; the second is used if a mark says otherwise. */
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

  /** Reads something at a position, all of it or nothing. */
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

  /** {@return the decoding of the bytes at the position, which is moved past a mark} */
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

  /** {@return the decoding of the bytes at the position, if it is known} */
  @Nullable Decoding decodingInMemory() {
    if (marks.isEmpty()) {
      return usual;
    }
    byte[] head = buffer.headInMemory();
    return head == null ? null : decoding(ByteOrderMark.in(head, marks));
  }

  /** Prepares the decoder. {@return the shifts that are in force} */
  Shifts begin(Decoding decoding) {
    Shifts inForce = decoding.hasShifts() ? buffer.shifts(decoding.charset()) : Shifts.NONE;
    decoding.begin(inForce);
    return inForce;
  }

  /** Takes bytes that were decoded. {@return the shifts that are in force after them} */
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

  /** {@return bytes that were read ahead, as text, without those of the terminator} */
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
   * Decodes the next character, or a shift, from the bytes that were read ahead.
   *
   * @param used the number of bytes that were decoded before
   * @param ended whether the file has ended
   * @return the number of bytes it took; if none, more are needed
   */
  int decodeOne(Decoding decoding, int used, boolean ended, Pieces into)
      throws MalformedTextException {
    int from = buffer.start() + used;
    return decoding.decodeOne(buffer.bytes(), from, buffer.end(), ended, buffer.at() + used, into);
  }
}
