package dev.withal.examples.ingest;

import java.io.IOException;
import java.io.OutputStream;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * A CSV file that is written while the program reads it. What has been written has been read, but
 * for the little that the pipe and the buffers hold: so a test knows how far a load is.
 */
final class Pipe implements AutoCloseable {
  /** Rows that are many batches, so that a load that has read them is in its transaction. */
  static final int MANY = 5_000;

  private final OutputStream out;
  private long rows;

  private Pipe(OutputStream out) throws IOException {
    this.out = out;
    out.write("number,text\n".getBytes(StandardCharsets.UTF_8));
  }

  /** Makes the pipe. {@return its path} */
  static Path make(Path path) throws IOException, InterruptedException {
    new ProcessBuilder("mkfifo", path.toString()).start().waitFor();
    if (!Files.exists(path)) {
      throw new IOException("mkfifo made no pipe");
    }
    return path;
  }

  /** {@return the pipe, once the program reads from it} */
  static Pipe to(Program program, Path path) throws IOException {
    // The open waits for a reader: should the program end before, this is one.
    program.onEnd(() -> openBothEnds(path));
    return new Pipe(Files.newOutputStream(path));
  }

  private static void openBothEnds(Path path) {
    try {
      new RandomAccessFile(path.toFile(), "rw").close();
    } catch (IOException error) {
      throw new UncheckedIOException(error);
    }
  }

  /** Writes rows of some hundred bytes. */
  void write(int count) throws IOException {
    write(count, " and on".repeat(10));
  }

  /** Writes rows of more than four hundred bytes. */
  void writeLong(int count) throws IOException {
    write(count, " and on".repeat(60));
  }

  private void write(int count, String text) throws IOException {
    for (long end = rows + count; rows < end; ) {
      var piece = new StringBuilder();
      for (long pieceEnd = Math.min(end, rows + 500); rows < pieceEnd; rows++) {
        piece.append(rows + ",row " + rows + " of a file" + text + "\n");
      }
      out.write(piece.toString().getBytes(StandardCharsets.UTF_8));
    }
  }

  /** Writes rows until nobody reads them any more. */
  void writeToTheEnd() {
    try {
      while (true) {
        write(500);
      }
    } catch (IOException brokenPipe) {
      return;
    }
  }

  @Override
  public void close() throws IOException {
    out.close();
  }
}
