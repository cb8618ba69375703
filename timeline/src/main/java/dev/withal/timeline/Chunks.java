package dev.withal.timeline;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * The parts of a recording: each begins with a sign, a version and its length.
 *
 * <p>Design: a program that is killed leaves its last part without a length, and a copy that ends
 * too early one that is shorter than it says. The parts before are whole, and read as such. Within
 * a part, each event begins with its size. A damaged size can send the JDK's reader backwards and
 * around in a circle, so the sizes are checked first.
 */
final class Chunks {
  /** {@code FLR} and a zero. */
  private static final int SIGN = 0x464c5200;

  private static final int LENGTH = 8;
  private static final int FEATURES = 64;
  private static final int HEADER = 68;

  /** The longest encoding of a size, which has seven bits in each byte. */
  private static final int SIZE_BYTES = 9;

  private static final int WINDOW = 1 << 16;

  private Chunks() {}

  static long length(Path file) throws Refusal {
    try (var channel = FileChannel.open(file)) {
      return channel.size();
    } catch (IOException failure) {
      throw unreadable(file, failure);
    }
  }

  /** {@return whether a file begins as a recording does} */
  static boolean isRecording(Path file) throws Refusal {
    try (var channel = FileChannel.open(file)) {
      ByteBuffer begin = ByteBuffer.allocate(Integer.BYTES);
      return channel.read(begin, 0) == Integer.BYTES && begin.getInt(0) == SIGN;
    } catch (IOException failure) {
      throw unreadable(file, failure);
    }
  }

  /** {@return how long the parts are that are complete, together} */
  static long completeLength(Path file) throws Refusal {
    try (var channel = FileChannel.open(file)) {
      long at = 0;
      ByteBuffer header = ByteBuffer.allocate(HEADER);
      while (channel.read(header.clear(), at) == HEADER && header.getInt(0) == SIGN) {
        long length = header.getLong(LENGTH);
        boolean compressed = (header.getInt(FEATURES) & 1) != 0;
        if (length < HEADER
            || length > channel.size() - at
            || (compressed && !isChained(channel, at + HEADER, at + length))) {
          break;
        }
        at += length;
      }
      return at;
    } catch (IOException failure) {
      throw unreadable(file, failure);
    }
  }

  /** {@return whether each event's size leads to the next event, and the last one's to the end} */
  private static boolean isChained(FileChannel channel, long from, long end) throws IOException {
    ByteBuffer window = ByteBuffer.allocate(WINDOW).limit(0);
    long start = from;
    for (long at = from; at < end; ) {
      if (at - start > window.limit() - SIZE_BYTES) {
        start = at;
        channel.read(window.clear(), at);
        window.flip();
      }
      long size = size(window.position((int) (at - start)));
      if (size <= 0 || size > end - at) {
        return false;
      }
      at += size;
    }
    return true;
  }

  /** {@return the size at the position; 0 if there is none} */
  private static long size(ByteBuffer bytes) {
    long size = 0;
    for (int shift = 0; shift < Long.SIZE && bytes.hasRemaining(); shift += 7) {
      byte next = bytes.get();
      size |= (next & 0x7fL) << shift;
      if (next >= 0) {
        return size > Integer.MAX_VALUE ? 0 : size;
      }
    }
    return 0;
  }

  /** {@return a temporary copy of the beginning of a file} */
  static Path copy(Path file, long length) throws Refusal {
    try {
      Path copy = Files.createTempFile("withal-", ".jfr");
      try (var from = FileChannel.open(file);
          var to = FileChannel.open(copy, StandardOpenOption.WRITE)) {
        for (long at = 0; at < length; ) {
          long copied = from.transferTo(at, length - at, to);
          if (copied <= 0) {
            throw new IOException("it became shorter");
          }
          at += copied;
        }
        return copy;
      } catch (IOException failure) {
        delete(copy);
        throw failure;
      }
    } catch (IOException failure) {
      throw unreadable(file, failure);
    }
  }

  /** Deletes a temporary copy, now or as the process ends. */
  static void delete(Path copy) {
    try {
      Files.deleteIfExists(copy);
    } catch (IOException open) {
      copy.toFile().deleteOnExit();
    }
  }

  private static Refusal unreadable(Path file, IOException failure) {
    return new Refusal(file + " can't be read: " + failure.getMessage(), failure);
  }
}
