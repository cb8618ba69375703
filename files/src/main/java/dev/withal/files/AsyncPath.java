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
 * <p>There is no direct style here, because {@link Files} is that: its methods block, and may be
 * called on a virtual thread. What the managers here give can be used in both.
 *
 * <p>Each operation is one task of the executor, and what depends on its future continues there. 64
 * of them are in the system at the same time at most, of one {@link FileAccess} and what was made
 * of it, so that there are no more files open; up to a million wait, and past that an operation
 * fails with a {@link java.util.concurrent.RejectedExecutionException}. Code of a caller never
 * counts among the 64, so it may wait for other operations. Until an operation begins, its future
 * can be cancelled or completed; from then on it finishes and counts. Where it may have to wait for
 * another process, as at a FIFO, it doesn't count among the 64 either, and to cancel its future
 * ends that wait.
 *
 * <p>What fails does so with the exception of {@link Files}, or, if that doesn't name the file,
 * with a {@link FileSystemException} that has it as its cause.
 *
 * <p>Immutable and thread-safe. Two are equal if their paths are, whatever their executor. A null
 * argument is refused with a {@link NullPointerException}.
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
     * @throws Exception if it fails
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
   * {@return another path, from this one}
   *
   * @param other what to resolve against this one
   */
  public AsyncPath resolve(String other) {
    return new AsyncPath(path.resolve(other), access);
  }

  /**
   * Does with the path what no method here does, on the executor. Any number of calls run at the
   * same time, so that each may wait for other operations.
   *
   * @param call what to do, for example {@code Files::getOwner}
   * @param <R> the type of the result
   * @return a future of what it returned; it fails with what the call threw, as it is
   */
  public <R extends @Nullable Object> CompletableFuture<R> callAsync(Call<? extends R> call) {
    Objects.requireNonNull(call, "call");
    // Without a place: no code of a caller runs while one is held.
    return Task.start(access.executor(), "call", () -> Wait.<R>ofCaller(() -> call.apply(path)));
  }

  // ---- whole files -----------------------------------------------------------------------------

  /** {@return a future of all bytes of the file} */
  public CompletableFuture<byte[]> readAllBytesAsync() {
    return placed("readAllBytes", place -> WholeFile.read(path, place));
  }

  /**
   * {@return a future of all text of the file}
   *
   * @param charset what it is encoded in; what isn't text in it fails as in {@link AsyncTextFile}
   */
  public CompletableFuture<String> readStringAsync(Charset charset) {
    Objects.requireNonNull(charset, "charset");
    return placed(
        "readString", place -> Decoding.decode(path, charset, WholeFile.read(path, place)));
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
    return this.<@Nullable Void>placed(
        "writeString",
        place -> {
          byte[] bytes = WholeFile.encode(path, whole, charset, how);
          WholeFile.write(path, bytes, how, access.attributes(), place);
          return null;
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
   * waits until no other process has a lock on it, and no other use of such a manager in this one,
   * by whatever name of the file; to cancel the enter ends that wait. Uses of this process get it
   * in the order in which they came, and hold no thread and no file open while they wait for each
   * other. The lock is exclusive, and binds only those who ask for it. Lock a file that is there
   * for nothing else: on some systems, a process loses the lock when it closes the file elsewhere.
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
   * {@return a future of whether something is there} It fails if that can't be known, as in a
   * directory that may not be searched, with an {@link java.nio.file.AccessDeniedException}.
   *
   * @param options whether to follow links; one that leads nowhere isn't there then
   */
  public CompletableFuture<Boolean> existsAsync(LinkOption... options) {
    return call("exists", file -> exists(file, options));
  }

  private static boolean exists(Path file, LinkOption... options) throws IOException {
    try {
      Files.readAttributes(file, BasicFileAttributes.class, options);
      return true;
    } catch (NoSuchFileException _) {
      return false;
    } catch (FileSystemException failure) {
      // What is beneath a file isn't there either; the JDK has no exception for that.
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
   * {@return a publisher of the entries of this directory} Each subscription opens the directory
   * when something is requested first, and reads up to ten thousand entries ahead; only if there
   * are more it stays open, until the end or the cancellation of the subscription, or until nobody
   * knows of it any more. Subscribers are called on the executor, and may block.
   */
  public Flow.Publisher<Path> list() {
    return PathEntries.publisher("list", access, () -> Tree.list(path));
  }

  /**
   * {@return a publisher of what is in this directory, at any depth, itself first} Otherwise like
   * {@link #list}. A directory that can't be read is an error.
   *
   * @param options whether to follow links; one that leads in a circle is an error then
   */
  public Flow.Publisher<Path> walk(FileVisitOption... options) {
    return walk(List.of(options).isEmpty() ? Walk.all() : Walk.all().followingLinks());
  }

  /**
   * {@return a publisher of what is in this directory, itself first} Otherwise like {@link #list}.
   *
   * @param walk how deep, into which directories, and what becomes of errors
   */
  public Flow.Publisher<Path> walk(Walk walk) {
    Objects.requireNonNull(walk, "walk");
    return PathEntries.publisher("walk", access, () -> new Tree(path, walk, _ -> true));
  }

  /**
   * {@return a publisher of what is in this directory, at any depth, and matches a pattern}
   * Otherwise like {@link #list}. Directories that may not be read, or are gone by then, are passed
   * by.
   *
   * @param pattern as {@link java.nio.file.FileSystem#getPathMatcher} takes it after {@code glob:},
   *     but for {@code **}{@code /}, which stands for no directory as well; it is matched with the
   *     path from here
   * @param options whether to follow links; those that lead in a circle are passed by
   */
  public Flow.Publisher<Path> glob(String pattern, FileVisitOption... options) {
    var glob = new Glob(path, Objects.requireNonNull(pattern, "pattern"));
    FileVisitOption[] how = options.clone();
    return PathEntries.publisher("glob", access, () -> glob.tree(how));
  }

  /**
   * {@return a manager of a stream of what is in this directory, itself first} The exit closes it.
   * It reads on the thread that uses it, which may block, and is meant for direct style: on an
   * event loop, it is refused.
   *
   * {@snippet class="dev.withal.files.AsyncFilesSnippetsTest" region="stream"}
   *
   * <p>What can't be read is an {@link java.io.UncheckedIOException}, unless the walk says
   * otherwise.
   *
   * @param walk how deep, into which directories, and what becomes of errors
   */
  public AsyncContextManager<Stream<Path>> stream(Walk walk) {
    Objects.requireNonNull(walk, "walk");
    return TreeStream.manager(access, path, walk);
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
    Set<CopyOption> how = Set.copyOf(List.of(options));
    return run("copyTo", file -> WholeFile.copy(file, target, how, access));
  }

  /**
   * Copies the file or directory with all that is in it. A link is copied, and not what it leads
   * to. What has been copied before a failure stays.
   *
   * @param target where to; not within this one
   * @param options how; with {@link java.nio.file.StandardCopyOption#REPLACE_EXISTING}, directories
   *     that are there are filled, and other files replaced
   * @return a future of how many files and directories were copied; to cancel it ends the copying
   *     soon
   */
  public CompletableFuture<Long> copyTreeAsync(Path target, CopyOption... options) {
    return copyTreeAsync(target, _ -> {}, options);
  }

  /**
   * Copies as {@link #copyTreeAsync(Path, CopyOption...) copyTreeAsync} does, and tells of it.
   *
   * @param target where to; not within this one
   * @param progress is told what was copied, one after the other; may block. An exception of it
   *     ends the copying
   * @param options how
   * @return a future of how many files and directories were copied
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

  /**
   * Deletes the file, or the directory with all that is in it. A link is deleted, and not what it
   * leads to. What has been deleted before a failure is gone.
   *
   * @return a future of how many files and directories were deleted; to cancel it ends the deletion
   *     soon
   */
  public CompletableFuture<Long> deleteTreeAsync() {
    return deleteTreeAsync(_ -> {});
  }

  /**
   * Deletes as {@link #deleteTreeAsync()} does, and tells of it.
   *
   * @param progress is told what was deleted, one after the other; may block. An exception of it
   *     ends the deletion
   * @return a future of how many files and directories were deleted
   */
  public CompletableFuture<Long> deleteTreeAsync(Consumer<? super Path> progress) {
    Objects.requireNonNull(progress, "progress");
    return counted("deleteTree", () -> new TreeDeletion(path), progress);
  }

  private CompletableFuture<Long> counted(
      String name, Supplier<? extends Entries> entries, Consumer<? super Path> progress) {
    return Written.start(
        PathEntries.publisher(name, access, entries),
        done -> {
          progress.accept(done);
          return CompletableFuture.completedFuture(1L);
        });
  }

  /** {@return a future of whether something was there, which is deleted now} */
  public CompletableFuture<Boolean> deleteIfExistsAsync() {
    return call("deleteIfExists", Files::deleteIfExists);
  }

  /** A call of the system. */
  @FunctionalInterface
  private interface OfSystem<R extends @Nullable Object> {
    R apply(Path path) throws IOException;
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
      String name, OfSystem<? extends R> call) {
    return placed(name, _ -> call.apply(path));
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
