package dev.withal.files;

import dev.withal.AsyncContextManager;
import java.nio.charset.Charset;
import java.nio.file.Files;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Collections;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.Executor;

/**
 * The settings with which files are opened: the executor, the buffer, and the attributes of new
 * files.
 *
 * <p>Immutable and thread-safe. A null argument is refused with a {@link NullPointerException}.
 */
public final class FileAccess {
  private static final int BLOCK = 128 * 1024;

  private final Executor executor;
  private final Places places;
  private final int bufferSize;
  private final List<FileAttribute<?>> attributes;

  FileAccess(Executor executor) {
    this(Objects.requireNonNull(executor, "executor"), new Places(executor), BLOCK, List.of());
  }

  private FileAccess(
      Executor executor, Places places, int bufferSize, List<FileAttribute<?>> attributes) {
    this.executor = executor;
    this.places = places;
    this.bufferSize = bufferSize;
    this.attributes = attributes;
  }

  Executor executor() {
    return executor;
  }

  /** {@return the attributes of new files} */
  List<FileAttribute<?>> attributes() {
    return attributes;
  }

  /**
   * {@return the attributes of a new file for which other ones are given, which take precedence}
   */
  FileAttribute<?>[] attributesAnd(FileAttribute<?>... others) {
    return byName(attributes, others);
  }

  /** {@return the same for a directory, which everyone who may read it may also enter} */
  FileAttribute<?>[] attributesOfDirectoriesAnd(FileAttribute<?>... others) {
    return byName(attributes.stream().map(FileAccess::ofDirectory).toList(), others);
  }

  private static FileAttribute<?>[] byName(
      List<? extends FileAttribute<?>> usual, FileAttribute<?>... others) {
    Map<String, FileAttribute<?>> all = new LinkedHashMap<>();
    usual.forEach(attribute -> all.put(attribute.name(), attribute));
    List.of(others).forEach(attribute -> all.put(attribute.name(), attribute));
    return all.values().toArray(FileAttribute<?>[]::new);
  }

  private static FileAttribute<?> ofDirectory(FileAttribute<?> attribute) {
    if (!(attribute.value() instanceof Set<?> values)) {
      return attribute;
    }
    Set<PosixFilePermission> permissions = EnumSet.noneOf(PosixFilePermission.class);
    for (Object value : values) {
      if (!(value instanceof PosixFilePermission permission)) {
        return attribute;
      }
      permissions.add(permission);
      switch (permission) {
        case OWNER_READ -> permissions.add(PosixFilePermission.OWNER_EXECUTE);
        case GROUP_READ -> permissions.add(PosixFilePermission.GROUP_EXECUTE);
        case OTHERS_READ -> permissions.add(PosixFilePermission.OTHERS_EXECUTE);
        default -> {}
      }
    }
    return PosixFilePermissions.asFileAttribute(permissions);
  }

  /** {@return the places for tasks that each open a file, which bound their number} */
  Places places() {
    return places;
  }

  /**
   * {@return the same access, with another size of the buffer in which each open file keeps the
   * bytes that it reads ahead or holds back} The default is 128 KiB. A file allocates its buffer
   * when it needs one.
   *
   * @param bytes the size in bytes; with 0, nothing is held back, and bytes read beyond the
   *     requested ones are not kept; from a pipe no more are read
   * @throws IllegalArgumentException if the size is negative
   */
  public FileAccess bufferSize(int bytes) {
    if (bytes < 0) {
      throw new IllegalArgumentException("a buffer of " + bytes + " bytes: use at least 0");
    }
    return new FileAccess(executor, places, bytes, attributes);
  }

  /**
   * {@return the same access, which creates new files with the given attributes} This applies to
   * everything that creates a file: an open, a path's operations, locks, temporary files. In
   * directories, everyone who may read may also enter. The system removes the permissions of the
   * umask.
   *
   * @param onCreation the attributes, for example from {@link PosixFilePermissions#asFileAttribute}
   */
  public FileAccess attributes(FileAttribute<?>... onCreation) {
    return new FileAccess(executor, places, bufferSize, List.of(onCreation));
  }

  /**
   * {@return a manager that opens a file at each enter and closes it at its exit}
   *
   * <p>The enter fails with the exception of {@link java.nio.channels.FileChannel#open}, for
   * example a {@link java.nio.file.NoSuchFileException}, and with a {@link
   * java.nio.file.FileSystemException} if the path is a directory's. An enter that is cancelled
   * leaves no open file behind, however late it notices. Opening a FIFO waits until its other end
   * is opened; cancelling the enter ends that wait.
   *
   * <p>The exit waits for the operation that is running, and writes the bytes that were held back.
   * An operation that hasn't begun by then fails with a {@link
   * java.nio.channels.ClosedChannelException}; if the body succeeded nevertheless, and one of these
   * operations is a write or a force, the exit fails with an {@link IllegalStateException}. An
   * operation that waits at a pipe is ended, unless it is a write and the body succeeded. If the
   * executor refuses the close, the file is closed on the thread that asked for it.
   *
   * @param path the file to open
   * @param options the options with which it is opened; {@link StandardOpenOption#READ READ} if
   *     there are none
   */
  public AsyncContextManager<AsyncFile> open(Path path, OpenOption... options) {
    Objects.requireNonNull(path, "path");
    Set<OpenOption> all = Collections.unmodifiableSet(new LinkedHashSet<>(List.of(options)));
    return new FileManager(path, wait -> Channel.open(path, all, attributes, wait), this, all);
  }

  /**
   * {@return a manager that opens a file as text at each enter and closes it at its exit} It is
   * {@link #open open} and {@link AsyncFile#text(Charset)}.
   *
   * @param path the file to open
   * @param charset the charset of the text; bytes that aren't text in it are an error
   * @param options the options with which it is opened; {@link StandardOpenOption#READ READ} if
   *     there are none
   */
  public AsyncContextManager<AsyncTextFile> openText(
      Path path, Charset charset, OpenOption... options) {
    Objects.requireNonNull(charset, "charset");
    return open(path, options).map(file -> file.text(charset));
  }

  /**
   * {@return a path whose operations run on the executor}
   *
   * @param path the path
   */
  public AsyncPath path(Path path) {
    return new AsyncPath(path, this);
  }

  /**
   * {@return a manager of an empty file in the directory for temporary files, which the exit
   * deletes} To open it as well, use {@code flatMap} and {@link #open open}.
   *
   * @param prefix the beginning of its name
   * @param suffix the end of its name
   */
  public AsyncContextManager<Path> temporaryFile(String prefix, String suffix) {
    Objects.requireNonNull(prefix, "prefix");
    Objects.requireNonNull(suffix, "suffix");
    FileAttribute<?>[] onCreation = attributesAnd();
    return Temporary.manager(
        executor,
        "AsyncFiles.temporaryFile(" + prefix + ", " + suffix + ")",
        () -> Files.createTempFile(prefix, suffix, onCreation));
  }

  /**
   * {@return a manager of an empty directory among the temporary files, which the exit deletes with
   * its contents} Links themselves are deleted, not their targets. A directory in it that may not
   * be read or written gets the necessary permissions, so that it can be deleted.
   *
   * @param prefix the beginning of its name
   */
  public AsyncContextManager<Path> temporaryDirectory(String prefix) {
    Objects.requireNonNull(prefix, "prefix");
    FileAttribute<?>[] onCreation = attributesOfDirectoriesAnd();
    return Temporary.manager(
        executor,
        "AsyncFiles.temporaryDirectory(" + prefix + ")",
        () -> Files.createTempDirectory(prefix, onCreation));
  }

  /**
   * {@return a manager of an empty file in a directory, which the exit deletes} Otherwise like
   * {@link #temporaryFile(String, String)}.
   *
   * @param directory the directory of the file, for example that of a file over which it will be
   *     moved
   * @param prefix the beginning of its name
   * @param suffix the end of its name
   */
  public AsyncContextManager<Path> temporaryFile(Path directory, String prefix, String suffix) {
    Objects.requireNonNull(directory, "directory");
    Objects.requireNonNull(prefix, "prefix");
    Objects.requireNonNull(suffix, "suffix");
    FileAttribute<?>[] onCreation = attributesAnd();
    return Temporary.manager(
        executor,
        "AsyncFiles.temporaryFile(" + directory + ", " + prefix + ", " + suffix + ")",
        () -> Files.createTempFile(directory, prefix, suffix, onCreation));
  }

  /**
   * {@return a manager of an empty directory in another one, which the exit deletes with its
   * contents} Otherwise like {@link #temporaryDirectory(String)}.
   *
   * @param directory the directory in which it is created
   * @param prefix the beginning of its name
   */
  public AsyncContextManager<Path> temporaryDirectory(Path directory, String prefix) {
    Objects.requireNonNull(directory, "directory");
    Objects.requireNonNull(prefix, "prefix");
    FileAttribute<?>[] onCreation = attributesOfDirectoriesAnd();
    return Temporary.manager(
        executor,
        "AsyncFiles.temporaryDirectory(" + directory + ", " + prefix + ")",
        () -> Files.createTempDirectory(directory, prefix, onCreation));
  }

  OpenFile opened(Path path, Channel channel, Set<OpenOption> options) {
    boolean writable =
        options.contains(StandardOpenOption.WRITE) || options.contains(StandardOpenOption.APPEND);
    return new OpenFile(
        path,
        channel,
        new FileBuffer(path, channel, writable, bufferSize),
        new OperationQueue(path, executor, channel));
  }
}
