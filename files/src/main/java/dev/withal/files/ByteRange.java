package dev.withal.files;

import java.nio.ByteBuffer;
import java.nio.file.FileSystemException;
import java.nio.file.Path;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** A range of bytes in an array, which is exchanged only together with it. */
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

  /** Whether no byte can be put behind it but in a larger array. */
  boolean fillsItsArray() {
    return bytes.length > 0 && length() == bytes.length;
  }

  /** {@return how many bytes there would be from the beginning of the array on, with some more} */
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

  /** Begins anew in an array of that size. */
  void clear(int size) {
    use(size == 0 ? NONE : new byte[size]);
    clear();
  }

  private void use(byte[] array) {
    bytes = array;
    view = ByteBuffer.wrap(array);
  }

  /**
   * {@return what is free behind it, so that it ends within so many bytes of the array; null if
   * that is nothing}
   */
  @Nullable ByteBuffer room(int most) {
    if (start == end) {
      clear();
    }
    int limit = Math.min(most, bytes.length);
    return end < limit ? view.limit(limit).position(end) : null;
  }

  /** Says that bytes were put into what was {@link #free}, or {@link #room}. */
  void added(int count) {
    end += count;
  }

  /** {@return what is free behind it, so much at most} */
  ByteBuffer free(int most) {
    return view.limit(end + Math.min(bytes.length - end, most)).position(end);
  }

  /** {@return its first bytes, so many at most} */
  ByteBuffer first(int most) {
    return view.limit(start + Math.min(end - start, most)).position(start);
  }

  byte[] copy(int count) {
    return Arrays.copyOfRange(bytes, start, start + count);
  }

  /** {@return its first bytes, which are taken: if they are all of the array, the array itself} */
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

  /** Whether it begins as the other bytes do, as far as both go. */
  boolean isAlike(byte[] others) {
    int length = Math.min(others.length, length());
    return Arrays.equals(bytes, start, start + length, others, 0, length);
  }

  /**
   * Makes room behind it: in an array of the usual size, unless it doesn't fit into one.
   *
   * @param path what to call the file whose bytes fit into no array
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
   * Makes room for so many bytes with those that are there, and no more if the array is too small.
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
