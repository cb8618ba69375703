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
import java.nio.file.NoSuchFileException;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileAttribute;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Flow;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A path whose operations don't block: {@link Files} in stage style, from {@link AsyncFiles#path}.
 *
 * {@snippet class="dev.withal.files.AsyncFilesSnippetsTest" region="path"}
 *
 * <p>There is no direct style here, because {@link Files} already provides it: its methods block,
 * and may be called on a virtual thread. The managers here can be used in both styles.
 *
 * <p>Each operation is one task of the executor, and dependents of its future continue there. At
 * most 64 of them are in a system call at the same time, for one {@link FileAccess} and everything
 * made from it, so that no more files than that are open. Up to a million operations wait; past
 * that an operation fails with a {@link java.util.concurrent.RejectedExecutionException}. A
 * caller's code never counts among the 64, so it may wait for other operations. Until an operation
 * begins, its future can be cancelled or completed; from then on it finishes and counts. An
 * operation that may have to wait for another process, as at a FIFO, doesn't count among the 64
 * either, and cancelling its future ends that wait.
 *
 * <p>An operation fails with the exception of {@link Files}, or, if that doesn't name the file,
 * with a {@link FileSystemException} that has it as its cause.
 *
 * <p>Immutable and thread-safe. Two instances are equal if their paths are, whatever their
 * executor. A null argument is refused with a {@link NullPointerException}.
 */
public final class AsyncPath {

  /**
   * An operation on a path.
   *
   * @param <R> the type of the result
   */
  @FunctionalInterface
  public interface Call<R extends @Nullable Object> {
    /**
     * Performs the operation; may block.
     *
     * @param path the path
     * @return the result
     * @throws Exception if the operation fails
     */
    R apply(Path path) throws Exception;
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
   * {@return another path, resolved against this one}
   *
   * @param other the path to resolve
   */
  public AsyncPath resolve(String other) {
    return new AsyncPath(path.resolve(other), access);
  }

  /**
   * Performs an operation that has no method here on the path, on the executor. Any number of calls
   * run at the same time, so that each may wait for other operations.
   *
   * @param call the operation, for example {@code Files::getOwner}
   * @param <R> the type of the result
   * @return a future of the result; it fails with the exception of the call, unchanged
   */
  public <R extends @Nullable Object> CompletableFuture<R> callAsync(Call<? extends R> call) {
    Objects.requireNonNull(call, "call");
    // Without a place: a caller's code never runs while one is held.
    return Task.start(access.executor(), "call", () -> Wait.<R>ofCaller(() -> call.apply(path)));
  }

  // ---- whole files -----------------------------------------------------------------------------

  /** {@return a future of all bytes of the file} */
  public CompletableFuture<byte[]> readAllBytesAsync() {
    return placed("readAllBytes", place -> WholeFile.read(path, place));
  }

  /**
   * {@return a future of the whole text of the file}
   *
   * @param charset the charset of the file; bytes that aren't text in it fail as in {@link
   *     AsyncTextFile}
   */
  public CompletableFuture<String> readStringAsync(Charset charset) {
    Objects.requireNonNull(charset, "charset");
    return placed("readString", place -> readString(charset, place));
  }

  private String readString(Charset charset, Places.Place place)
      throws IOException, InterruptedException {
    return Decoding.decode(path, charset, WholeFile.read(path, place));
  }

  /**
   * {@return a future of all lines of the file}
   *
   * @param charset the charset of the file; bytes that aren't text in it fail as in {@link
   *     AsyncTextFile}
   */
  public CompletableFuture<List<String>> readAllLinesAsync(Charset charset) {
    Objects.requireNonNull(charset, "charset");
    return placed("readAllLines", place -> readString(charset, place).lines().toList());
  }

  /**
   * Writes a file.
   *
   * @param bytes the new content; they belong to the operation until the future is done
   * @param options the options with which it is opened; if there are none, it is created or
   *     truncated
   * @return a future that completes with null when it is written
   */
  public CompletableFuture<@Nullable Void> writeAsync(byte[] bytes, OpenOption... options) {
    Objects.requireNonNull(bytes, "bytes");
    List<OpenOption> how = List.of(options);
    return this.<@Nullable Void>placed(
        "write",
        place -> {
          WholeFile.write(path, bytes, how, access.attributes(), place);
          return null;
        });
  }

  /**
   * Writes a file.
   *
   * @param text the new content
   * @param charset the charset of the file; if it doesn't have a character of the text, the future
   *     fails with a {@link java.nio.charset.CharacterCodingException} that says where, and the
   *     file is unchanged. A byte order mark is written once in a file, and appended text is in the
   *     order that the mark indicates
   * @param options the options with which it is opened; if there are none, it is created or
   *     truncated
   * @return a future that completes with null when it is written
   */
  public CompletableFuture<@Nullable Void> writeStringAsync(
      CharSequence text, Charset charset, OpenOption... options) {
    String whole = text.toString();
    Objects.requireNonNull(charset, "charset");
    List<OpenOption> how = List.of(options);
    return this.<@Nullable Void>placed(
        "writeString",
        place -> {
          byte[] bytes = WholeFile.encode(path, whole, charset, how);
          WholeFile.write(path, bytes, how, access.attributes(), place);
          return null;
        });
  }

  /**
   * Writes at the end of a file, which is created if it doesn't exist.
   *
   * @param bytes the bytes to append; they belong to the operation until the future is done
   * @return a future that completes with null when it is written
   */
  public CompletableFuture<@Nullable Void> appendAsync(byte[] bytes) {
    return writeAsync(bytes, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
  }

  /**
   * {@return a manager of a new file that replaces this one if the body succeeds} The body writes
   * to a temporary file beside this one. The exit forces the temporary file to the storage device,
   * moves it over this one atomically, and forces the directory if the system supports that. If
   * anything has failed, or the body was cancelled, the temporary file is deleted, and this one is
   * unchanged. Code that has this file open keeps the old content, and so do the file's other
   * names.
   *
   * <p>If a file existed, the new one has its permissions, regardless of the umask. It has its
   * owner and group if the process may set them; if the process may not set the group, the new
   * group gets no more permissions than all others have. It has those extended attributes that the
   * JDK can read, but not access control lists and labels. The file need not be writable. If no
   * file existed, one is created with the {@linkplain FileAccess#attributes attributes} of new
   * files. A symbolic link stays, and its target is replaced or created. If the path leads to
   * something other than a regular file, the enter fails with a {@link FileSystemException}; so
   * does the exit if the file is itself a mount point.
   *
   * <p>The value's {@link AsyncFile#path path} and all errors name this path. A process that is
   * killed meanwhile leaves the temporary file: its name begins with {@code .withal-replace-}, and
   * it can be deleted when no process is in a body any more.
   */
  public AsyncContextManager<AsyncFile> replace() {
    return Replacing.manager(access, path);
  }

  /**
   * {@return a manager of the lock on this file, which is created if it doesn't exist} The enter
   * waits until no other process has a lock on the file, and no other use of such a manager in this
   * process, under any name of the file. Cancelling the enter ends that wait. Uses in this process
   * get the lock in the order in which they came, and hold no thread and no open file while they
   * wait for each other. If the file is replaced meanwhile, the lock is on the new one. The lock is
   * exclusive, and affects only code that asks for it. Lock a file that has no other purpose: on
   * some systems, a process loses the lock when it closes the file elsewhere.
   */
  public AsyncContextManager<FileLock> lock() {
    return new LockManager(path, access);
  }

  // ---- what is there ---------------------------------------------------------------------------

  /**
   * {@return a future of the attributes of the file: its kind, size and times}
   *
   * @param options whether to follow links
   */
  public CompletableFuture<BasicFileAttributes> statAsync(LinkOption... options) {
    return call("stat", file -> Files.readAttributes(file, BasicFileAttributes.class, options));
  }

  /**
   * {@return a future of whether the file exists} If that can't be determined, as in a directory
   * that may not be searched, it fails with an {@link java.nio.file.AccessDeniedException}.
   *
   * @param options whether to follow links; a link that leads nowhere doesn't exist then
   */
  public CompletableFuture<Boolean> existsAsync(LinkOption... options) {
    return call("exists", file -> isThere(file, options));
  }

  private static boolean isThere(Path file, LinkOption... options) throws IOException {
    try {
      Files.readAttributes(file, BasicFileAttributes.class, options);
      return true;
    } catch (NoSuchFileException ignored) {
      return false;
    } catch (FileSystemException failure) {
      // A path beneath a file doesn't exist either; the JDK has no exception for that.
      for (Path above = file.getParent(); above != null; above = above.getParent()) {
        if (Files.isRegularFile(above)) {
          return false;
        }
      }
      throw failure;
    }
  }

  /** {@return a future of the path without links} */
  public CompletableFuture<Path> toRealPathAsync() {
    return call("toRealPath", Path::toRealPath);
  }

  /**
   * {@return a publisher of the entries of this directory} Each subscription opens the directory at
   * its first request, and reads up to ten thousand entries ahead. Only if there are more, the
   * directory stays open until the end or the cancellation of the subscription, or until the
   * subscription is unreachable. Subscribers are called on the executor, and may block.
   */
  public Flow.Publisher<Path> list() {
    return PathEntries.publisher("list", access, () -> Tree.list(path));
  }

  /**
   * {@return a publisher of this directory and everything in it, at any depth, the directory first}
   * Otherwise like {@link #list}. A directory that can't be read is an error.
   *
   * @param options whether to follow links; a link that leads in a circle is an error then
   */
  public Flow.Publisher<Path> walk(FileVisitOption... options) {
    return walk(List.of(options).isEmpty() ? Walk.all() : Walk.all().followingLinks());
  }

  /**
   * {@return a publisher of this directory and its contents, the directory first} Otherwise like
   * {@link #list}.
   *
   * @param walk how deep to go, into which directories, and how to handle errors
   */
  public Flow.Publisher<Path> walk(Walk walk) {
    Objects.requireNonNull(walk, "walk");
    return PathEntries.publisher("walk", access, () -> new Tree(path, walk, ignored -> true));
  }

  /**
   * {@return a publisher of the entries of this directory, at any depth, that match a pattern}
   * Otherwise like {@link #list}. Directories that may not be read, or that are gone by then, are
   * skipped.
   *
   * @param pattern a pattern as {@link java.nio.file.FileSystem#getPathMatcher} takes it after
   *     {@code glob:}, except that {@code **}{@code /} also matches no directory at all; it is
   *     compared with the path relative to this one
   * @param options whether to follow links; those that lead in a circle are skipped
   */
  public Flow.Publisher<Path> glob(String pattern, FileVisitOption... options) {
    var glob = new Glob(path, Objects.requireNonNull(pattern, "pattern"));
    FileVisitOption[] how = options.clone();
    return PathEntries.publisher("glob", access, () -> glob.tree(how));
  }

  /**
   * {@return a manager of a stream of this directory and its contents, the directory first} The
   * exit closes the stream. The stream reads on the thread that uses it, which may block, and is
   * intended for direct style: on an event loop, it is refused.
   *
   * {@snippet class="dev.withal.files.AsyncFilesSnippetsTest" region="stream"}
   *
   * <p>An entry that can't be read is an {@link java.io.UncheckedIOException}, unless the walk
   * specifies otherwise.
   *
   * @param walk how deep to go, into which directories, and how to handle errors
   */
  public AsyncContextManager<Stream<Path>> stream(Walk walk) {
    Objects.requireNonNull(walk, "walk");
    return TreeStream.manager(access, path, walk);
  }

  // ---- changes ---------------------------------------------------------------------------------

  /**
   * Creates an empty file; fails if the path exists.
   *
   * @param attributes attributes such as permissions; they take precedence over those of the access
   * @return a future that completes with null when the file is created
   */
  public CompletableFuture<@Nullable Void> createFileAsync(FileAttribute<?>... attributes) {
    return run("createFile", file -> Files.createFile(file, access.attributesAnd(attributes)));
  }

  /**
   * Creates a directory; fails if the path exists.
   *
   * @param attributes attributes such as permissions; they take precedence over those of the access
   * @return a future that completes with null when the directory is created
   */
  public CompletableFuture<@Nullable Void> createDirectoryAsync(FileAttribute<?>... attributes) {
    return run(
        "createDirectory",
        file -> Files.createDirectory(file, access.attributesOfDirectoriesAnd(attributes)));
  }

  /**
   * Creates a directory and all its parents that don't exist.
   *
   * @param attributes attributes such as permissions; they take precedence over those of the access
   * @return a future that completes with null when the directories are created
   */
  public CompletableFuture<@Nullable Void> createDirectoriesAsync(FileAttribute<?>... attributes) {
    return run(
        "createDirectories",
        file -> Files.createDirectories(file, access.attributesOfDirectoriesAnd(attributes)));
  }

  /**
   * Creates a symbolic link here.
   *
   * @param target the target of the link
   * @return a future that completes with null when the link is created
   */
  public CompletableFuture<@Nullable Void> createSymbolicLinkAsync(Path target) {
    Objects.requireNonNull(target, "target");
    return run("createSymbolicLink", file -> Files.createSymbolicLink(file, target));
  }

  /**
   * Makes this path another name of a file.
   *
   * @param existing the file
   * @return a future that completes with null when the link is created
   */
  public CompletableFuture<@Nullable Void> createLinkAsync(Path existing) {
    Objects.requireNonNull(existing, "existing");
    return run("createLink", file -> Files.createLink(file, existing));
  }

  /** {@return a future of the target of this symbolic link} */
  public CompletableFuture<Path> readSymbolicLinkAsync() {
    return call("readSymbolicLink", Files::readSymbolicLink);
  }

  /**
   * Copies the file, within the system if possible.
   *
   * @param target the path of the copy
   * @param options the options of the copying
   * @return a future that completes with null when the file is copied
   */
  public CompletableFuture<@Nullable Void> copyToAsync(Path target, CopyOption... options) {
    Objects.requireNonNull(target, "target");
    Set<CopyOption> how = Set.copyOf(List.of(options));
    return run("copyTo", file -> WholeFile.copy(file, target, how, access));
  }

  /**
   * Copies the file, or the directory with its contents. A link itself is copied, not its target.
   * Files copied before a failure stay.
   *
   * @param target the path of the copy; not within this one
   * @param options the options of the copying; with {@link
   *     java.nio.file.StandardCopyOption#REPLACE_EXISTING}, existing directories are filled, and
   *     other files replaced
   * @return a future of the number of files and directories that were copied; cancelling it ends
   *     the copying soon
   */
  public CompletableFuture<Long> copyTreeAsync(Path target, CopyOption... options) {
    return copyTreeAsync(target, ignored -> {}, options);
  }

  /**
   * Copies as {@link #copyTreeAsync(Path, CopyOption...) copyTreeAsync} does, and reports progress.
   *
   * @param target the path of the copy; not within this one
   * @param progress called with each path that was copied, one after the other; may block. An
   *     exception that it throws ends the copying
   * @param options the options of the copying
   * @return a future of the number of files and directories that were copied
   */
  public CompletableFuture<Long> copyTreeAsync(
      Path target, Consumer<? super Path> progress, CopyOption... options) {
    Objects.requireNonNull(target, "target");
    Objects.requireNonNull(progress, "progress");
    Set<CopyOption> how = Set.copyOf(List.of(options));
    return counted("copyTree", () -> new TreeCopy(path, target, how, access), progress);
  }

  /**
   * Moves the file.
   *
   * @param target the new path
   * @param options the options of the move
   * @return a future that completes with null when the file is moved
   */
  public CompletableFuture<@Nullable Void> moveToAsync(Path target, CopyOption... options) {
    Objects.requireNonNull(target, "target");
    return run("moveTo", file -> Files.move(file, target, options));
  }

  /** {@return a future that completes with null when the file or empty directory is deleted} */
  public CompletableFuture<@Nullable Void> deleteAsync() {
    return run("delete", Files::delete);
  }

  /**
   * Deletes the file, or the directory with its contents. A link itself is deleted, not its target.
   * Files deleted before a failure are gone.
   *
   * <p>Nobody else may change the tree meanwhile: if a directory in it is replaced by a link just
   * before it is read, the contents of the link's target are deleted.
   *
   * @return a future of the number of files and directories that were deleted; cancelling it ends
   *     the deletion soon
   */
  public CompletableFuture<Long> deleteTreeAsync() {
    return deleteTreeAsync(ignored -> {});
  }

  /**
   * Deletes as {@link #deleteTreeAsync()} does, and reports progress.
   *
   * @param progress called with each path that was deleted, one after the other; may block. An
   *     exception that it throws ends the deletion
   * @return a future of the number of files and directories that were deleted
   */
  public CompletableFuture<Long> deleteTreeAsync(Consumer<? super Path> progress) {
    Objects.requireNonNull(progress, "progress");
    return counted("deleteTree", () -> new TreeDeletion(path), progress);
  }

  private CompletableFuture<Long> counted(
      String name, Supplier<? extends Entries> entries, Consumer<? super Path> progress) {
    return Written.start(
        PathEntries.publisher(name, access, entries),
        ignored -> 1,
        done -> {
          progress.accept(done);
          return CompletableFuture.completedFuture(null);
        });
  }

  /** {@return a future of whether the file existed; it is deleted now} */
  public CompletableFuture<Boolean> deleteIfExistsAsync() {
    return call("deleteIfExists", Files::deleteIfExists);
  }

  /** A system call. */
  @FunctionalInterface
  private interface OfSystem<R extends @Nullable Object> {
    R apply(Path path) throws IOException;
  }

  /** An operation on a path without a result. */
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
      String name, OfSystem<? extends R> call) {
    return placed(name, ignored -> call.apply(path));
  }

  private <R extends @Nullable Object> CompletableFuture<R> placed(
      String name, Places.Work<? extends R> work) {
    return access
        .places()
        .start(
            name,
            place -> {
              try {
                return work.run(place);
              } catch (IOException error) {
                throw OpenFile.named(path, name, error);
              }
            });
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof AsyncPath that && path.equals(that.path);
  }

  @Override
  public int hashCode() {
    return path.hashCode();
  }

  @Override
  public String toString() {
    return "AsyncPath[" + path + "]";
  }
}
