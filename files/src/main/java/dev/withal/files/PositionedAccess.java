package dev.withal.files;

import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * Operations on a file that don't move its position, and bypass its buffer.
 *
 * <p>Used by the holder of the turn only.
 */
record PositionedAccess(Channel channel, FileBuffer buffer) {

  /** Reads at a position, until the buffer is full or the file ends. */
  int readAt(long from, ByteBuffer target) throws IOException, InterruptedException {
    channel.requirePositions(Action.READ_AT);
    buffer.writeHeld();
    int wanted = target.remaining();
    int count = 0;
    while (count >= 0 && target.hasRemaining()) {
      count = channel.readPiece(target, from + wanted - target.remaining());
    }
    int total = wanted - target.remaining();
    return total == 0 && wanted > 0 ? -1 : total;
  }

  /** Writes the whole buffer at a position, immediately. */
  void writeAt(long to, ByteBuffer source) throws IOException, InterruptedException {
    buffer.prepareChange();
    channel.requirePositions(Action.WRITE_AT);
    buffer.writeHeld();
    channel.writeAll(source, to);
  }

  void truncate(long size) throws IOException, InterruptedException {
    buffer.prepareChange();
    buffer.writeHeld();
    channel.truncate(size);
  }

  void force() throws IOException, InterruptedException {
    buffer.flush();
    channel.force();
  }
}
