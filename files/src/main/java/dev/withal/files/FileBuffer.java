package dev.withal.files;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.NonWritableChannelException;
import java.nio.file.FileSystemException;
import java.nio.file.Path;
import java.util.Arrays;

/**
 * An open file as its users see it: with one position, which knows nothing of blocks.
 *
 * <p>Design. One array, used for one of two things at a time. From {@code start} to {@code end} are
 * bytes that were read ahead: the channel is past them, the position is not. Up to {@code dirty}
 * are bytes that are still to be written: the position is past them, the channel is not. Before it
 * reads, it writes what is dirty; before it writes, it gives back what was read ahead. Nothing is
 * taken from what was read ahead before it is known to be what was asked for: a line stays there
 * until its end has come, even if the array must grow for that. So a failed or cancelled operation
 * leaves the position where it was.
 *
 * <p>The JDK copies what goes to or from an array through a buffer outside the heap that is as big,
 * and keeps that buffer with the thread; so a transfer is cut in pieces. A pipe has its own rules:
 * what is written to it isn't held back, and a read takes what has come.
 *
 * <p>Used by the one who has the turn.
 */
final class FileBuffer {
  static final int PIECE = 256 * 1024;
  private static final byte[] NONE = {};

  private final Path path;
  private final Channel channel;
  private final boolean writable;
  private final int capacity;

  private byte[] bytes = NONE;
  private ByteBuffer view = ByteBuffer.wrap(NONE);
  private int start;
  private int end;
  private int dirty;

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
    return end;
  }

  int available() {
    return end - start;
  }

  void consume(int count) {
    start += count;
  }

  /** Reads another block ahead. {@return false at the end of the file} */
  boolean more() throws IOException, InterruptedException {
    writeDirty();
    makeRoom();
    int count = channel.read(view.limit(bytes.length).position(end));
    end += Math.max(count, 0);
    return count > 0;
  }

  private void makeRoom() throws FileSystemException {
    int available = available();
    if (available == 0 && bytes.length > capacity && capacity > 0) {
      use(NONE);
    }
    if (bytes.length == 0) {
      use(new byte[Math.max(capacity, 1)]);
    } else if (available == bytes.length) {
      int larger = BulkReader.requireArray(path, 2L * bytes.length);
      int from = start;
      byte[] old = bytes;
      use(new byte[larger]);
      System.arraycopy(old, from, bytes, 0, available);
    } else if (start > 0) {
      System.arraycopy(bytes, start, bytes, 0, available);
    }
    start = 0;
    end = available;
  }

  private void use(byte[] array) {
    bytes = array;
    view = ByteBuffer.wrap(array);
  }

  /** Brings the channel to the position, where no byte is held back. */
  void settle() throws IOException, InterruptedException {
    giveBack();
    writeDirty();
  }

  private void giveBack() throws IOException {
    if (available() > 0 && channel.hasPositions()) {
      channel.seek(channel.position() - available());
      drop();
    }
  }

  private void drop() {
    start = 0;
    end = 0;
  }

  /** Puts bytes back that were just taken, in front of what was read ahead. */
  void putBack(byte[] taken) {
    byte[] rest = Arrays.copyOfRange(bytes, start, end);
    byte[] joined = Arrays.copyOf(taken, Math.max(1, taken.length + rest.length));
    System.arraycopy(rest, 0, joined, taken.length, rest.length);
    use(joined);
    start = 0;
    end = taken.length + rest.length;
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
    writeDirty();
    int wanted = target.remaining();
    take(target);
    while (target.hasRemaining() && (channel.hasPositions() || target.remaining() == wanted)) {
      // To read ahead would save a call at most, and cost a copy.
      if (target.remaining() >= capacity / 2 && channel.hasPositions()) {
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
    start += count;
  }

  private int readThrough(ByteBuffer target) throws IOException, InterruptedException {
    int limit = target.limit();
    try {
      return channel.read(target.limit(Math.min(limit, target.position() + PIECE)));
    } finally {
      target.limit(limit);
    }
  }

  /** {@return bytes that were read ahead, which are consumed} */
  byte[] take(int count) {
    byte[] taken = Arrays.copyOfRange(bytes, start, start + count);
    start += count;
    return taken;
  }

  // ---- writing ---------------------------------------------------------------------------------

  /** Holds all bytes back if there is room. {@return whether there was} */
  boolean hold(ByteBuffer source) {
    int count = source.remaining();
    boolean room =
        writable
            && start == end
            && channel.hasPositions()
            && dirty + count <= Math.min(capacity, bytes.length);
    if (room) {
      source.get(bytes, dirty, count);
      dirty += count;
    }
    return room;
  }

  /** Writes the whole buffer, or holds it back. */
  void write(ByteBuffer source) throws IOException, InterruptedException {
    requireWritable();
    giveBack();
    if (dirty + source.remaining() > capacity) {
      writeDirty();
    }
    if (source.remaining() >= capacity || !channel.hasPositions()) {
      writeThrough(source);
      return;
    }
    if (bytes.length < capacity) {
      use(new byte[capacity]);
    }
    drop();
    hold(source);
  }

  void requireWritable() {
    if (!writable) {
      throw new NonWritableChannelException();
    }
  }

  private void writeThrough(ByteBuffer source) throws IOException, InterruptedException {
    int limit = source.limit();
    try {
      while (source.position() < limit) {
        channel.write(source.limit(Math.min(limit, source.position() + PIECE)));
      }
    } finally {
      source.limit(limit);
    }
  }

  /** Writes what was held back; what can't be written stays held back. */
  void writeDirty() throws IOException, InterruptedException {
    if (dirty == 0) {
      return;
    }
    ByteBuffer held = view.limit(dirty).position(0);
    try {
      writeThrough(held);
    } finally {
      System.arraycopy(bytes, held.position(), bytes, 0, dirty - held.position());
      dirty -= held.position();
    }
  }

  // ---- the rest --------------------------------------------------------------------------------

  long position() throws IOException, InterruptedException {
    if (channel.appends()) {
      writeDirty();
    }
    return channel.position() - available() + dirty;
  }

  void seek(long position) throws IOException, InterruptedException {
    writeDirty();
    channel.seek(position);
    drop();
  }

  long size() throws IOException, InterruptedException {
    writeDirty();
    return channel.size();
  }

  void truncate(long size) throws IOException, InterruptedException {
    requireWritable();
    writeDirty();
    giveBack();
    channel.truncate(size);
  }

  void force() throws IOException, InterruptedException {
    writeDirty();
    channel.force();
  }

  void close() throws IOException, InterruptedException {
    try {
      writeDirty();
    } finally {
      // A closed file may be kept for long.
      use(NONE);
      start = 0;
      end = 0;
      dirty = 0;
      channel.close();
    }
  }
}
