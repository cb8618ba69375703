package dev.withal.files;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.FileSystemException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Reads bytes.
 *
 * <p>Design. The size of a regular file determines the length of the array, but the file may grow
 * meanwhile, and some files don't know their size: the remaining bytes go into further arrays, a
 * small one first and each next one twice as long, which are joined in the end. The bytes of a pipe
 * stay in the channel until all have arrived, so that nothing is lost if the wait for the rest is
 * ended.
 *
 * <p>Used by the holder of the turn only.
 */
record BulkReader(Path path, FileBuffer buffer) {
  static final int MAX_ARRAY = Integer.MAX_VALUE - 8;
  private static final int LEAST = 8 * 1024;

  /** Fills the buffer if enough bytes were read ahead. {@return whether there were} */
  boolean takeAll(ByteBuffer target) {
    boolean enough = target.hasRemaining() && buffer.available() >= target.remaining();
    if (enough) {
      take(target);
    }
    return enough;
  }

  /**
   * Reads until the buffer is full or the file ends. {@return the number of bytes; -1 at the end}
   */
  int read(ByteBuffer target) throws IOException, InterruptedException {
    buffer.writeHeld();
    int wanted = target.remaining();
    take(target);
    while (target.hasRemaining() && (buffer.hasPositions() || target.remaining() == wanted)) {
      boolean through = buffer.isBetterReadThrough(target.remaining());
      if (through ? buffer.readThrough(target) < 0 : !buffer.more()) {
        break;
      }
      take(target);
    }
    int count = wanted - target.remaining();
    return count == 0 && wanted > 0 ? -1 : count;
  }

  private void take(ByteBuffer target) {
    int count = Math.min(buffer.available(), target.remaining());
    target.put(buffer.bytes(), buffer.start(), count);
    buffer.consume(count);
  }

  /** {@return the next bytes, as many as given unless the file ends} */
  byte[] readBytes(int count) throws IOException, InterruptedException {
    if (!buffer.hasPositions()) {
      return buffer.take(buffer.fetch(count));
    }
    return read(count, Math.min(count, Math.max(LEAST, buffer.size() - buffer.at())));
  }

  /** {@return the bytes from the position to the end} */
  byte[] readAll() throws IOException, InterruptedException {
    if (!buffer.hasPositions()) {
      return buffer.take(buffer.fetch(MAX_ARRAY));
    }
    return read(Long.MAX_VALUE, Math.max(0, buffer.size() - buffer.at()));
  }

  /**
   * @param most the maximum number of bytes
   * @param expected the number of bytes as far as it is known
   */
  private byte[] read(long most, long expected) throws IOException, InterruptedException {
    long begin = buffer.at();
    try {
      var first = ByteBuffer.allocate(requireArray(path, expected));
      read(first);
      if (first.hasRemaining() || first.capacity() == most) {
        return joined(List.of(first), first.position());
      }
      var all = new ArrayList<ByteBuffer>(List.of(first));
      long count = first.position();
      ByteBuffer next;
      // Small at first, as nearly always it only shows the end.
      long size = LEAST;
      do {
        next = ByteBuffer.allocate((int) Math.min(most - count, Math.min(size, MAX_ARRAY)));
        size *= 2;
        read(next);
        all.add(next);
        count += next.position();
      } while (count < most && !next.hasRemaining());
      return joined(all, count);
    } catch (Throwable failure) {
      buffer.returnTo(begin);
      throw failure;
    }
  }

  private byte[] joined(List<ByteBuffer> pieces, long count) throws FileSystemException {
    byte[] first = pieces.getFirst().array();
    if (first.length == count) {
      return first;
    }
    ByteBuffer all = ByteBuffer.allocate(requireArray(path, count));
    pieces.forEach(piece -> all.put(piece.flip()));
    return all.array();
  }

  /** Reads bytes of a pipe after those that were read ahead, until there are as many as given. */
  static void fetch(
      Path path, Channel channel, ByteRange range, long position, int count, int capacity)
      throws IOException, InterruptedException {
    if (range.length() >= count) {
      return;
    }
    // One more shows whether there are more than an array can hold.
    long asked = count == MAX_ARRAY ? count + 1L : count;
    long missing = asked - range.length();
    long there = range.length() + channel.await(missing, Math.max(missing, capacity));
    range.makeRoomFor(requireArray(path, Math.min(there, asked)));
    for (int more = 0; more >= 0 && range.length() < Math.min(there, count); ) {
      more = channel.read(range.free(count - range.length()), position + range.length());
      range.added(Math.max(more, 0));
    }
  }

  static int requireArray(Path path, long size) throws FileSystemException {
    if (size > MAX_ARRAY) {
      throw new FileSystemException(
          path.toString(), null, size + " bytes don't fit into one array: read them in pieces");
    }
    return (int) size;
  }

  /** {@return the length of the next array when one of the given length is full} */
  static int larger(Path path, int length) throws FileSystemException {
    if (length == MAX_ARRAY) {
      requireArray(path, length + 1L);
    }
    return (int) Math.min(2L * length, MAX_ARRAY);
  }
}
