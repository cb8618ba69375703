package dev.withal.files;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.Charset;
import java.nio.charset.CharsetEncoder;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/**
 * Makes bytes of text.
 *
 * <p>Design. The JDK encodes a string fastest as a whole, and puts a question mark for what the
 * charset doesn't have. So what it made is decoded again, and only if that isn't the text, the text
 * is encoded strictly.
 */
final class TextEncoder {
  private final Path path;
  private final Charset charset;
  private final CodingErrorAction onMalformed;

  TextEncoder(Path path, Charset charset, CodingErrorAction onMalformed) {
    this.path = path;
    // Or it would put a byte order mark in front of each text.
    this.charset = charset.equals(StandardCharsets.UTF_16) ? StandardCharsets.UTF_16BE : charset;
    this.onMalformed = onMalformed;
  }

  ByteBuffer encode(CharSequence text, String ending) throws CharacterCodingException {
    String whole = text + ending;
    byte[] bytes = whole.getBytes(charset);
    return new String(bytes, charset).equals(whole) ? ByteBuffer.wrap(bytes) : strictly(whole);
  }

  /**
   * {@return the bytes of a file that is the text} A byte order mark is one file's, not a text's.
   */
  static byte[] encodeFile(Path path, Charset charset, String text) throws MalformedTextException {
    byte[] bytes = text.getBytes(charset);
    if (new String(bytes, charset).equals(text)) {
      return bytes;
    }
    ByteBuffer strict = new TextEncoder(path, charset, CodingErrorAction.REPORT).strictly(text);
    bytes = new byte[strict.remaining()];
    strict.get(bytes);
    return bytes;
  }

  private ByteBuffer strictly(String text) throws MalformedTextException {
    CharsetEncoder encoder =
        charset.newEncoder().onMalformedInput(onMalformed).onUnmappableCharacter(onMalformed);
    CharBuffer source = CharBuffer.wrap(text);
    try {
      return encoder.encode(source);
    } catch (CharacterCodingException error) {
      throw MalformedTextException.encoding(path, charset, source.position(), error);
    }
  }
}
