package dev.withal.files;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.util.Objects;

/** A file as a stream to write to. The file does the buffering. */
final class FileOutput extends OutputStream {
  private final AsyncFile file;
  private boolean closed;

  FileOutput(AsyncFile file) {
    this.file = file;
  }

  @Override
  public void write(int one) throws IOException {
    write(new byte[] {(byte) one}, 0, 1);
  }

  @Override
  public void write(byte[] source, int offset, int length) throws IOException {
    Objects.checkFromIndexSize(offset, length, source.length);
    if (closed) {
      throw new IOException(file.path() + ": write to a stream that was closed");
    }
    try {
      file.write(ByteBuffer.wrap(source, offset, length));
    } catch (InterruptedException interruption) {
      throw FileInput.interrupted(file, interruption);
    }
  }

  @Override
  public void flush() throws IOException {
    try {
      file.flush();
    } catch (InterruptedException interruption) {
      throw FileInput.interrupted(file, interruption);
    }
  }

  @Override
  public void close() throws IOException {
    if (!closed) {
      closed = true;
      flush();
    }
  }
}
