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
 * How files are opened: by which executor, with what buffer, created with which attributes.
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

  /** {@return what files are created with} */
  List<FileAttribute<?>> attributes() {
    return attributes;
  }

  /** {@return what a file is created with for which others are said, that count before these} */
  FileAttribute<?>[] attributesAnd(FileAttribute<?>... others) {
    return byName(attributes, others);
  }

  /** {@return the same for a directory, which may be entered by who may read it} */
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

  /** {@return where tasks run that each open a file, so many at a time} */
  Places places() {
    return places;
  }

  /**
   * {@return the same access, with another size of the buffer that each open file has for what it
   * reads ahead or holds back} It is 128 KiB unless set. A file has none before it needs one.
   *
   * @param bytes how many bytes; with 0, nothing is held back, and nothing that was read beyond
   *     what was asked for is kept; from a pipe no more is read
   * @throws IllegalArgumentException if it is negative
   */
  public FileAccess bufferSize(int bytes) {
    if (bytes < 0) {
      throw new IllegalArgumentException("a buffer of " + bytes + " bytes: take 0 at least");
    }
    return new FileAccess(executor, places, bytes, attributes);
  }

  /**
   * {@return the same access, where files that don't exist yet are created with attributes} This
   * holds for whatever creates a file: an open, a path's operations, locks, temporary files. In
   * directories, who may read may also enter. The system takes from permissions what the umask
   * says.
   *
   * @param onCreation for example from {@link PosixFilePermissions#asFileAttribute}
   */
  public FileAccess attributes(FileAttribute<?>... onCreation) {
    return new FileAccess(executor, places, bufferSize, List.of(onCreation));
  }

  /**
   * {@return a manager that opens a file at each enter and closes it at its exit}
   *
   * <p>The enter fails with what {@link java.nio.channels.FileChannel#open} throws, for example a
   * {@link java.nio.file.NoSuchFileException}, and with a {@link java.nio.file.FileSystemException}
   * if the path is a directory's. An enter that is cancelled leaves no open file behind, no matter
   * how late it notices. To open a FIFO waits until its other end is opened; to cancel it ends
   * that.
   *
   * <p>The exit waits for the operation that is running, and writes what was held back. What hasn't
   * begun by then fails with a {@link java.nio.channels.ClosedChannelException}; if the body
   * succeeded all the same, and a write or force is among that, the exit fails with an {@link
   * IllegalStateException}. What waits at a pipe is ended, unless it is a write and the body
   * succeeded. If the executor refuses the close, the file is closed on the thread that asked for
   * it.
   *
   * @param path the file to open
   * @param options how to open it; {@link StandardOpenOption#READ READ} if there are none
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
   * @param charset what the text is encoded in; what isn't text in it is an error
   * @param options how to open it; {@link StandardOpenOption#READ READ} if there are none
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
   * deletes} To have it open, use {@code flatMap} and {@link #open open}.
   *
   * @param prefix how its name begins
   * @param suffix how its name ends
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
   * all that is in it} Links are deleted, and not what they lead to. A directory in it that may not
   * be read or written gets the permissions that it takes, so that it can be deleted.
   *
   * @param prefix how its name begins
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
   * @param directory where, for example beside what it is to be moved over
   * @param prefix how its name begins
   * @param suffix how its name ends
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
   * {@return a manager of an empty directory in another one, which the exit deletes with all that
   * is in it} Otherwise like {@link #temporaryDirectory(String)}.
   *
   * @param directory where
   * @param prefix how its name begins
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
