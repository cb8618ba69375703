package dev.withal.files;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.NonWritableChannelException;
import java.nio.charset.Charset;
import java.nio.file.FileSystemException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * An open file as its users see it: with one position, which knows nothing of blocks.
 *
 * <p>Design. The position is a field, and the channel has none. Beside it there is one range of
 * bytes, of one array. Either they were read ahead, and are what the file has from the position on;
 * or they are held back, and to be written so that they end at the position. Before it reads, it
 * writes what is held back; before it writes, it forgets what was read ahead, as nothing but the
 * range knows of it. The array is exchanged only with the range. An operation that fails brings
 * back the position where it began, and what it had taken is read again.
 *
 * <p>A pipe has its own rules, as it can't be read again. What is written to it isn't held back, a
 * read takes what has come, and nothing is taken from what was read ahead before all is there that
 * was asked for, even if the array must grow for that. Whether bytes are left out that come next
 * (the line feed after a carriage return) is decided when they come, so that nobody waits for them
 * who doesn't want what is behind.
 *
 * <p>The JDK copies what goes to or from an array through a buffer outside the heap that is as big,
 * and keeps that buffer with the thread; so a transfer is cut in pieces.
 *
 * <p>Used by the one who has the turn.
 */
final class FileBuffer {
  static final int PIECE = 256 * 1024;

  /** What is read at a time where none of it may be kept. */
  private static final int SCRATCH = 8 * 1024;

  private static final byte[] NONE = {};

  private final Path path;
  private final Channel channel;
  private final boolean writable;
  private final int capacity;

  private long position;
  private byte[] bytes = NONE;
  private ByteBuffer view = ByteBuffer.wrap(NONE);
  private int start;
  private int end;

  /** Whether the range is held back; else it was read ahead. */
  private boolean held;

  /** What is left out if it comes next. Then the range is none of anybody's until that is known. */
  private byte @Nullable [] leftOut;

  /** The first bytes of the file. */
  private byte @Nullable [] head;

  /** What a decoder must know to go on at the position {@code shiftedAt}. */
  private Shifts shifts = Shifts.NONE;

  private long shiftedAt;

  /**
   * @param writable whether the channel was opened for writing
   * @param capacity how many bytes are read ahead or held back; none are if it is 0
   */
  FileBuffer(Path path, Channel channel, boolean writable, int capacity) {
    this.path = path;
    this.channel = channel;
    this.writable = writable;
    this.capacity = capacity;
  }

  // ---- what was read ahead ---------------------------------------------------------------------

  boolean hasPositions() {
    return channel.hasPositions();
  }

  byte[] bytes() {
    return bytes;
  }

  int start() {
    return start;
  }

  int end() {
    return start + available();
  }

  int available() {
    return held || leftOut != null ? 0 : end - start;
  }

  /** {@return the position of the first byte that was read ahead} */
  long at() {
    return position;
  }

  void consume(int count) {
    start += count;
    position += count;
  }

  /** Reads another block ahead. {@return false at the end of the file} */
  boolean more() throws IOException, InterruptedException {
    return more(1);
  }

  /**
   * Reads another block ahead, or more.
   *
   * @param useful how many bytes are of use, even if that is more than a block
   * @return false at the end of the file
   */
  boolean more(int useful) throws IOException, InterruptedException {
    writeHeld();
    if (leftOut != null) {
      decideLeftOut();
      if (start < end) {
        return true;
      }
    }
    return fill(useful);
  }

  private boolean fill(int useful) throws IOException, InterruptedException {
    makeRoom();
    int most = capacity > 0 || !hasPositions() ? capacity : SCRATCH;
    int room = Math.min(bytes.length - end, Math.max(most, useful));
    int count = channel.read(view.limit(end + room).position(end), position + (end - start));
    end += Math.max(count, 0);
    return count > 0;
  }

  private void makeRoom() throws FileSystemException {
    int length = end - start;
    if (length == 0 && bytes.length > capacity) {
      use(NONE);
    }
    if (bytes.length == 0) {
      use(new byte[capacity > 0 ? capacity : SCRATCH]);
    } else if (length == bytes.length) {
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

  private void use(byte[] array) {
    bytes = array;
    view = ByteBuffer.wrap(array);
  }

  /** Whether another block can't be read ahead but by a larger array. */
  boolean isFull() {
    return bytes.length > 0 && available() == bytes.length;
  }

  /** Leaves bytes out if they are what comes next. At a pipe, that is known when they come. */
  void leaveOut(byte[] next) throws IOException, InterruptedException {
    leftOut = next;
    if (hasPositions() || end - start >= next.length) {
      decideLeftOut();
    }
  }

  private void decideLeftOut() throws IOException, InterruptedException {
    while (leftOut != null) {
      int length = Math.min(leftOut.length, end - start);
      boolean alike = Arrays.equals(bytes, start, start + length, leftOut, 0, length);
      if (alike && length == leftOut.length) {
        consume(length);
        leftOut = null;
      } else if (!alike || !fill(1)) {
        leftOut = null;
      }
    }
  }

  /** Moves the position back to where an operation began that failed. */
  void returnTo(long begin) {
    if (hasPositions()) {
      if (position != begin) {
        position = begin;
        forget();
      }
    } else if (begin == 0 && position > 0) {
      // A mark is all that an operation takes from a pipe before it is done.
      putBack(head, (int) position);
      position = 0;
    }
  }

  private void putBack(byte @Nullable [] taken, int count) {
    byte[] all = new byte[Math.max(bytes.length, count + end - start)];
    System.arraycopy(Objects.requireNonNull(taken), 0, all, 0, count);
    System.arraycopy(bytes, start, all, count, end - start);
    end = count + end - start;
    start = 0;
    use(all);
  }

  /** Keeps nothing that was read ahead, if nothing is to be. */
  void settle() {
    if (capacity == 0 && hasPositions()) {
      forget();
    }
  }

  private void forget() {
    if (!held && hasPositions()) {
      start = 0;
      end = 0;
      leftOut = null;
    }
  }

  // ---- what decoders know ----------------------------------------------------------------------

  /**
   * {@return the first bytes of the file, so many if there are} Of a pipe, there are none once the
   * position is past them, unless they were asked for before.
   */
  byte[] head(int count) throws IOException, InterruptedException {
    if (position == 0) {
      while (available() < count && more()) {
        // Until the end, or enough is there.
      }
      head = Arrays.copyOfRange(bytes, start, start + Math.min(count, available()));
    } else if (head == null || head.length < count) {
      ByteBuffer first = ByteBuffer.allocate(count);
      writeHeld();
      while (hasPositions() && first.hasRemaining() && channel.read(first, first.position()) > 0) {
        // Until the end, or enough is there.
      }
      head = Arrays.copyOf(first.array(), first.position());
    }
    return head;
  }

  /** {@return the first bytes if they are known, and not at the position} */
  byte @Nullable [] headInMemory() {
    return position == 0 ? null : head;
  }

  Shifts shifts(Charset charset) {
    return shiftedAt == position && shifts.isOf(charset) ? shifts : Shifts.NONE;
  }

  void shifts(Shifts atPosition) {
    shifts = atPosition;
    shiftedAt = position;
  }

  // ---- reading ---------------------------------------------------------------------------------

  /** Fills the buffer if what was read ahead is enough for it. {@return whether it was} */
  boolean takeAll(ByteBuffer target) {
    boolean enough = target.hasRemaining() && available() >= target.remaining();
    if (enough) {
      take(target);
    }
    return enough;
  }

  /** Reads until the buffer is full or the file ends. {@return how many bytes; -1 at the end} */
  int read(ByteBuffer target) throws IOException, InterruptedException {
    writeHeld();
    int wanted = target.remaining();
    take(target);
    while (target.hasRemaining() && (hasPositions() || target.remaining() == wanted)) {
      // To read ahead would save a call at most, and cost a copy.
      if (target.remaining() >= capacity / 2 && leftOut == null) {
        if (readThrough(target) < 0) {
          break;
        }
      } else if (more()) {
        take(target);
      } else {
        break;
      }
    }
    int count = wanted - target.remaining();
    return count == 0 && wanted > 0 ? -1 : count;
  }

  private void take(ByteBuffer target) {
    int count = Math.min(available(), target.remaining());
    target.put(bytes, start, count);
    consume(count);
  }

  private int readThrough(ByteBuffer target) throws IOException, InterruptedException {
    int limit = target.limit();
    try {
      int count = channel.read(target.limit(Math.min(limit, target.position() + PIECE)), position);
      position += Math.max(count, 0);
      return count;
    } finally {
      target.limit(limit);
    }
  }

  /** {@return bytes that were read ahead, which are consumed} */
  byte[] take(int count) {
    byte[] taken = Arrays.copyOfRange(bytes, start, start + count);
    consume(count);
    return taken;
  }

  // ---- writing ---------------------------------------------------------------------------------

  /** Holds all bytes back if there is room. {@return whether there was} */
  boolean hold(ByteBuffer source) {
    int count = source.remaining();
    int from = held ? end : 0;
    boolean room =
        writable
            && (held || start == end)
            && hasPositions()
            && from + count <= Math.min(capacity, bytes.length);
    if (room && count > 0) {
      source.get(bytes, from, count);
      start = held ? start : 0;
      end = from + count;
      position += count;
      held = true;
      head = null;
    }
    return room;
  }

  /** Writes the whole buffer, or holds it back. */
  void write(ByteBuffer source) throws IOException, InterruptedException {
    prepareChange();
    if (held && end + source.remaining() > capacity) {
      writeHeld();
    }
    if (source.remaining() >= capacity || !hasPositions()) {
      writeThrough(source);
      return;
    }
    if (!held && bytes.length < capacity) {
      use(new byte[capacity]);
    }
    hold(source);
  }

  /** Forgets what will not be true when the file is changed, if that may be. */
  void prepareChange() {
    if (!writable) {
      throw new NonWritableChannelException();
    }
    if (hasPositions()) {
      head = null;
    }
    forget();
  }

  /** {@return whether nothing is in front of what is written next} */
  boolean isAtBegin() throws IOException {
    return channel.appends() ? channel.size() == 0 && start == end : position == 0;
  }

  private void writeThrough(ByteBuffer source) throws IOException, InterruptedException {
    int limit = source.limit();
    int from = source.position();
    try {
      while (source.position() < limit) {
        channel.write(
            source.limit(Math.min(limit, source.position() + PIECE)),
            position + (source.position() - from));
      }
    } finally {
      source.limit(limit);
      position += source.position() - from;
    }
  }

  /** Writes what is held back; what can't be written stays held back. */
  void writeHeld() throws IOException, InterruptedException {
    if (!held) {
      return;
    }
    while (start < end) {
      start +=
          channel.write(
              view.limit(Math.min(end, start + PIECE)).position(start), position - (end - start));
    }
    held = false;
    start = 0;
    end = 0;
  }

  // ---- the rest --------------------------------------------------------------------------------

  /**
   * {@return where the next byte is read or written; where a decoder can go on, if that is asked}
   */
  long position() throws IOException, InterruptedException {
    if (leftOut != null) {
      decideLeftOut();
    }
    if (shiftedAt == position && shifts != Shifts.NONE && hasPositions()) {
      shifts.refusePosition(path, position, channel.size());
    }
    return channel.appends() ? channel.size() + (end - start) : position;
  }

  void seek(long to) throws IOException, InterruptedException {
    requirePositions(Action.SEEK);
    writeHeld();
    position = to;
    forget();
  }

  void requirePositions(Action action) throws FileSystemException {
    channel.requirePositions();
    if (channel.appends()) {
      throw new IllegalStateException(
          path
              + ": "
              + action
              + " on a file that was opened with APPEND, where all is written to the end: open it"
              + " with WRITE");
    }
  }

  long size() throws IOException, InterruptedException {
    writeHeld();
    return channel.size();
  }

  void truncate(long size) throws IOException, InterruptedException {
    prepareChange();
    writeHeld();
    channel.truncate(size);
  }

  void force() throws IOException, InterruptedException {
    writeHeld();
    channel.force();
  }

  void close() throws IOException, InterruptedException {
    try {
      writeHeld();
    } finally {
      // A closed file may be kept for long.
      use(NONE);
      start = 0;
      end = 0;
      held = false;
      leftOut = null;
      channel.close();
    }
  }
}
