package dev.withal.files;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.Charset;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CodingErrorAction;
import java.nio.file.FileSystemException;
import java.nio.file.Path;
import java.util.Arrays;

/**
 * How bytes go between a channel and memory.
 *
 * <p>Design. The JDK copies what goes to or from an array through a buffer outside the heap that is
 * as big, and keeps that buffer with the thread. So a transfer is cut in pieces.
 */
final class Transfer {
  private static final int PIECE = 256 * 1024;
  private static final int MAX_ARRAY = Integer.MAX_VALUE - 8;

  private Transfer() {}

  /** Reads until the buffer is full or the file ends. {@return how many bytes; -1 at the end} */
  static int fill(Channel channel, ByteBuffer target) throws IOException {
    int start = target.position();
    int end = target.limit();
    int count = 0;
    try {
      do {
        target.limit(Math.min(end, target.position() + PIECE));
        count = channel.read(target);
      } while (count > 0 && target.position() < end);
    } finally {
      target.limit(end);
    }
    int total = target.position() - start;
    return total == 0 ? count : total;
  }

  /** Writes until the buffer is empty. */
  static void drain(Channel channel, ByteBuffer source) throws IOException {
    int end = source.limit();
    try {
      while (source.position() < end) {
        source.limit(Math.min(end, source.position() + PIECE));
        channel.write(source);
      }
    } finally {
      source.limit(end);
    }
  }

  /** {@return what is from the position to the end} */
  static byte[] all(Channel channel, Path path) throws IOException {
    var bytes = new byte[requireArray(path, Math.max(0, channel.size() - channel.position()))];
    int count = Math.max(0, fill(channel, ByteBuffer.wrap(bytes)));
    if (count < bytes.length) {
      return Arrays.copyOf(bytes, count);
    }
    byte[] more = unexpected(channel, path, count);
    if (more.length == 0) {
      return bytes;
    }
    byte[] joined = Arrays.copyOf(bytes, requireArray(path, (long) count + more.length));
    System.arraycopy(more, 0, joined, count, more.length);
    return joined;
  }

  /** {@return what is there beyond the size} The file may grow, or not know its size, as a pipe. */
  private static byte[] unexpected(Channel channel, Path path, long before) throws IOException {
    var bytes = new ByteArrayOutputStream(0);
    ByteBuffer piece = ByteBuffer.allocate(8 * 1024);
    while (fill(channel, piece.clear()) > 0) {
      requireArray(path, before + bytes.size() + piece.position());
      bytes.write(piece.array(), 0, piece.position());
    }
    return bytes.toByteArray();
  }

  private static int requireArray(Path path, long size) throws FileSystemException {
    if (size > MAX_ARRAY) {
      throw new FileSystemException(
          path.toString(), null, size + " bytes don't fit into one array: read them in pieces");
    }
    return (int) size;
  }

  /** {@return what is from the position to the end} If it isn't text, the position stays. */
  static String text(Channel channel, Path path, Charset charset) throws IOException {
    long start = channel.position();
    ByteBuffer bytes = ByteBuffer.wrap(all(channel, path));
    CharsetDecoder decoder =
        charset
            .newDecoder()
            .onMalformedInput(CodingErrorAction.REPORT)
            .onUnmappableCharacter(CodingErrorAction.REPORT);
    try {
      return decoder.decode(bytes).toString();
    } catch (CharacterCodingException error) {
      var malformed = new MalformedTextException(path, charset, start + bytes.position(), error);
      try {
        channel.seek(start);
      } catch (IOException unmoved) {
        malformed.addSuppressed(unmoved);
      }
      throw malformed;
    }
  }
}
