package dev.withal.examples.ingest;

import java.io.IOException;
import java.io.InputStream;
import java.io.Reader;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.nio.charset.StandardCharsets;

/**
 * Decodes UTF-8, skips a byte order mark at the start, and fails on what isn't UTF-8.
 *
 * <p>An {@link java.io.InputStreamReader} that fails does so before it has handed out the good
 * characters in front of the bad bytes. This one hands them out first, so that the line in which
 * the bad bytes are can be told.
 */
final class Utf8Reader extends Reader {
  private static final char BYTE_ORDER_MARK = '\uFEFF';

  private final InputStream in;
  private final CharsetDecoder decoder = StandardCharsets.UTF_8.newDecoder();
  private final ByteBuffer bytes = ByteBuffer.allocate(16 * 1024).limit(0);
  private final CharBuffer chars = CharBuffer.allocate(16 * 1024).limit(0);
  private boolean atStart = true;
  private boolean ended;

  Utf8Reader(InputStream in) {
    this.in = in;
  }

  @Override
  public int read(char[] target, int offset, int length) throws IOException {
    while (!chars.hasRemaining()) {
      if (!decode()) {
        return -1;
      }
    }
    int count = Math.min(length, chars.remaining());
    chars.get(target, offset, count);
    return count;
  }

  /** {@return whether there may be more characters now} False at the end. */
  private boolean decode() throws IOException {
    chars.clear();
    CoderResult result = decoder.decode(bytes, chars, ended);
    chars.flip();
    if (chars.hasRemaining()) {
      skipByteOrderMark();
      return true;
    }
    if (result.isError()) {
      throw new CharacterCodingException();
    }
    if (ended) {
      return false;
    }
    fill();
    return true;
  }

  private void fill() throws IOException {
    bytes.compact();
    int count = in.read(bytes.array(), bytes.position(), bytes.remaining());
    ended = count < 0;
    bytes.position(bytes.position() + Math.max(count, 0)).flip();
  }

  private void skipByteOrderMark() {
    if (atStart && chars.get(chars.position()) == BYTE_ORDER_MARK) {
      chars.get();
    }
    atStart = false;
  }

  @Override
  public void close() throws IOException {
    in.close();
  }
}
