package dev.withal.files;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.Charset;
import java.nio.charset.CharsetEncoder;
import java.nio.charset.CodingErrorAction;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Encodes text as bytes.
 *
 * <p>Design. A text that isn't long is encoded strictly into the block itself by a retained
 * encoder, which costs no array and no copy; the text is removed from the block if it can't be
 * encoded or doesn't fit. Any other text is encoded before the write has its turn. The JDK encodes
 * a long string fastest as a whole, and puts a question mark for characters that the charset
 * doesn't have. So its output is decoded again, and only if that isn't the text, the text is
 * encoded strictly.
 *
 * <p>Two things depend on earlier writes. The first half of a surrogate pair waits for the second
 * one, which must come with the next write of the same view. And if the charset has byte order
 * marks, that of the file determines the order of writing. One is put in front of text that is
 * written at the beginning.
 */
final class TextEncoder {
  /** The maximum number of characters of a text that are encoded into the block. */
  private static final int SHORT = 8 * 1024;

  private final Path path;
  private final Charset charset;
  private final CodingErrorAction onMalformed;
  private final @Nullable ByteOrderMark mark;
  private final List<ByteOrderMark> marks;

  /** The first half of a pair, or nothing. For the holder of the turn. */
  private String half = "";

  // To encode into the block. For the holder of the turn.
  private @Nullable CharsetEncoder encoder;
  private char[] chars = {};
  private CharBuffer source = CharBuffer.wrap(chars);
  private @Nullable ByteBuffer forPipe;

  TextEncoder(Path path, Charset charset, CodingErrorAction onMalformed) {
    this.path = path;
    this.charset = ByteOrderMark.withoutMark(charset);
    this.onMalformed = onMalformed;
    mark = ByteOrderMark.written(charset);
    marks = ByteOrderMark.of(charset);
  }

  /**
   * {@return the bytes of a text; null if it isn't whole, or can't be encoded} A text that can't be
   * encoded is refused when the write has its turn, because that discards a waiting half as well.
   */
  @Nullable ByteBuffer encodeWhole(String text) {
    try {
      return isWhole(text) ? encode(text, mark) : null;
    } catch (CharacterCodingException toldByTheWrite) {
      return null;
    }
  }

  private static boolean isWhole(String text) {
    return text.isEmpty()
        || !(Character.isLowSurrogate(text.charAt(0))
            || Character.isHighSurrogate(text.charAt(text.length() - 1)));
  }

  /**
   * Holds back the bytes of a text, if that needs only memory. {@return whether it did} If not, the
   * text may be too long, or not in the charset.
   */
  boolean hold(FileBuffer buffer, String text) {
    if (text.isEmpty()
        || text.length() > SHORT
        || !isWhole(text)
        || !half.isEmpty()
        || !(mark == null || (buffer.at() > 0 && isInUsualOrder(buffer.headInMemory())))) {
      return false;
    }
    ByteBuffer room = buffer.room();
    if (room != null) {
      int begin = room.position();
      boolean encoded = encode(text, room);
      if (encoded) {
        buffer.hold(room.position() - begin);
      }
      return encoded;
    }
    if (buffer.hasPositions()) {
      return false;
    }
    if (forPipe == null) {
      forPipe = ByteBuffer.allocate(2 * SHORT);
    }
    return encode(text, forPipe.clear()) && buffer.hold(forPipe.flip());
  }

  /** {@return whether all is encoded; if not, the text has no such bytes, or more than fit} */
  private boolean encode(String text, ByteBuffer into) {
    if (encoder == null) {
      Charset usual = mark == null ? charset : mark.charset();
      if (!usual.canEncode()) {
        return false;
      }
      encoder = encoder(usual, onMalformed);
    }
    int length = text.length();
    if (chars.length < length) {
      chars = new char[Math.min(2 * length, SHORT)];
      source = CharBuffer.wrap(chars);
    }
    text.getChars(0, length, chars, 0);
    return encoder.reset().encode(source.clear().limit(length), into, true).isUnderflow()
        && encoder.flush(into).isUnderflow();
  }

  private boolean isInUsualOrder(byte @Nullable [] head) {
    return marks.size() == 1 || (head != null && mark(head) == mark);
  }

  /** {@return the mark of a file; the usual one if it has none} */
  private @Nullable ByteOrderMark mark(byte[] head) {
    ByteOrderMark there = ByteOrderMark.in(head, marks);
    return there == null ? mark : there;
  }

  /** {@return the mark in whose order to write; null if the charset has none} */
  private @Nullable ByteOrderMark mark(FileBuffer buffer) throws IOException, InterruptedException {
    if (mark == null || marks.size() == 1 || !buffer.hasPositions()) {
      return mark;
    }
    FileHead head = buffer.head();
    if (!head.isKnown(mark.length())) {
      buffer.writeHeld();
    }
    return mark(head.readToWriteBehind(mark.length()));
  }

  /**
   * Writes a text.
   *
   * @param encoded the result of {@link #encodeWhole}
   */
  void write(FileBuffer buffer, String text, @Nullable ByteBuffer encoded)
      throws IOException, InterruptedException {
    ByteOrderMark order = mark(buffer);
    if (half.isEmpty() && encoded != null) {
      write(buffer, order, order == mark ? encoded : encode(text, order));
      return;
    }
    String all = half + text;
    half = "";
    int length = all.length();
    boolean halved = length > 0 && Character.isHighSurrogate(all.charAt(length - 1));
    write(buffer, order, encode(halved ? all.substring(0, length - 1) : all, order));
    half = halved ? all.substring(length - 1) : "";
  }

  private static void write(FileBuffer buffer, @Nullable ByteOrderMark order, ByteBuffer encoded)
      throws IOException, InterruptedException {
    if (order == null || !encoded.hasRemaining() || !buffer.isAtBegin()) {
      buffer.write(encoded);
      return;
    }
    ByteBuffer all = ByteBuffer.allocate(order.length() + encoded.remaining());
    buffer.write(all.put(order.bytes()).put(encoded).flip());
    if (buffer.hasPositions()) {
      buffer.head().keep(order.bytes(), order.length());
    }
  }

  /** Whether half of a pair waits for the other one. */
  boolean isWithinPair() {
    return !half.isEmpty();
  }

  /** Writes the replacement for half of a pair whose other half hasn't come, or fails. */
  void finish(FileBuffer buffer) throws IOException, InterruptedException {
    String alone = half;
    half = "";
    if (!alone.isEmpty()) {
      ByteOrderMark order = mark(buffer);
      write(buffer, order, encode(alone, order));
    }
  }

  private ByteBuffer encode(String text, @Nullable ByteOrderMark order)
      throws CharacterCodingException {
    return encode(path, order == null ? charset : order.charset(), onMalformed, text);
  }

  private static ByteBuffer encode(
      Path path, Charset charset, CodingErrorAction onMalformed, String text)
      throws CharacterCodingException {
    byte[] bytes = text.getBytes(charset);
    return new String(bytes, charset).equals(text)
        ? ByteBuffer.wrap(bytes)
        : strictly(path, charset, onMalformed, text);
  }

  /**
   * {@return the bytes of a file that consists of the text} A byte order mark belongs to a file,
   * not to a text.
   */
  static byte[] encodeFile(Path path, Charset charset, String text) throws MalformedTextException {
    byte[] bytes = text.getBytes(charset);
    if (new String(bytes, charset).equals(text)) {
      return bytes;
    }
    ByteBuffer strict = strictly(path, charset, CodingErrorAction.REPORT, text);
    bytes = new byte[strict.remaining()];
    strict.get(bytes);
    return bytes;
  }

  private static ByteBuffer strictly(
      Path path, Charset charset, CodingErrorAction onMalformed, String text)
      throws MalformedTextException {
    CharsetEncoder encoder = encoder(charset, onMalformed);
    CharBuffer source = CharBuffer.wrap(text);
    try {
      return encoder.encode(source);
    } catch (CharacterCodingException error) {
      throw MalformedTextException.encoding(path, charset, source.position(), error);
    }
  }

  private static CharsetEncoder encoder(Charset charset, CodingErrorAction onMalformed) {
    return charset.newEncoder().onMalformedInput(onMalformed).onUnmappableCharacter(onMalformed);
  }
}
