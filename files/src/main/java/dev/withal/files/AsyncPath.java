package dev.withal.files;

import dev.withal.AsyncContextManager;
import java.io.IOException;
import java.nio.channels.FileLock;
import java.nio.charset.Charset;
import java.nio.file.CopyOption;
import java.nio.file.FileSystemException;
import java.nio.file.FileVisitOption;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.PathMatcher;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileAttribute;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Flow;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A path whose operations don't block: {@link Files} in stage style, from {@link AsyncFiles#path}.
 *
 * {@snippet class="dev.withal.files.AsyncFilesSnippetsTest" region="path"}
 *
 * <p>There is no direct style here, because {@link Files} is that: its methods block, and may be
 * called on a virtual thread. What the managers here give can be used in both.
 *
 * <p>Each operation is one task of the executor, and what depends on its future continues there. 64
 * of them run at the same time at most, of one {@link FileAccess} and what was made of it, so that
 * there are no more files open; up to a million wait, and past that a call throws a {@link
 * java.util.concurrent.RejectedExecutionException}. Until an operation begins, its future can be
 * cancelled or completed; from then on it finishes and counts. To read or write what may make a
 * caller wait for another process, as a FIFO, {@linkplain AsyncFiles#open open} it instead.
 *
 * <p>What fails does so with the exception of {@link Files}, or, if that doesn't name the file,
 * with a {@link FileSystemException} that has it as its cause.
 *
 * <p>Immutable and thread-safe. A null argument is refused with a {@link NullPointerException}.
 */
public final class AsyncPath {

  /**
   * What is done with a path.
   *
   * @param <R> the type of the result
   */
  @FunctionalInterface
  public interface Call<R extends @Nullable Object> {
    /**
     * Does it; may block.
     *
     * @param path the path
     * @return the result
     * @throws IOException if it fails
     */
    R apply(Path path) throws IOException;
  }

  private final Path path;
  private final FileAccess access;

  AsyncPath(Path path, FileAccess access) {
    this.path = Objects.requireNonNull(path, "path");
    this.access = access;
  }

  /** {@return the path itself} */
  public Path path() {
    return path;
  }

  /**
   * {@return another path, from this one}
   *
   * @param other what to resolve against this one
   */
  public AsyncPath resolve(String other) {
    return new AsyncPath(path.resolve(other), access);
  }

  /**
   * Does with the path what no method here does, on the executor.
   *
   * @param call what to do, for example {@code Files::getOwner}
   * @param <R> the type of the result
   * @return a future of what it returned
   */
  public <R extends @Nullable Object> CompletableFuture<R> callAsync(Call<? extends R> call) {
    return call("call", Objects.requireNonNull(call, "call"));
  }

  // ---- whole files -----------------------------------------------------------------------------

  /** {@return a future of all bytes of the file} */
  public CompletableFuture<byte[]> readAllBytesAsync() {
    return call("readAllBytes", Files::readAllBytes);
  }

  /**
   * {@return a future of all text of the file}
   *
   * @param charset what it is encoded in; what isn't text in it fails as in {@link AsyncTextFile}
   */
  public CompletableFuture<String> readStringAsync(Charset charset) {
    Objects.requireNonNull(charset, "charset");
    return call("readString", file -> Decoding.decode(file, charset, Files.readAllBytes(file)));
  }

  /**
   * {@return a future of all lines of the file}
   *
   * @param charset what it is encoded in; what isn't text in it fails as in {@link AsyncTextFile}
   */
  public CompletableFuture<List<String>> readAllLinesAsync(Charset charset) {
    return readStringAsync(charset).thenApply(text -> text.lines().toList());
  }

  /**
   * Writes a file.
   *
   * @param bytes what it is to hold; they belong to the operation until the future is done
   * @param options how to open it; if there are none, it is created or truncated
   * @return a future that completes with null when it is written
   */
  public CompletableFuture<@Nullable Void> writeAsync(byte[] bytes, OpenOption... options) {
    Objects.requireNonNull(bytes, "bytes");
    List<OpenOption> how = List.of(options);
    return run("write", file -> WholeFile.write(file, bytes, how, access.attributes()));
  }

  /**
   * Writes a file.
   *
   * @param text what it is to hold
   * @param charset what to encode it in; if it doesn't have a character of the text, the future
   *     fails with a {@link java.nio.charset.CharacterCodingException} that says where, and the
   *     file is as it was. A byte order mark is written once in a file, and what is appended is in
   *     the order that it tells
   * @param options how to open it; if there are none, it is created or truncated
   * @return a future that completes with null when it is written
   */
  public CompletableFuture<@Nullable Void> writeStringAsync(
      CharSequence text, Charset charset, OpenOption... options) {
    String whole = text.toString();
    Objects.requireNonNull(charset, "charset");
    List<OpenOption> how = List.of(options);
    return run(
        "writeString",
        file -> {
          byte[] bytes = WholeFile.encode(file, whole, charset, how);
          WholeFile.write(file, bytes, how, access.attributes());
        });
  }

  /**
   * Writes at the end of a file, which is created if it isn't there.
   *
   * @param bytes what to write; they belong to the operation until the future is done
   * @return a future that completes with null when it is written
   */
  public CompletableFuture<@Nullable Void> appendAsync(byte[] bytes) {
    return writeAsync(bytes, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
  }

  /**
   * {@return a manager of a new file that takes this one's place if the body succeeds} The body
   * writes to a temporary file beside it. The exit forces that to the storage device, moves it over
   * this one in one step, and forces the directory where the system can; if anything has failed, or
   * the body was cancelled, the temporary file is deleted, and this one is as it was. Whoever has
   * this file open keeps the old content, and so have its other names.
   *
   * <p>Where a file was, the new one has its permissions, whatever the umask; its owner and group
   * where the process may set them, and where it may not set the group, that may do no more than
   * all others; and those extended attributes that the JDK can read, but not access control lists
   * and labels. It need not be writable. Where nothing was, it is created with the {@linkplain
   * FileAccess#attributes attributes} of new files. A symbolic link stays, and the file that it
   * leads to is replaced, or created. Where something else than a regular file is, the enter fails
   * with a {@link FileSystemException}; so does the exit where the file is itself a mount point.
   *
   * <p>The value's {@link AsyncFile#path path} and all errors name this path. A process that is
   * killed meanwhile leaves the temporary file: its name begins with {@code .withal-replace-}, and
   * once no process is in a body it can be deleted.
   */
  public AsyncContextManager<AsyncFile> replace() {
    return Replacing.manager(access, path);
  }

  /**
   * {@return a manager of the lock on this file, which is created if it isn't there} Who enters
   * waits until no other process has a lock on it, and no other use of such a manager in this one;
   * to cancel the enter ends that wait. Uses of this process get it in the order in which they
   * came. The lock is exclusive, and binds only those who ask for it. Lock a file that is there for
   * nothing else: on some systems, a process loses the lock when it closes the file elsewhere.
   */
  public AsyncContextManager<FileLock> lock() {
    return new LockManager(path, access);
  }

  // ---- what is there ---------------------------------------------------------------------------

  /**
   * {@return a future of what the system knows of the file: its kind, size and times}
   *
   * @param options whether to follow links
   */
  public CompletableFuture<BasicFileAttributes> statAsync(LinkOption... options) {
    return call("stat", file -> Files.readAttributes(file, BasicFileAttributes.class, options));
  }

  /**
   * {@return a future of whether something is there}
   *
   * @param options whether to follow links
   */
  public CompletableFuture<Boolean> existsAsync(LinkOption... options) {
    return call("exists", file -> Files.exists(file, options));
  }

  /** {@return a future of the path without links} */
  public CompletableFuture<Path> toRealPathAsync() {
    return call("toRealPath", Path::toRealPath);
  }

  /**
   * {@return a publisher of the entries of this directory} They are read some hundred ahead. Each
   * subscription opens the directory when something is requested first, and closes it at its end.
   */
  @SuppressWarnings("StreamResourceLeak") // the subscription closes it
  public Flow.Publisher<Path> list() {
    return entries(() -> Files.list(path));
  }

  /**
   * {@return a publisher of what is in this directory, at any depth, itself first} Otherwise like
   * {@link #list}.
   *
   * @param options whether to follow links; one that leads in a circle is an error then
   */
  @SuppressWarnings("StreamResourceLeak") // the subscription closes it
  public Flow.Publisher<Path> walk(FileVisitOption... options) {
    return entries(() -> Files.walk(path, options));
  }

  /**
   * {@return a publisher of what is in this directory, at any depth, and matches a pattern}
   * Otherwise like {@link #list}.
   *
   * @param pattern as {@link java.nio.file.FileSystem#getPathMatcher} takes it after {@code glob:};
   *     it is matched with the path from here
   */
  @SuppressWarnings("StreamResourceLeak") // the subscription closes it
  public Flow.Publisher<Path> glob(String pattern) {
    PathMatcher matcher = path.getFileSystem().getPathMatcher("glob:" + pattern);
    return entries(() ->
        Files.walk(path)
            .filter(entry -> !entry.equals(path) && matcher.matches(path.relativize(entry))));
  }

  private Flow.Publisher<Path> entries(Task.Body<? extends Stream<Path>> opening) {
    return new PullPublisher<>(() -> new PathEntries(access.bounded(), opening));
  }

  // ---- to change it ----------------------------------------------------------------------------

  /**
   * Creates an empty file; fails if something is there.
   *
   * @param attributes for example its permissions; they count before those of the access
   * @return a future that completes with null when it is done
   */
  public CompletableFuture<@Nullable Void> createFileAsync(FileAttribute<?>... attributes) {
    return run("createFile", file -> Files.createFile(file, access.attributesAnd(attributes)));
  }

  /**
   * Creates a directory; fails if something is there.
   *
   * @param attributes for example its permissions; they count before those of the access
   * @return a future that completes with null when it is done
   */
  public CompletableFuture<@Nullable Void> createDirectoryAsync(FileAttribute<?>... attributes) {
    return run(
        "createDirectory",
        file -> Files.createDirectory(file, access.attributesOfDirectoriesAnd(attributes)));
  }

  /**
   * Creates a directory and those that it is in, where they aren't there.
   *
   * @param attributes for example their permissions; they count before those of the access
   * @return a future that completes with null when it is done
   */
  public CompletableFuture<@Nullable Void> createDirectoriesAsync(FileAttribute<?>... attributes) {
    return run(
        "createDirectories",
        file -> Files.createDirectories(file, access.attributesOfDirectoriesAnd(attributes)));
  }

  /**
   * Creates a symbolic link here.
   *
   * @param target what it leads to
   * @return a future that completes with null when it is done
   */
  public CompletableFuture<@Nullable Void> createSymbolicLinkAsync(Path target) {
    Objects.requireNonNull(target, "target");
    return run("createSymbolicLink", file -> Files.createSymbolicLink(file, target));
  }

  /**
   * Makes this another name of a file.
   *
   * @param existing the file
   * @return a future that completes with null when it is done
   */
  public CompletableFuture<@Nullable Void> createLinkAsync(Path existing) {
    Objects.requireNonNull(existing, "existing");
    return run("createLink", file -> Files.createLink(file, existing));
  }

  /** {@return a future of what this symbolic link leads to} */
  public CompletableFuture<Path> readSymbolicLinkAsync() {
    return call("readSymbolicLink", Files::readSymbolicLink);
  }

  /**
   * Copies the file, within the system where it can.
   *
   * @param target where to
   * @param options how
   * @return a future that completes with null when it is done
   */
  public CompletableFuture<@Nullable Void> copyToAsync(Path target, CopyOption... options) {
    Objects.requireNonNull(target, "target");
    return run("copyTo", file -> Files.copy(file, target, options));
  }

  /**
   * Moves the file.
   *
   * @param target where to
   * @param options how
   * @return a future that completes with null when it is done
   */
  public CompletableFuture<@Nullable Void> moveToAsync(Path target, CopyOption... options) {
    Objects.requireNonNull(target, "target");
    return run("moveTo", file -> Files.move(file, target, options));
  }

  /** {@return a future that completes with null when the file or empty directory is deleted} */
  public CompletableFuture<@Nullable Void> deleteAsync() {
    return run("delete", Files::delete);
  }

  /** {@return a future of whether something was there, which is deleted now} */
  public CompletableFuture<Boolean> deleteIfExistsAsync() {
    return call("deleteIfExists", Files::deleteIfExists);
  }

  /** What is done with a path without a result. */
  @FunctionalInterface
  private interface Change {
    void apply(Path path) throws IOException;
  }

  private CompletableFuture<@Nullable Void> run(String name, Change call) {
    return this.<@Nullable Void>call(
        name,
        file -> {
          call.apply(file);
          return null;
        });
  }

  private <R extends @Nullable Object> CompletableFuture<R> call(
      String name, Call<? extends R> call) {
    return Task.start(
        access.bounded(),
        name,
        () -> {
          try {
            return call.apply(path);
          } catch (IOException error) {
            throw OpenFile.named(path, name, error);
          }
        });
  }

  @Override
  public String toString() {
    return "AsyncPath[" + path + "]";
  }
}
