package dev.withal.files;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.FileSystemException;
import java.nio.file.Path;
import java.util.Arrays;

/**
 * Reads much of a file at once.
 *
 * <p>Design. The size of a regular file says how long an array to make, but it may grow meanwhile,
 * and some files don't know theirs. What comes from a pipe stays in the buffer until all is there,
 * so that nothing is lost if the wait for the rest is ended.
 *
 * <p>Used by the one who has the turn.
 */
record BulkReader(Path path, FileBuffer buffer) {
  private static final int MAX_ARRAY = Integer.MAX_VALUE - 8;
  private static final byte[] NONE = {};

  /** {@return the next bytes, so many unless the file ends} */
  byte[] readBytes(int count) throws IOException, InterruptedException {
    if (!buffer.hasPositions()) {
      while (buffer.available() < count && buffer.more()) {
        // Until the end, or enough is there.
      }
      return buffer.take(Math.min(count, buffer.available()));
    }
    long rest = Math.max(0, buffer.size() - buffer.position());
    ByteBuffer target = ByteBuffer.wrap(new byte[(int) Math.min(count, Math.max(rest, 8 * 1024))]);
    buffer.read(target);
    if (target.hasRemaining() || target.capacity() == count) {
      return Arrays.copyOf(target.array(), target.position());
    }
    // It has grown, or doesn't know its size.
    byte[] more = readBytes(count - target.capacity());
    byte[] joined = Arrays.copyOf(target.array(), target.capacity() + more.length);
    System.arraycopy(more, 0, joined, target.capacity(), more.length);
    return joined;
  }

  /** {@return what is from the position to the end} */
  byte[] readAll() throws IOException, InterruptedException {
    if (!buffer.hasPositions()) {
      while (buffer.more()) {
        // Until the end.
      }
      return buffer.take(buffer.available());
    }
    var all = new byte[requireArray(path, Math.max(0, buffer.size() - buffer.position()))];
    int count = Math.max(0, buffer.read(ByteBuffer.wrap(all)));
    if (count < all.length) {
      return Arrays.copyOf(all, count);
    }
    byte[] more = beyondTheSize(count);
    if (more.length == 0) {
      return all;
    }
    byte[] joined = Arrays.copyOf(all, requireArray(path, (long) count + more.length));
    System.arraycopy(more, 0, joined, count, more.length);
    return joined;
  }

  /** {@return what is there beyond the size} The file may grow, or not know its size. */
  private byte[] beyondTheSize(long before) throws IOException, InterruptedException {
    ByteBuffer piece = ByteBuffer.allocate(8 * 1024);
    if (buffer.read(piece) <= 0) {
      return NONE;
    }
    var more = new ByteArrayOutputStream();
    do {
      requireArray(path, before + more.size() + piece.position());
      more.write(piece.array(), 0, piece.position());
    } while (buffer.read(piece.clear()) > 0);
    return more.toByteArray();
  }

  static int requireArray(Path path, long size) throws FileSystemException {
    if (size > MAX_ARRAY) {
      throw new FileSystemException(
          path.toString(), null, size + " bytes don't fit into one array: read them in pieces");
    }
    return (int) size;
  }
}
