package dev.withal.files;

import java.nio.ByteBuffer;
import java.nio.file.FileSystemException;
import java.nio.file.Path;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** A range of bytes in an array, which is replaced only together with the range. */
final class ByteRange {
  private static final byte[] NONE = {};

  private byte[] bytes = NONE;
  private ByteBuffer view = ByteBuffer.wrap(NONE);
  private int start;
  private int end;

  byte[] bytes() {
    return bytes;
  }

  int start() {
    return start;
  }

  int length() {
    return end - start;
  }

  /** Whether no byte fits after it without a larger array. */
  boolean fillsItsArray() {
    return bytes.length > 0 && length() == bytes.length;
  }

  /** {@return the number of bytes from the beginning of the array on, if so many are added} */
  int endWith(int more) {
    return (start == end ? 0 : end) + more;
  }

  int size() {
    return bytes.length;
  }

  void take(int count) {
    start += count;
  }

  void clear() {
    start = 0;
    end = 0;
  }

  /** Begins anew in an array of the given size. */
  void clear(int size) {
    use(size == 0 ? NONE : new byte[size]);
    clear();
  }

  private void use(byte[] array) {
    bytes = array;
    view = ByteBuffer.wrap(array);
  }

  /**
   * {@return the free space after it, such that it ends within the given number of bytes of the
   * array; null if there is none}
   */
  @Nullable ByteBuffer room(int most) {
    if (start == end) {
      clear();
    }
    int limit = Math.min(most, bytes.length);
    return end < limit ? view.limit(limit).position(end) : null;
  }

  /** Records that bytes were put into the space from {@link #free} or {@link #room}. */
  void added(int count) {
    end += count;
  }

  /** {@return the free space after it, at most as much as given} */
  ByteBuffer free(int most) {
    return view.limit(end + Math.min(bytes.length - end, most)).position(end);
  }

  /** {@return its first bytes, at most as many as given} */
  ByteBuffer first(int most) {
    return view.limit(start + Math.min(end - start, most)).position(start);
  }

  byte[] copy(int count) {
    return Arrays.copyOfRange(bytes, start, start + count);
  }

  /** {@return its first bytes, which are taken: the array itself if they are all of it} */
  byte[] takeCopy(int count) {
    if (start == 0 && count == bytes.length) {
      byte[] all = bytes;
      clear(0);
      return all;
    }
    byte[] taken = copy(count);
    take(count);
    return taken;
  }

  /** Whether it begins like the other bytes, up to the shorter length. */
  boolean isAlike(byte[] others) {
    int length = Math.min(others.length, length());
    return Arrays.equals(bytes, start, start + length, others, 0, length);
  }

  /**
   * Makes room after it: in an array of the usual size, unless the bytes don't fit into one.
   *
   * @param path the path of the file, for the error if the bytes fit into no array
   */
  void makeRoom(int usual, Path path) throws FileSystemException {
    int length = length();
    if (length == 0 && bytes.length != usual) {
      use(new byte[usual]);
    } else if (fillsItsArray()) {
      byte[] full = bytes;
      int from = start;
      use(new byte[BulkReader.larger(path, length)]);
      System.arraycopy(full, from, bytes, 0, length);
    } else if (start > 0) {
      System.arraycopy(bytes, start, bytes, 0, length);
    }
    start = 0;
    end = length;
  }

  /**
   * Makes room for a number of bytes, including the present ones, and for no more if the array is
   * too small.
   */
  void makeRoomFor(int count) {
    int length = length();
    byte[] all = bytes.length < count ? new byte[count] : bytes;
    System.arraycopy(bytes, start, all, 0, length);
    if (all != bytes) {
      use(all);
    }
    start = 0;
    end = length;
  }

  /** Puts bytes in front of it. */
  void putFirst(byte[] before, int count) {
    byte[] all = new byte[Math.max(bytes.length, count + length())];
    System.arraycopy(before, 0, all, 0, count);
    System.arraycopy(bytes, start, all, count, length());
    end = count + length();
    start = 0;
    use(all);
  }
}
