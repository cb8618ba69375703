package dev.withal.files;

import java.io.IOException;
import java.nio.charset.Charset;
import java.nio.charset.CodingErrorAction;
import java.nio.file.FileSystemException;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Reads the bytes of a {@link FileBuffer} as text.
 *
 * <p>Design. Where the bytes of a charset tell where a line ends, it is found among them, and then
 * decoded as a whole; elsewhere it is decoded character by character, because only that tells where
 * it ends in bytes. What doesn't fit into a block is taken in pieces, and if the operation fails,
 * the position is put back; from a pipe nothing is taken before all is there. A view has no state
 * of its own: what a decoder has to know is the buffer's, so that each view goes on where another
 * one has left off.
 *
 * <p>Used by the one who has the turn.
 */
final class TextReader {
  /** From here on, a line is measured before more of it is kept. */
  private static final int LONG_LINE = 16 * 1024 * 1024;

  private final Path path;
  private final FileBuffer buffer;
  private final CodingErrorAction onMalformed;
  private final List<ByteOrderMark> marks;

  /** What the text is in; where a mark is found that says something else, in the second. */
  private final Decoding usual;

  private @Nullable Decoding marked;

  TextReader(Path path, FileBuffer buffer, Charset charset, CodingErrorAction onMalformed) {
    this.path = path;
    this.buffer = buffer;
    this.onMalformed = onMalformed;
    marks = ByteOrderMark.of(charset);
    usual = new Decoding(path, ByteOrderMark.withoutMark(charset), onMalformed);
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

  private @Nullable Decoding decodingInMemory() {
    byte[] head = buffer.headInMemory();
    return head == null ? null : decoding(ByteOrderMark.in(head, marks));
  }

  // ---- lines -----------------------------------------------------------------------------------

  /** {@return the next line if it was read ahead; null if that isn't known} */
  @Nullable String lineInMemory() throws IOException, InterruptedException {
    Decoding decoding = marks.isEmpty() ? usual : decodingInMemory();
    if (decoding == null || buffer.available() == 0) {
      return null;
    }
    LineEnds ends = decoding.ends();
    if (ends == null) {
      return null;
    }
    byte[] bytes = buffer.bytes();
    int limit = buffer.end();
    int end = ends.find(bytes, buffer.start(), limit);
    return end == limit || (!ends.isFeed(bytes, end) && end + 2 * ends.width() > limit)
        ? null
        : takeLine(decoding, ends, end);
  }

  /** {@return the next line without its terminator; null at the end} */
  @Nullable String line() throws IOException, InterruptedException {
    long begin = buffer.at();
    try {
      Decoding decoding = decoding();
      LineEnds ends = decoding.ends();
      return ends == null ? lineOfCharacters(decoding) : lineOfBytes(decoding, ends, begin);
    } catch (Throwable failure) {
      buffer.returnTo(begin);
      throw failure;
    } finally {
      buffer.settle();
    }
  }

  private @Nullable String lineOfBytes(Decoding decoding, LineEnds ends, long begin)
      throws IOException, InterruptedException {
    int known = 0;
    while (true) {
      int limit = buffer.end();
      int end = ends.find(buffer.bytes(), buffer.start() + known, limit);
      if (end < limit) {
        return takeLine(decoding, ends, end);
      }
      int available = buffer.available();
      if (buffer.isFull() && buffer.hasPositions()) {
        return longLine(decoding, ends, begin);
      }
      known = available - available % ends.width();
      if (!buffer.more()) {
        if (buffer.available() == 0) {
          return null;
        }
        String line = takeText(decoding, buffer.available(), 0);
        return line.isEmpty() ? null : line;
      }
    }
  }

  /** Takes a line that ends where it says in the buffer. */
  private String takeLine(Decoding decoding, LineEnds ends, int end)
      throws IOException, InterruptedException {
    boolean feed = ends.isFeed(buffer.bytes(), end);
    String line = takeText(decoding, end - buffer.start(), ends.width());
    if (!feed) {
      buffer.leaveOut(ends.feed());
    }
    return line;
  }

  private String takeText(Decoding decoding, int length, int terminator)
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

  /** Takes a line of which a block is only the beginning, piece by piece. */
  private String longLine(Decoding decoding, LineEnds ends, long begin)
      throws IOException, InterruptedException {
    var pieces = new Pieces(path);
    Shifts shifts = begin(decoding);
    boolean measured = false;
    while (true) {
      int from = buffer.start();
      int limit = buffer.end();
      int end = ends.find(buffer.bytes(), from, limit);
      boolean last = end < limit;
      int count = decoding.decode(buffer.bytes(), from, end, last, buffer.at(), pieces);
      shifts = consume(decoding, shifts, count);
      if (last) {
        boolean feed = ends.isFeed(buffer.bytes(), end);
        buffer.shifts(consume(decoding, shifts, ends.width()));
        if (!feed) {
          buffer.leaveOut(ends.feed());
        }
        return pieces.joined();
      }
      if (!measured && buffer.at() - begin > LONG_LINE) {
        requireArray(ends, begin);
        measured = true;
      }
      if (!buffer.more()) {
        from = buffer.start();
        decoding.decode(buffer.bytes(), from, buffer.end(), true, buffer.at(), pieces);
        buffer.shifts(consume(decoding, shifts, buffer.available()));
        return pieces.joined();
      }
    }
  }

  /** Fails if the line that has begun is longer than an array. */
  private void requireArray(LineEnds ends, long begin) throws IOException, InterruptedException {
    long here = buffer.at();
    int end;
    do {
      int available = buffer.available();
      end = ends.find(buffer.bytes(), buffer.start(), buffer.end());
      buffer.consume(
          end < buffer.end() ? end - buffer.start() : available - available % ends.width());
    } while (end == buffer.end() && buffer.more());
    long length = buffer.at() + (end == buffer.end() ? buffer.available() : 0) - begin;
    if (length > BulkReader.MAX_ARRAY) {
      throw new FileSystemException(
          path.toString(),
          null,
          "the line at byte position "
              + begin
              + " has "
              + length
              + " bytes, which is more than fits into an array: read it in pieces");
    }
    buffer.returnTo(here);
  }

  private @Nullable String lineOfCharacters(Decoding decoding)
      throws IOException, InterruptedException {
    var line = new StringBuilder();
    Shifts before = begin(decoding);
    int used = 0;
    boolean ended = false;
    while (true) {
      var one = new Pieces(path);
      int count = decodeOne(decoding, used, ended, one);
      String character = one.joined();
      used += count;
      if (character.equals("\n") || character.equals("\r")) {
        buffer.shifts(consume(decoding, before, used));
        if (character.equals("\r")) {
          buffer.leaveOut(feed(decoding.charset()));
        }
        return line.toString();
      }
      line.append(character);
      if (count == 0 && ended) {
        buffer.shifts(consume(decoding, before, used));
        return line.isEmpty() ? null : line.toString();
      }
      if (count == 0) {
        ended = !buffer.more();
      }
    }
  }

  private static byte[] feed(Charset charset) {
    return charset.canEncode() ? "\n".getBytes(charset) : new byte[] {'\n'};
  }

  // ---- characters ------------------------------------------------------------------------------

  /** {@return so many characters, fewer at the end of the file; one more if they end in a pair} */
  String characters(int count) throws IOException, InterruptedException {
    long begin = buffer.at();
    try {
      return count == 0 ? "" : characters(decoding(), count);
    } catch (Throwable failure) {
      buffer.returnTo(begin);
      throw failure;
    } finally {
      buffer.settle();
    }
  }

  private String characters(Decoding decoding, int count) throws IOException, InterruptedException {
    var text = new Pieces(path);
    Shifts before = begin(decoding);
    int used = 0;
    boolean ended = false;
    while (text.length() < count) {
      long had = text.length();
      int some =
          decoding.hasShifts()
              ? decodeOne(decoding, used, ended, text)
              : decodeSome(decoding, used, ended, text, count - had);
      used += some;
      if (some == 0 && text.length() == had) {
        if (ended) {
          break;
        }
        ended = !buffer.more();
      } else if (buffer.hasPositions()) {
        before = consume(decoding, before, used);
        used = 0;
      }
    }
    buffer.shifts(consume(decoding, before, used));
    return text.joined();
  }

  private int decodeOne(Decoding decoding, int used, boolean ended, Pieces into)
      throws MalformedTextException {
    int from = buffer.start() + used;
    return decoding.decodeOne(buffer.bytes(), from, buffer.end(), ended, buffer.at() + used, into);
  }

  private int decodeSome(Decoding decoding, int used, boolean ended, Pieces into, long most)
      throws MalformedTextException {
    int from = buffer.start() + used;
    return decoding.decode(
        buffer.bytes(), from, buffer.end(), ended, buffer.at() + used, into, most);
  }

  /** {@return all that is left} */
  String rest() throws IOException, InterruptedException {
    long begin = buffer.at();
    try {
      Decoding decoding = decoding();
      return buffer.hasPositions() ? restOfFile(decoding) : restOfPipe(decoding);
    } catch (Throwable failure) {
      buffer.returnTo(begin);
      throw failure;
    } finally {
      buffer.settle();
    }
  }

  private String restOfFile(Decoding decoding) throws IOException, InterruptedException {
    BulkReader.requireArray(path, buffer.size() - buffer.at());
    var pieces = new Pieces(path);
    Shifts shifts = begin(decoding);
    boolean more = true;
    while (more) {
      more = buffer.more();
      int from = buffer.start();
      int count = decoding.decode(buffer.bytes(), from, buffer.end(), !more, buffer.at(), pieces);
      shifts = consume(decoding, shifts, count);
    }
    buffer.shifts(shifts);
    return pieces.joined();
  }

  private String restOfPipe(Decoding decoding) throws IOException, InterruptedException {
    while (buffer.more(BulkReader.MAX_ARRAY)) {
      // Until the end.
    }
    return takeText(decoding, buffer.available(), 0);
  }

  // ---- what decoders know ----------------------------------------------------------------------

  private Shifts begin(Decoding decoding) {
    Shifts inForce = decoding.hasShifts() ? buffer.shifts(decoding.charset()) : Shifts.NONE;
    decoding.begin(inForce);
    return inForce;
  }

  /** Takes bytes that were decoded. {@return the shifts that are in force behind them} */
  private Shifts consume(Decoding decoding, Shifts before, int count) {
    if (!decoding.hasShifts()) {
      buffer.consume(count);
      return before;
    }
    int from = buffer.start();
    Shifts after = before.after(decoding.charset(), buffer.bytes(), from, from + count);
    buffer.consume(count);
    return after;
  }
}
