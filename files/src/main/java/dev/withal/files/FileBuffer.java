package dev.withal.files;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.NonWritableChannelException;
import java.nio.charset.Charset;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * An open file as its users see it: with one position, which is independent of blocks.
 *
 * <p>Design. The position is a field, and the channel has none. Next to it there is one range of
 * bytes, of one array. Either these were read ahead, and are the file's bytes from the position on;
 * or they are held back, to be written so that they end at the position. Before it reads, it writes
 * the bytes that are held back; before it writes, it discards the bytes that were read ahead, as
 * only the range refers to them. The array is replaced only together with the range. An operation
 * that fails restores the position where it began, and the bytes that it had taken are read again.
 *
 * <p>A pipe has its own rules, as it can't be read again. Bytes written to it go out immediately,
 * and a read takes the bytes that have arrived. Nothing is taken from the bytes that were read
 * ahead before all requested ones are there, even if the array must grow for that. Whether bytes
 * that come next are skipped (the line feed after a carriage return) is decided when they come, so
 * that no caller waits for them unless it wants the bytes after them.
 *
 * <p>The JDK copies bytes to or from an array through a buffer outside the heap of the same size,
 * and keeps that buffer with the thread; so a transfer is cut into pieces.
 *
 * <p>Used by the holder of the turn only.
 */
final class FileBuffer {
  static final int PIECE = 256 * 1024;

  /** The size of a read if none of it may be kept. */
  private static final int SCRATCH = 8 * 1024;

  private final Path path;
  private final Channel channel;
  private final boolean writable;
  private final int capacity;

  private final ByteRange range = new ByteRange();
  private long position;

  /** Whether the range is held back; otherwise it was read ahead. */
  private boolean held;

  /** The bytes to skip if they come next. Until that is known, the range belongs to nobody. */
  private byte @Nullable [] leftOut;

  private final FileHead head;
  private Shifts shifts = Shifts.NONE;

  /**
   * @param writable whether the channel was opened for writing
   * @param capacity the number of bytes that are read ahead or held back; none are if it is 0
   */
  FileBuffer(Path path, Channel channel, boolean writable, int capacity) {
    this.path = path;
    this.channel = channel;
    this.writable = writable;
    this.capacity = capacity;
    head = new FileHead(path, channel);
  }

  // ---- bytes read ahead ------------------------------------------------------------------------

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
   * Reads bytes of a pipe ahead until there are as many as given, even if that is more than a
   * block; fewer if it ends.
   *
   * @return the number of bytes that are there
   */
  int fetch(int count) throws IOException, InterruptedException {
    writeHeld();
    if (count > 0) {
      decideLeftOut();
    }
    BulkReader.fetch(path, channel, range, position, count, capacity);
    return Math.min(count, available());
  }

  /** Whether another block can't be read ahead without a larger array. */
  boolean isFull() {
    return available() > 0 && range.fillsItsArray();
  }

  /** Skips bytes if they come next. At a pipe, that is known when they come. */
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

  /** Moves the position back to where a failed operation began. */
  void returnTo(long begin) {
    if (hasPositions()) {
      if (position != begin) {
        position = begin;
        forget();
      }
    } else if (begin == 0 && position > 0) {
      // Before it is done, an operation takes nothing from a pipe but a mark.
      range.putFirst(head.known(), (int) position);
      position = 0;
    }
  }

  /** Discards the bytes that were read ahead, if none may be kept. */
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

  // ---- state of decoders -----------------------------------------------------------------------

  /**
   * {@return the first bytes of the file, as many as given if there are} For a pipe, there are none
   * once the position is past them, unless they were requested before.
   */
  byte[] head(int count) throws IOException, InterruptedException {
    if (position == 0) {
      while (available() < count && more()) {
        // Until the end, or until there are enough.
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

  /** Records the state that a decoder needs to continue at the position. */
  void shifts(Shifts inForce) {
    shifts = inForce.at(position);
  }

  // ---- reading ---------------------------------------------------------------------------------

  /** Whether reading so many bytes through a block would save no call, and cost a copy. */
  boolean isBetterReadThrough(int wanted) {
    return wanted >= capacity / 2 && leftOut == null;
  }

  /** Reads past the bytes read ahead, of which there are none. */
  int readThrough(ByteBuffer target) throws IOException, InterruptedException {
    int count = channel.readPiece(target, position);
    position += Math.max(count, 0);
    return count;
  }

  /** {@return bytes that were read ahead, and are consumed by this} */
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
      // Faster than putting a buffer into another one, if it is short.
      source.get(range.bytes(), room.position(), count);
      hold(count);
    }
    return true;
  }

  /** {@return the space for bytes that are held back next; null if there is none} */
  @Nullable ByteBuffer room() {
    if (!writable || !hasPositions() || !(held || range.length() == 0)) {
      return null;
    }
    return range.room(capacity);
  }

  /** Holds back bytes that were put into the {@link #room}. */
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

  /** Discards everything that will not be true any more when the file is changed, if it may be. */
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

  /** {@return whether nothing is in front of the next byte to write} */
  boolean isAtBegin() throws IOException {
    return channel.appends() ? channel.size() == 0 && range.length() == 0 : position == 0;
  }

  /** Returns when everything is written. */
  void flush() throws IOException, InterruptedException {
    writeHeld();
    channel.flush();
  }

  /** Writes the bytes that are held back; those that can't be written stay held back. */
  void writeHeld() throws IOException, InterruptedException {
    while (held && range.length() > 0) {
      range.take(channel.write(range.first(PIECE), position - range.length()));
    }
    held = false;
  }

  // ---- the rest --------------------------------------------------------------------------------

  /**
   * {@return the position of the next read or write; one where a decoder can continue, if that is
   * requested}
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

  /** Closes the file when the bytes that are held back are written. */
  void close() throws IOException, InterruptedException {
    // A failure of the close is suppressed by that of the writing.
    try (channel) {
      writeHeld();
    } finally {
      // A closed file may be retained for long.
      range.clear(0);
      held = false;
      leftOut = null;
    }
  }
}
