package dev.withal.files;

import dev.withal.AsyncContextManager;
import java.nio.charset.Charset;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.Flow;

/**
 * Opens files as contexts: on virtual threads, or {@linkplain #on on an executor}.
 *
 * {@snippet class="dev.withal.files.AsyncFilesSnippetsTest" region="direct"}
 *
 * <p>Thread-safe. A null argument is refused with a {@link NullPointerException}.
 */
public final class AsyncFiles {
  private static final FileAccess ON_VIRTUAL_THREADS = new FileAccess(new VirtualThreads());

  private AsyncFiles() {}

  /**
   * {@return a manager that opens a file at each enter and closes it at its exit}
   *
   * <p>The open, the close, and each operation of stage style run on a virtual thread of their own.
   * Otherwise like {@link FileAccess#open}, which says how an enter and an exit can fail.
   *
   * @param path the file to open
   * @param options how to open it; {@link java.nio.file.StandardOpenOption#READ READ} if there are
   *     none
   */
  public static AsyncContextManager<AsyncFile> open(Path path, OpenOption... options) {
    return ON_VIRTUAL_THREADS.open(path, options);
  }

  /**
   * {@return a manager that opens a file as text at each enter and closes it at its exit} On
   * virtual threads, and otherwise like {@link FileAccess#openText}.
   *
   * @param path the file to open
   * @param charset what the text is encoded in; what isn't text in it is an error
   * @param options how to open it; {@link java.nio.file.StandardOpenOption#READ READ} if there are
   *     none
   */
  public static AsyncContextManager<AsyncTextFile> openText(
      Path path, Charset charset, OpenOption... options) {
    return ON_VIRTUAL_THREADS.openText(path, charset, options);
  }

  /**
   * {@return a path whose operations run on virtual threads}
   *
   * @param path the path
   */
  public static AsyncPath path(Path path) {
    return ON_VIRTUAL_THREADS.path(path);
  }

  /**
   * {@return a manager of an empty file in the directory for temporary files, which the exit
   * deletes} On virtual threads, and otherwise like {@link FileAccess#temporaryFile(String,
   * String)}.
   *
   * @param prefix how its name begins
   * @param suffix how its name ends
   */
  public static AsyncContextManager<Path> temporaryFile(String prefix, String suffix) {
    return ON_VIRTUAL_THREADS.temporaryFile(prefix, suffix);
  }

  /**
   * {@return a manager of an empty directory among the temporary files, which the exit deletes with
   * all that is in it} On virtual threads, and otherwise like {@link
   * FileAccess#temporaryDirectory(String)}.
   *
   * @param prefix how its name begins
   */
  public static AsyncContextManager<Path> temporaryDirectory(String prefix) {
    return ON_VIRTUAL_THREADS.temporaryDirectory(prefix);
  }

  /**
   * {@return a manager of an empty file in a directory, which the exit deletes} On virtual threads,
   * and otherwise like {@link FileAccess#temporaryFile(Path, String, String)}.
   *
   * @param directory where
   * @param prefix how its name begins
   * @param suffix how its name ends
   */
  public static AsyncContextManager<Path> temporaryFile(
      Path directory, String prefix, String suffix) {
    return ON_VIRTUAL_THREADS.temporaryFile(directory, prefix, suffix);
  }

  /**
   * {@return a manager of an empty directory in another one, which the exit deletes with all that
   * is in it} On virtual threads, and otherwise like {@link FileAccess#temporaryDirectory(Path,
   * String)}.
   *
   * @param directory where
   * @param prefix how its name begins
   */
  public static AsyncContextManager<Path> temporaryDirectory(Path directory, String prefix) {
    return ON_VIRTUAL_THREADS.temporaryDirectory(directory, prefix);
  }

  /**
   * {@return a future of all that a publisher publishes} Meant for what fits into memory. To cancel
   * the future cancels the subscription.
   *
   * {@snippet class="dev.withal.files.AsyncFilesSnippetsTest" region="collected"}
   *
   * @param publisher what to subscribe to
   * @param <T> the type of the elements
   */
  public static <T> CompletableFuture<List<T>> toListAsync(Flow.Publisher<T> publisher) {
    List<T> all = new ArrayList<>();
    CompletableFuture<Long> counted =
        Written.start(
            Objects.requireNonNull(publisher, "publisher"),
            element -> {
              all.add(element);
              return CompletableFuture.completedFuture(1L);
            });
    var list = new CompletableFuture<List<T>>();
    counted.whenComplete((_, failure) -> {
      if (failure == null) {
        list.complete(Collections.unmodifiableList(all));
      } else {
        list.completeExceptionally(failure);
      }
    });
    list.whenComplete((_, failure) -> {
      if (failure != null) {
        counted.completeExceptionally(failure);
      }
    });
    return list;
  }

  /**
   * {@return standard input} It is always open, and one for the whole process, so that what one
   * reader has not taken is there for the next. A read that waits can be cancelled; the thread that
   * reads from the system waits on. Use this or {@link System#in}, not both.
   */
  public static AsyncFile standardInput() {
    return StandardStream.INPUT.file();
  }

  /**
   * {@return standard output, which is always open} What is written is on its way at once, and the
   * writer waits only while there is no room for it; {@link AsyncFile#flush} waits until all is
   * written, as the end of the process does, for a second at most. Use this or {@link System#out},
   * or flush in between.
   */
  public static AsyncFile standardOutput() {
    return StandardStream.OUTPUT.file();
  }

  /** {@return standard error, which is always open} Otherwise like {@link #standardOutput}. */
  public static AsyncFile standardError() {
    return StandardStream.ERROR.file();
  }

  /** {@return access to files on virtual threads, for other settings than the usual ones} */
  public static FileAccess onVirtualThreads() {
    return ON_VIRTUAL_THREADS;
  }

  /**
   * {@return access to files by which the open, the close, and each operation of stage style run on
   * the executor}
   *
   * @param executor what runs them; the caller's to shut down, after the last exit. Its threads
   *     must not be interrupted while they are in a file for which {@link AsyncFile} has direct
   *     style wait for the executor: that closes the file
   */
  public static FileAccess on(Executor executor) {
    return new FileAccess(executor);
  }
}
