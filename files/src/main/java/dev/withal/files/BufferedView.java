package dev.withal.files;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.Objects;

/** A file as a stream: reads through a buffer, and gives back at its close what is left in it. */
final class BufferedView extends InputStream {
  private final AsyncFile file;
  private final ByteBuffer buffer = ByteBuffer.allocate(16 * 1024).limit(0);
  // Where the file is after the last fill.
  private long filledTo;
  private boolean closed;

  BufferedView(AsyncFile file) {
    this.file = file;
  }

  @Override
  public int read() throws IOException {
    return fillIfEmpty() ? buffer.get() & 0xFF : -1;
  }

  @Override
  public int read(byte[] target, int offset, int length) throws IOException {
    Objects.checkFromIndexSize(offset, length, target.length);
    if (length == 0) {
      requireOpen();
      return 0;
    }
    if (!buffer.hasRemaining() && length >= buffer.capacity()) {
      requireOpen();
      return file.read(ByteBuffer.wrap(target, offset, length));
    }
    if (!fillIfEmpty()) {
      return -1;
    }
    int count = Math.min(length, buffer.remaining());
    buffer.get(target, offset, count);
    return count;
  }

  /** {@return how many bytes are in the buffer: they can be read without going to the file} */
  @Override
  public int available() throws IOException {
    requireOpen();
    return buffer.remaining();
  }

  @Override
  public void close() throws IOException {
    if (closed) {
      return;
    }
    closed = true;
    if (buffer.hasRemaining()) {
      file.moveBack(filledTo, filledTo - buffer.remaining());
    }
  }

  /** {@return whether there is a byte to take} */
  private boolean fillIfEmpty() throws IOException {
    requireOpen();
    if (buffer.hasRemaining()) {
      return true;
    }
    buffer.clear();
    try {
      filledTo = file.fill(buffer);
    } finally {
      buffer.flip();
    }
    return buffer.hasRemaining();
  }

  private void requireOpen() throws IOException {
    if (closed) {
      throw new IOException(file.path() + ": read from a stream that was closed");
    }
    file.requireOpen(Action.READ);
  }
}
