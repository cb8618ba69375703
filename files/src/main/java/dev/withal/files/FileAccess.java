package dev.withal.files;

import dev.withal.AsyncContextManager;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.Executor;

/**
 * Access to files through one executor, from {@link AsyncFiles#on}.
 *
 * <p>Immutable and thread-safe. A null argument is refused with a {@link NullPointerException}.
 */
public final class FileAccess {
  private final Executor executor;

  FileAccess(Executor executor) {
    this.executor = Objects.requireNonNull(executor, "executor");
  }

  /**
   * {@return a manager that opens a file at each enter and closes it at its exit}
   *
   * <p>The enter fails with what {@link java.nio.channels.FileChannel#open} throws, for example a
   * {@link java.nio.file.NoSuchFileException}, and with a {@link java.nio.file.FileSystemException}
   * if the path is a directory's. An enter that is cancelled leaves no open file behind, no matter
   * how late it notices.
   *
   * <p>The exit waits for the operation that is running. What hasn't begun by then fails with a
   * {@link java.nio.channels.ClosedChannelException}; if the body succeeded all the same, and a
   * write or force is among that, the exit fails with an {@link IllegalStateException}. If the
   * executor refuses the close, the file is closed on the thread that asked for it.
   *
   * @param path the file to open
   * @param options how to open it; {@link java.nio.file.StandardOpenOption#READ READ} if there are
   *     none
   */
  public AsyncContextManager<AsyncFile> open(Path path, OpenOption... options) {
    Objects.requireNonNull(path, "path");
    Set<OpenOption> all = Collections.unmodifiableSet(new LinkedHashSet<>(List.of(options)));
    return new FileManager(path, () -> Channel.open(path, all), executor);
  }
}
