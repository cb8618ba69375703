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
import java.util.Locale;
import java.util.Set;

/**
 * An open file with a position. Its methods block, and are called one at a time.
 *
 * <p>Design. An interruptible channel of the JDK closes itself when a thread that is blocked in it
 * is interrupted, so one caller's cancellation would take the file away from all others. A {@link
 * SteadyChannel} doesn't, and so any thread may be in it. It exists for regular files on the
 * default file system, except on Windows and for {@code APPEND}; for the rest there is {@link
 * ExecutorChannel}, which only the executor's threads may enter.
 */
sealed interface Channel extends Closeable permits SteadyChannel, ExecutorChannel {

  /** Opens the file; blocks. */
  static Channel open(Path path, Set<OpenOption> options) throws IOException {
    // CREATE_NEW says that something exists.
    if (!options.contains(StandardOpenOption.CREATE_NEW) && Files.isDirectory(path)) {
      throw new FileSystemException(
          path.toString(), null, "is a directory: only files can be opened");
    }
    try {
      return isSteady(path, options)
          ? SteadyChannel.open(path, options)
          : ExecutorChannel.open(path, options);
    } catch (IllegalArgumentException | UnsupportedOperationException error) {
      throw new IllegalArgumentException(
          path + ": can't be opened with " + options + ": " + error.getMessage(), error);
    }
  }

  private static boolean isSteady(Path path, Set<OpenOption> options) {
    return path.getFileSystem() == FileSystems.getDefault()
        // There, the executor of an asynchronous channel is one that may not run tasks at once.
        && !System.getProperty("os.name", "").toLowerCase(Locale.ROOT).startsWith("windows")
        && options.stream().allMatch(Channel::isSteady)
        // A pipe has no positions to read from.
        && (Files.isRegularFile(path) || !Files.exists(path));
  }

  private static boolean isSteady(OpenOption option) {
    return option instanceof LinkOption
        || (option instanceof StandardOpenOption && option != StandardOpenOption.APPEND);
  }

  /** Whether an interruption of the thread in it leaves the channel open. */
  boolean isSteady();

  /** {@return how many bytes were read, at least one unless the buffer is full; -1 at the end} */
  int read(ByteBuffer target) throws IOException;

  /** {@return how many bytes were written} */
  int write(ByteBuffer source) throws IOException;

  long size() throws IOException;

  long position();

  void seek(long position) throws IOException;

  /** Returns when content and metadata are on the storage device. */
  void force() throws IOException;
}
