package dev.withal.files;

import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.nio.ByteBuffer;
import java.util.Objects;

/** A file as a stream to read from. The file does the buffering. */
final class FileInput extends InputStream {
  private final AsyncFile file;
  private final byte[] one = new byte[1];
  private boolean closed;

  FileInput(AsyncFile file) {
    this.file = file;
  }

  @Override
  public int read() throws IOException {
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
  }

  @Override
  public int read(byte[] target, int offset, int length) throws IOException {
    Objects.checkFromIndexSize(offset, length, target.length);
    if (closed) {
      throw new IOException(file.path() + ": read from a stream that was closed");
    }
    try {
      return file.read(ByteBuffer.wrap(target, offset, length));
    } catch (InterruptedException interruption) {
      throw interrupted(file, interruption);
    }
  }

  /** {@return the error with which a stream reports an interruption} Sets the flag again. */
  static InterruptedIOException interrupted(AsyncFile file, InterruptedException interruption) {
    Thread.currentThread().interrupt();
    var error = new InterruptedIOException(file.path() + ": the wait was interrupted");
    error.initCause(interruption);
    return error;
  }

  @Override
  public void close() {
    closed = true;
  }
}
