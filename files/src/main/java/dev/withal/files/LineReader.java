package dev.withal.files;

import java.io.IOException;
import java.nio.charset.Charset;
import java.nio.file.FileSystemException;
import org.jspecify.annotations.Nullable;

/**
 * Reads lines.
 *
 * <p>Design. If the bytes of a charset show where a line ends, the end is found among them, and
 * then the line is decoded as a whole. In other charsets the line is decoded character by
 * character, because only that shows where it ends in bytes. A line that is longer than a block is
 * taken in pieces.
 *
 * <p>Used by the holder of the turn only.
 */
final class LineReader {
  /** From this length on, a line is measured before more of it is kept. */
  private static final int LONG_LINE = 16 * 1024 * 1024;

  private final TextInput input;
  private final FileBuffer buffer;

  LineReader(TextInput input) {
    this.input = input;
    buffer = input.buffer();
  }

  /** {@return the next line if it was read ahead; null if that isn't known} */
  @Nullable String lineInMemory() throws IOException, InterruptedException {
    Decoding decoding = input.decodingInMemory();
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
    return input.<@Nullable String>read(decoding -> {
      LineEnds ends = decoding.ends();
      return ends == null ? lineOfCharacters(decoding) : lineOfBytes(decoding, ends, begin);
    });
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
        String line = input.take(decoding, buffer.available(), 0);
        return line.isEmpty() ? null : line;
      }
    }
  }

  /** Takes a line that ends at the given place in the buffer. */
  private String takeLine(Decoding decoding, LineEnds ends, int end)
      throws IOException, InterruptedException {
    boolean feed = ends.isFeed(buffer.bytes(), end);
    String line = input.take(decoding, end - buffer.start(), ends.width());
    if (!feed) {
      buffer.leaveOut(ends.feed());
    }
    return line;
  }

  /** Takes a line that is longer than a block, piece by piece. */
  private String longLine(Decoding decoding, LineEnds ends, long begin)
      throws IOException, InterruptedException {
    var pieces = new Pieces(input.path());
    Shifts shifts = input.begin(decoding);
    boolean measured = false;
    while (true) {
      int from = buffer.start();
      int limit = buffer.end();
      int end = ends.find(buffer.bytes(), from, limit);
      boolean last = end < limit;
      int count = decoding.decode(buffer.bytes(), from, end, last, buffer.at(), pieces);
      shifts = input.consume(decoding, shifts, count);
      if (last) {
        boolean feed = ends.isFeed(buffer.bytes(), end);
        buffer.shifts(input.consume(decoding, shifts, ends.width()));
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
        buffer.shifts(input.consume(decoding, shifts, buffer.available()));
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
          input.path().toString(),
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
    Shifts before = input.begin(decoding);
    int used = 0;
    boolean ended = false;
    while (true) {
      var one = new Pieces(input.path());
      int count = input.decodeOne(decoding, used, ended, one);
      String character = one.joined();
      used += count;
      if (character.equals("\n") || character.equals("\r")) {
        buffer.shifts(input.consume(decoding, before, used));
        if (character.equals("\r")) {
          buffer.leaveOut(feed(decoding.charset()));
        }
        return line.toString();
      }
      line.append(character);
      if (count == 0 && ended) {
        buffer.shifts(input.consume(decoding, before, used));
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
}
