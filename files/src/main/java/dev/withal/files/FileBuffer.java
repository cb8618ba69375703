package dev.withal.files;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.NonWritableChannelException;
import java.nio.charset.Charset;
import java.nio.file.Path;
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
 * <p>A pipe has its own rules, as it can't be read again. What is written to it goes out at once, a
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

  private final Path path;
  private final Channel channel;
  private final boolean writable;
  private final int capacity;

  private final ByteRange range = new ByteRange();
  private long position;

  /** Whether the range is held back; else it was read ahead. */
  private boolean held;

  /** What is left out if it comes next. Then the range is none of anybody's until that is known. */
  private byte @Nullable [] leftOut;

  private final FileHead head;
  private Shifts shifts = Shifts.NONE;

  /**
   * @param writable whether the channel was opened for writing
   * @param capacity how many bytes are read ahead or held back; none are if it is 0
   */
  FileBuffer(Path path, Channel channel, boolean writable, int capacity) {
    this.path = path;
    this.channel = channel;
    this.writable = writable;
    this.capacity = capacity;
    head = new FileHead(path, channel);
  }

  // ---- what was read ahead ---------------------------------------------------------------------

  boolean hasPositions() {
    return channel.hasPositions();
  }

  byte[] bytes() {
    return range.bytes();
  }

  int start() {
    return range.start();
  }

  int end() {
    return range.start() + available();
  }

  int available() {
    return held || leftOut != null ? 0 : range.length();
  }

  /** {@return the position of the first byte that was read ahead} */
  long at() {
    return position;
  }

  void consume(int count) {
    range.take(count);
    position += count;
  }

  /** Reads another block ahead. {@return false at the end of the file} */
  boolean more() throws IOException, InterruptedException {
    writeHeld();
    if (leftOut != null) {
      decideLeftOut();
      if (range.length() > 0) {
        return true;
      }
    }
    return fill();
  }

  private boolean fill() throws IOException, InterruptedException {
    range.makeRoom(capacity > 0 ? capacity : SCRATCH, path);
    int most = capacity > 0 ? capacity : hasPositions() ? SCRATCH : 1;
    int count = channel.read(range.free(most), position + range.length());
    range.added(Math.max(count, 0));
    return count > 0;
  }

  /**
   * Reads so many bytes of a pipe ahead, even if that is more than a block; fewer if it ends.
   *
   * @return how many there are
   */
  int fetch(int count) throws IOException, InterruptedException {
    writeHeld();
    if (count > 0) {
      decideLeftOut();
    }
    BulkReader.fetch(path, channel, range, position, count, capacity);
    return Math.min(count, available());
  }

  /** Whether another block can't be read ahead but by a larger array. */
  boolean isFull() {
    return available() > 0 && range.fillsItsArray();
  }

  /** Leaves bytes out if they are what comes next. At a pipe, that is known when they come. */
  void leaveOut(byte[] next) throws IOException, InterruptedException {
    leftOut = next;
    if (hasPositions() || range.length() >= next.length) {
      decideLeftOut();
    }
  }

  private void decideLeftOut() throws IOException, InterruptedException {
    while (leftOut != null) {
      boolean alike = range.isAlike(leftOut);
      if (alike && range.length() >= leftOut.length) {
        consume(leftOut.length);
        leftOut = null;
      } else if (!alike || !fill()) {
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
      range.putFirst(head.known(), (int) position);
      position = 0;
    }
  }

  /** Keeps nothing that was read ahead, if nothing is to be. */
  void settle() {
    if (capacity == 0 && hasPositions()) {
      forget();
    }
  }

  private void forget() {
    if (!held && hasPositions()) {
      range.clear();
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
      return head.keep(range.copy(Math.min(count, available())), count);
    }
    writeHeld();
    return head.read(count);
  }

  FileHead head() {
    return head;
  }

  /** {@return the first bytes if they are known, and not at the position} */
  byte @Nullable [] headInMemory() {
    return position == 0 ? null : head.inMemory();
  }

  Shifts shifts(Charset charset) {
    return shifts.at(position, charset);
  }

  /** Says what a decoder must know to go on at the position. */
  void shifts(Shifts inForce) {
    shifts = inForce.at(position);
  }

  // ---- reading ---------------------------------------------------------------------------------

  /** Whether to read so many bytes by a block ahead would save no call, and cost a copy. */
  boolean isBetterReadThrough(int wanted) {
    return wanted >= capacity / 2 && leftOut == null;
  }

  /** Reads past what is read ahead, of which there is none. */
  int readThrough(ByteBuffer target) throws IOException, InterruptedException {
    int count = channel.readPiece(target, position);
    position += Math.max(count, 0);
    return count;
  }

  /** {@return bytes that were read ahead, which are consumed} */
  byte[] take(int count) {
    position += count;
    return range.takeCopy(count);
  }

  // ---- writing ---------------------------------------------------------------------------------

  /** Holds all bytes back if there is room. {@return whether there was} */
  boolean hold(ByteBuffer source) {
    int count = source.remaining();
    if (!hasPositions()) {
      boolean taken = writable && channel.takeWhole(source);
      position += taken ? count : 0;
      return taken;
    }
    ByteBuffer room = room();
    if (room == null || room.remaining() < count) {
      return false;
    }
    if (count > 0) {
      // Faster than to put a buffer into another one, where that is short.
      source.get(range.bytes(), room.position(), count);
      hold(count);
    }
    return true;
  }

  /** {@return the room for what is held back next; null if none is} */
  @Nullable ByteBuffer room() {
    if (!writable || !hasPositions() || !(held || range.length() == 0)) {
      return null;
    }
    return range.room(capacity);
  }

  /** Holds bytes back that were put into the {@link #room}. */
  void hold(int count) {
    range.added(count);
    head.forgetFrom(position);
    position += count;
    held = true;
  }

  /** Writes the whole buffer, or holds it back. */
  void write(ByteBuffer source) throws IOException, InterruptedException {
    requireWritable();
    head.forgetFrom(position);
    forget();
    if (held && range.endWith(source.remaining()) > capacity) {
      writeHeld();
    }
    if (source.remaining() >= capacity || !hasPositions()) {
      int from = source.position();
      try {
        channel.writeAll(source, position);
      } finally {
        position += source.position() - from;
      }
      return;
    }
    if (!held && range.size() < capacity) {
      range.clear(capacity);
    }
    hold(source);
  }

  /** Forgets what will not be true when the file is changed, if that may be. */
  void prepareChange() {
    requireWritable();
    head.forget();
    forget();
  }

  private void requireWritable() {
    if (!writable) {
      throw new NonWritableChannelException();
    }
  }

  /** {@return whether nothing is in front of what is written next} */
  boolean isAtBegin() throws IOException {
    return channel.appends() ? channel.size() == 0 && range.length() == 0 : position == 0;
  }

  /** Returns when all is written. */
  void flush() throws IOException, InterruptedException {
    writeHeld();
    channel.flush();
  }

  /** Writes what is held back; what can't be written stays held back. */
  void writeHeld() throws IOException, InterruptedException {
    while (held && range.length() > 0) {
      range.take(channel.write(range.first(PIECE), position - range.length()));
    }
    held = false;
  }

  // ---- the rest --------------------------------------------------------------------------------

  /**
   * {@return where the next byte is read or written; where a decoder can go on, if that is asked}
   */
  long position() throws IOException, InterruptedException {
    decideLeftOut();
    if (shifts.areAt(position) && hasPositions()) {
      shifts.refusePosition(path, channel.size());
    }
    return channel.appends() ? channel.size() + range.length() : position;
  }

  void seek(long to) throws IOException, InterruptedException {
    channel.requirePositions(Action.SEEK);
    writeHeld();
    position = to;
    forget();
  }

  long size() throws IOException, InterruptedException {
    writeHeld();
    return channel.size();
  }

  void close() throws IOException, InterruptedException {
    try {
      writeHeld();
    } finally {
      // A closed file may be kept for long.
      range.clear(0);
      held = false;
      leftOut = null;
      channel.close();
    }
  }
}
