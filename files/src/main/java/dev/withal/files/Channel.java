package dev.withal.files;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.FileSystemException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * An open file without a position: each transfer states where. Its methods block, and are called
 * one at a time, except for those of {@link Waits}.
 *
 * <p>Design. An interruptible channel of the JDK closes itself when a thread that is blocked in it
 * is interrupted, so one caller's cancellation would take the file away from all others. A {@link
 * SteadyChannel} doesn't, and so any thread may be in it. It exists for regular files on the
 * default file system, except on Windows and for {@code APPEND}; for the other regular files there
 * is {@link ExecutorChannel}, which only the executor's threads may enter. A file that isn't a
 * regular one may make a thread wait without end: {@link PipeChannel}.
 */
sealed interface Channel extends Closeable, Waits
    permits SteadyChannel, ExecutorChannel, PipeChannel {

  /**
   * Opens the file; blocks.
   *
   * @param wait where to wait for another process, so that the wait can be ended
   */
  static Channel open(
      Path path, Set<OpenOption> options, List<FileAttribute<?>> attributes, Wait wait)
      throws IOException, InterruptedException {
    boolean exists = Files.exists(path);
    // CREATE_NEW reports that something exists.
    if (exists && !options.contains(StandardOpenOption.CREATE_NEW) && Files.isDirectory(path)) {
      throw new FileSystemException(
          path.toString(), null, "is a directory: only files can be opened");
    }
    FileAttribute<?>[] onCreation = attributes.toArray(FileAttribute[]::new);
    try {
      if (exists && !Files.isRegularFile(path) && isOnDefaultFileSystem(path)) {
        return PipeChannel.open(path, options, wait);
      }
      return isSteady(path, options)
          ? SteadyChannel.open(path, options, onCreation)
          : ExecutorChannel.open(path, options, onCreation);
    } catch (IllegalArgumentException | UnsupportedOperationException error) {
      throw new IllegalArgumentException(
          path + ": can't be opened with " + options + ": " + error.getMessage(), error);
    }
  }

  static boolean isOnDefaultFileSystem(Path path) {
    return path.getFileSystem() == FileSystems.getDefault();
  }

  private static boolean isSteady(Path path, Set<OpenOption> options) {
    return isOnDefaultFileSystem(path)
        // There, the executor of an asynchronous channel may not run tasks immediately.
        && !System.getProperty("os.name", "").toLowerCase(Locale.ROOT).startsWith("windows")
        && options.stream().allMatch(Channel::isSteady);
  }

  private static boolean isSteady(OpenOption option) {
    return option instanceof LinkOption
        || (option instanceof StandardOpenOption && option != StandardOpenOption.APPEND);
  }

  /** Whether any thread may be in it, because an interruption leaves it open. */
  boolean isSteady();

  /**
   * Whether bytes have positions in it; otherwise it is a pipe, and ignores the given positions.
   */
  boolean hasPositions();

  /** Fails if the operation can't be done at a position. */
  default void requirePositions(Action action) throws FileSystemException {}

  /** Whether each write goes to the end, regardless of its position. */
  default boolean appends() {
    return false;
  }

  /**
   * Reads from a position.
   *
   * @return the number of bytes that were read, at least one unless the buffer is full; -1 at the
   *     end
   */
  int read(ByteBuffer target, long from) throws IOException, InterruptedException;

  /**
   * Waits for bytes of a pipe.
   *
   * @param most the number of bytes that may be read ahead if more have arrived
   * @return the number of bytes that can be read without a wait; fewer than requested at the end
   */
  default long await(long count, long most) throws IOException, InterruptedException {
    return 0;
  }

  /**
   * Takes all bytes immediately, to be written soon, if that needs only memory. {@return whether it
   * did}
   */
  default boolean takeWhole(ByteBuffer source) {
    return false;
  }

  /** Returns when all bytes that were taken are written. */
  default void flush() throws IOException, InterruptedException {}

  /** Reads from a position, at most one piece. */
  default int readPiece(ByteBuffer target, long from) throws IOException, InterruptedException {
    int limit = target.limit();
    try {
      return read(target.limit(Math.min(limit, target.position() + FileBuffer.PIECE)), from);
    } finally {
      target.limit(limit);
    }
  }

  /** Writes at a position. {@return the number of bytes that were written} */
  int write(ByteBuffer source, long to) throws IOException, InterruptedException;

  /** Writes all bytes from a position on, in pieces. */
  default void writeAll(ByteBuffer source, long to) throws IOException, InterruptedException {
    int limit = source.limit();
    long at = to;
    try {
      while (source.position() < limit) {
        int end = Math.min(limit, source.position() + FileBuffer.PIECE);
        at += write(source.limit(end), at);
      }
    } finally {
      source.limit(limit);
    }
  }

  long size() throws IOException;

  /** Truncates the file. */
  void truncate(long size) throws IOException;

  /** Returns when content and metadata are on the storage device. */
  void force() throws IOException;
}
