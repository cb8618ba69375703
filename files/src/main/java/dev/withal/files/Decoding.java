package dev.withal.files;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.Charset;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * Decodes bytes as text, in one charset.
 *
 * <p>Design. Where it is known for each byte whether it begins a character, a String is made in one
 * go, which is the JDK's fastest way. The JDK puts a replacement character where the bytes are
 * malformed; only a string with one is decoded again, strictly. But where the JDK would create a
 * decoder for each String, or three arrays, as for many ideographs in UTF-8, the retained decoder
 * is faster. In other charsets, the decoder continues from piece to piece. It is reset for each
 * operation, so that it doesn't matter how the last one ended.
 *
 * <p>Used by the holder of the turn only.
 */
final class Decoding {
  private static final char REPLACEMENT = '\uFFFD';
  private static final byte[] NONE = {};
  private static final int CHARS = 8 * 1024;

  /** From here on, the first byte of a character in UTF-8 indicates three bytes or more. */
  private static final int OF_THREE_BYTES = 0xE0;

  private final Path path;
  private final Charset charset;
  private final CodingErrorAction onMalformed;
  private final @Nullable LineEnds ends;
  private final boolean shifts;
  private final boolean inOneGo;
  private final boolean ofSingleBytes;
  private final boolean utf8;

  /** Given to the decoder first, so that it takes a byte order mark after that for text. */
  private final byte[] first;

  private final CharsetDecoder decoder;
  private @Nullable CharBuffer chars;

  Decoding(Path path, Charset charset, CodingErrorAction onMalformed) {
    this.path = path;
    this.charset = charset;
    this.onMalformed = onMalformed;
    ends = LineEnds.of(charset);
    shifts = ends == null || Shifts.has(charset);
    inOneGo = ends != null && !shifts && ends.width() <= 2;
    utf8 = charset.equals(StandardCharsets.UTF_8);
    ofSingleBytes =
        ends != null && ends.width() == 1 && inOneGo && LineEnds.isOfSingleBytes(charset);
    first = ends != null && ends.width() == 4 ? ends.feed() : NONE;
    decoder = charset.newDecoder().onMalformedInput(onMalformed).onUnmappableCharacter(onMalformed);
  }

  Charset charset() {
    return charset;
  }

  /** {@return where lines end among the bytes; null if only characters show it} */
  @Nullable LineEnds ends() {
    return ends;
  }

  /** Whether the meaning of bytes may depend on the bytes before. */
  boolean hasShifts() {
    return shifts;
  }

  /** Whether the bytes of a line are decoded in one go, regardless of the bytes before. */
  boolean isInOneGo() {
    return inOneGo;
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

  /**
   * {@return bytes that are whole characters as text}
   *
   * @param position their position in the file
   */
  String inOneGo(byte[] bytes, int from, int length, long position) throws MalformedTextException {
    if (!ofSingleBytes && !utf8 && length <= CHARS) {
      CharBuffer out = chars();
      ByteBuffer source = ByteBuffer.wrap(bytes, from, length);
      CoderResult result = decoder.reset().decode(source, out, true);
      requireWellFormed(result, position + source.position() - from);
      if (result.isUnderflow() && decoder.flush(out).isUnderflow()) {
        return new String(out.array(), 0, out.position());
      }
    }
    var text = new String(bytes, from, length, charset);
    if (onMalformed != CodingErrorAction.REPLACE && text.indexOf(REPLACEMENT) >= 0) {
      ByteBuffer source = ByteBuffer.wrap(bytes, from, length);
      try {
        text = decoder.decode(source).toString();
        // The next piece may be given to the decoder again.
        decoder.reset();
      } catch (CharacterCodingException error) {
        throw malformed(position + source.position() - from, error);
      }
    }
    return text;
  }

  /** Prepares the decoder to continue where the given shifts are in force. */
  void begin(Shifts inForce) {
    decoder.reset();
    byte[] before = inForce == Shifts.NONE ? first : inForce.bytes();
    if (before.length > 0) {
      decoder.decode(ByteBuffer.wrap(before), chars(), false);
    }
  }

  /**
   * Decodes all whole characters.
   *
   * @param last whether nothing follows, so that all bytes must be whole characters
   * @param position the position of the bytes in the file
   * @return the number of bytes it took
   */
  int decode(byte[] bytes, int from, int to, boolean last, long position, Pieces into)
      throws MalformedTextException {
    if (ofSingleBytes || (utf8 && to > from && (bytes[from] & 0xFF) < OF_THREE_BYTES)) {
      int whole = last || ofSingleBytes ? to : wholeUtf8(bytes, from, to);
      into.add(inOneGo(bytes, from, whole - from, position));
      return whole - from;
    }
    ByteBuffer source = ByteBuffer.wrap(bytes, from, to - from);
    CharBuffer out = chars();
    CoderResult result = CoderResult.OVERFLOW;
    while (result.isOverflow()) {
      result = decoder.decode(source, out.clear(), last);
      into.add(out.flip().toString());
    }
    int count = source.position() - from;
    requireWellFormed(result, position + count);
    if (last) {
      decoder.flush(out.clear());
      into.add(out.flip().toString());
    }
    return count;
  }

  /** {@return the end of the bytes that are whole characters, as far as that can be determined} */
  private static int wholeUtf8(byte[] bytes, int from, int to) {
    int at = to;
    while (at > from && to - at < 3 && (bytes[at - 1] & 0xC0) == 0x80) {
      at--;
    }
    if (at == from) {
      return to;
    }
    int lead = bytes[at - 1] & 0xFF;
    int length = lead < 0xC0 ? 1 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
    return to - (at - 1) < length ? at - 1 : to;
  }

  /**
   * Decodes at most the given number of characters; one more if they would end within a surrogate
   * pair, or within a code that stands for two characters.
   *
   * @return the number of bytes it took; even if none, it may have got characters
   */
  int decode(byte[] bytes, int from, int to, boolean last, long position, Pieces into, long most)
      throws MalformedTextException {
    ByteBuffer source = ByteBuffer.wrap(bytes, from, to - from);
    CharBuffer out = chars();
    out.limit((int) Math.min(most, out.capacity() - 1));
    CoderResult result = decoder.decode(source, out, last);
    if (result.isOverflow() && source.position() == from && out.position() == 0) {
      result = decoder.decode(source, out.limit(out.limit() + 1), last);
      int malformed =
          out.position() == 2 && !Character.isHighSurrogate(out.get(0))
              ? malformed(bytes, from, to, last)
              : 0;
      if (malformed > 0) {
        // The replacement of malformed bytes, and a character too many: some decoders recognize
        // such bytes only if a pair would fit.
        out.position(1);
        source.position(from + malformed);
      }
    }
    int count = source.position() - from;
    if (out.position() == 0 && count == 0) {
      requireWellFormed(result, position);
    }
    into.add(out.flip().toString());
    return count;
  }

  /** {@return how many bytes that a decoder replaces come first; 0 if a character does} */
  private int malformed(byte[] bytes, int from, int to, boolean last) {
    ByteBuffer source = ByteBuffer.wrap(bytes, from, to - from);
    CharsetDecoder strict = decoder.charset().newDecoder();
    CoderResult result = strict.decode(source, CharBuffer.allocate(2), last);
    return result.isError() && source.position() == from ? result.length() : 0;
  }

  /**
   * Decodes one character, or a shift.
   *
   * @return the number of bytes it took; if none, more are needed
   */
  int decodeOne(byte[] bytes, int from, int to, boolean last, long position, Pieces into)
      throws MalformedTextException {
    ByteBuffer source = ByteBuffer.wrap(bytes, from, to - from);
    int count = 0;
    CharBuffer out = chars().limit(2);
    CoderResult result = CoderResult.UNDERFLOW;
    // Byte by byte, as a decoder takes a shift together with the next character.
    for (int end = from + 1; end <= to && count == 0 && out.position() == 0; end++) {
      result = decoder.decode(source.limit(end), out, last && end == to);
      count = source.position() - from;
      if (count == 0) {
        requireWellFormed(result, position);
      }
    }
    into.add(out.flip().toString());
    return count;
  }

  private CharBuffer chars() {
    if (chars == null) {
      chars = CharBuffer.allocate(CHARS);
    }
    return chars.clear();
  }

  private void requireWellFormed(CoderResult result, long position) throws MalformedTextException {
    if (result.isError()) {
      try {
        result.throwException();
      } catch (CharacterCodingException error) {
        throw malformed(position, error);
      }
    }
  }

  private MalformedTextException malformed(long position, CharacterCodingException error) {
    return MalformedTextException.decoding(path, charset, position, error);
  }
}
