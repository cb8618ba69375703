package dev.withal.files;

import java.io.IOException;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.Charset;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Reads the bytes of a {@link FileBuffer} as text.
 *
 * <p>Design. In a charset of {@link #BY_BYTES} the byte of a line terminator is nothing else, so a
 * line is found among the bytes, eight at a time, and made a String in one go, which the JDK does
 * fastest. It puts a replacement character where the bytes are malformed; only a line that has one
 * is decoded again, strictly. In other charsets a line is decoded character by character, because
 * only that tells where it ends in bytes. Nothing is consumed before it is decoded.
 *
 * <p>Used by the one who has the turn.
 */
final class TextReader {
  private static final Set<Charset> BY_BYTES =
      Set.of(StandardCharsets.UTF_8, StandardCharsets.US_ASCII, StandardCharsets.ISO_8859_1);

  private static final VarHandle LONGS =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
  private static final long ONES = 0x0101010101010101L;
  private static final long HIGH_BITS = 0x8080808080808080L;
  private static final char REPLACEMENT = '\uFFFD';

  private final Path path;
  private final FileBuffer buffer;
  private final Charset charset;
  private final CodingErrorAction onMalformed;
  private final boolean byBytes;
  private final CharsetDecoder decoder;

  /** The position behind a carriage return that ended a line; a line feed there belongs to it. */
  private long afterReturn = -1;

  /** The position up to which the decoder has come. */
  private long decodedTo = -1;

  TextReader(Path path, FileBuffer buffer, Charset charset, CodingErrorAction onMalformed) {
    this.path = path;
    this.buffer = buffer;
    this.charset = charset;
    this.onMalformed = onMalformed;
    byBytes = BY_BYTES.contains(charset);
    decoder = charset.newDecoder().onMalformedInput(onMalformed).onUnmappableCharacter(onMalformed);
  }

  // ---- lines -----------------------------------------------------------------------------------

  /** {@return the next line if it was read ahead; null if that isn't known} */
  @Nullable String lineInMemory() throws IOException, InterruptedException {
    if (!byBytes || buffer.available() == 0) {
      return null;
    }
    skipLineFeed();
    int end = terminator(buffer.bytes(), buffer.start(), buffer.end());
    return end < buffer.end() ? takeLine(end) : null;
  }

  /** {@return the next line without its terminator; null at the end} */
  @Nullable String line() throws IOException, InterruptedException {
    if (!byBytes) {
      return lineOfCharacters();
    }
    if (buffer.available() == 0 && !buffer.more()) {
      return null;
    }
    skipLineFeed();
    return lineOfBytes();
  }

  private @Nullable String lineOfBytes() throws IOException, InterruptedException {
    int known = 0;
    while (true) {
      int end = terminator(buffer.bytes(), buffer.start() + known, buffer.end());
      if (end < buffer.end()) {
        return takeLine(end);
      }
      known = buffer.available();
      if (!buffer.more()) {
        return known == 0 ? null : takeText(known, 0);
      }
    }
  }

  private String takeLine(int end) throws IOException, InterruptedException {
    byte[] bytes = buffer.bytes();
    int length = end - buffer.start();
    if (bytes[end] == '\n') {
      return takeText(length, 1);
    }
    if (end + 1 < buffer.end()) {
      return takeText(length, bytes[end + 1] == '\n' ? 2 : 1);
    }
    String line = takeText(length, 1);
    afterReturn = buffer.position();
    return line;
  }

  private void skipLineFeed() throws IOException, InterruptedException {
    if (afterReturn >= 0) {
      // Who has moved the position since then has made it another line.
      if (afterReturn == buffer.position() && buffer.bytes()[buffer.start()] == '\n') {
        buffer.consume(1);
      }
      afterReturn = -1;
    }
  }

  /** {@return where the first line terminator is; {@code to} if there is none} */
  private static int terminator(byte[] bytes, int from, int to) {
    int at = from;
    for (; at <= to - Long.BYTES; at += Long.BYTES) {
      long eight = (long) LONGS.get(bytes, at);
      long feed = eight ^ ONES * '\n';
      long carriage = eight ^ ONES * '\r';
      // The lowest high bit that is set marks the first byte that has become zero.
      long found = (((feed - ONES) & ~feed) | ((carriage - ONES) & ~carriage)) & HIGH_BITS;
      if (found != 0) {
        return at + (Long.numberOfTrailingZeros(found) >>> 3);
      }
    }
    while (at < to && bytes[at] != '\n' && bytes[at] != '\r') {
      at++;
    }
    return at;
  }

  private String takeText(int length, int terminator) throws IOException, InterruptedException {
    byte[] bytes = buffer.bytes();
    int from = buffer.start();
    var text = new String(bytes, from, length, charset);
    if (onMalformed != CodingErrorAction.REPLACE && text.indexOf(REPLACEMENT) >= 0) {
      text = strictly(bytes, from, length, buffer.position());
    }
    buffer.consume(length + terminator);
    return text;
  }

  private String strictly(byte[] bytes, int from, int length, long position)
      throws MalformedTextException {
    ByteBuffer source = ByteBuffer.wrap(bytes, from, length);
    try {
      return decoder.decode(source).toString();
    } catch (CharacterCodingException error) {
      throw MalformedTextException.decoding(
          path, charset, position + source.position() - from, error);
    }
  }

  /** {@return all bytes of a file as text} */
  static String decode(Path path, Charset charset, byte[] bytes) throws MalformedTextException {
    ByteBuffer source = ByteBuffer.wrap(bytes);
    try {
      return charset.newDecoder().decode(source).toString();
    } catch (CharacterCodingException error) {
      throw MalformedTextException.decoding(path, charset, source.position(), error);
    }
  }

  // ---- characters ------------------------------------------------------------------------------

  private @Nullable String lineOfCharacters() throws IOException, InterruptedException {
    boolean joined = afterReturn == buffer.position();
    afterReturn = -1;
    resume();
    var line = new StringBuilder();
    CharBuffer out = CharBuffer.allocate(2);
    int used = 0;
    for (int count = decode(0, out.limit(1)); count >= 0; count = decode(used, out.limit(1))) {
      used += count;
      char last = out.position() == 0 ? 0 : out.get(0);
      if (last == '\r' || (last == '\n' && !joined)) {
        consume(used);
        afterReturn = last == '\r' ? buffer.position() : -1;
        return line.toString();
      }
      if (last != '\n') {
        line.append(out.flip());
      }
      joined &= out.position() == 0 && last == 0;
      out.clear();
    }
    consume(used);
    return line.isEmpty() ? null : line.toString();
  }

  /** {@return so many characters, fewer at the end of the file; one more if they end in a pair} */
  String characters(int count) throws IOException, InterruptedException {
    resume();
    CharBuffer out = CharBuffer.allocate(count + 1).limit(count);
    int used = 0;
    while (out.position() < count) {
      int some = decode(used, out);
      if (some < 0) {
        break;
      }
      used += some;
    }
    consume(used);
    return out.flip().toString();
  }

  /** {@return all that is left} */
  String rest() throws IOException, InterruptedException {
    if (!byBytes) {
      return restOfCharacters();
    }
    long position = buffer.position();
    byte[] bytes = new BulkReader(path, buffer).readAll();
    try {
      return takenText(bytes, position);
    } catch (MalformedTextException error) {
      buffer.putBack(bytes);
      throw error;
    }
  }

  private String takenText(byte[] bytes, long position) throws MalformedTextException {
    var text = new String(bytes, charset);
    return onMalformed != CodingErrorAction.REPLACE && text.indexOf(REPLACEMENT) >= 0
        ? strictly(bytes, 0, bytes.length, position)
        : text;
  }

  private String restOfCharacters() throws IOException, InterruptedException {
    resume();
    var rest = new StringBuilder();
    CharBuffer out = CharBuffer.allocate(8 * 1024);
    int used = 0;
    for (int count = decode(0, out); count >= 0; count = decode(used, out)) {
      used += count;
      rest.append(out.flip());
      out.clear().limit(out.capacity() - 1);
    }
    consume(used);
    return rest.toString();
  }

  /**
   * Decodes what was read ahead, from the byte {@code used} on; reads more if that is no character.
   *
   * @param out gets the characters; its limit may be raised by one, for the second of a pair
   * @return how many bytes it took; -1 at the end
   */
  private int decode(int used, CharBuffer out) throws IOException, InterruptedException {
    int before = out.position();
    boolean ended = false;
    while (true) {
      int from = buffer.start() + used;
      ByteBuffer source = ByteBuffer.wrap(buffer.bytes(), from, buffer.available() - used);
      CoderResult result = decoder.decode(source, out, ended);
      int count = source.position() - from;
      if (ended) {
        decoder.reset();
      }
      if (count > 0 || out.position() > before) {
        return count;
      }
      if (result.isError()) {
        try {
          result.throwException();
        } catch (CharacterCodingException error) {
          throw MalformedTextException.decoding(path, charset, buffer.position() + used, error);
        }
      }
      if (result.isOverflow()) {
        out.limit(out.limit() + 1);
      } else if (ended) {
        return -1;
      } else {
        ended = !buffer.more();
      }
    }
  }

  private void consume(int used) throws IOException, InterruptedException {
    buffer.consume(used);
    decodedTo = buffer.position();
  }

  /** Forgets what the decoder knows of the bytes before, unless it goes on where it was. */
  private void resume() throws IOException, InterruptedException {
    if (buffer.position() != decodedTo) {
      decoder.reset();
    }
  }
}
