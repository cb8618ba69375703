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
   * Otherwise like {@link FileAccess#open}, which specifies how an enter and an exit can fail.
   *
   * @param path the file to open
   * @param options the options with which it is opened; {@link
   *     java.nio.file.StandardOpenOption#READ READ} if there are none
   */
  public static AsyncContextManager<AsyncFile> open(Path path, OpenOption... options) {
    return ON_VIRTUAL_THREADS.open(path, options);
  }

  /**
   * {@return a manager that opens a file as text at each enter and closes it at its exit} Runs on
   * virtual threads, and is otherwise like {@link FileAccess#openText}.
   *
   * @param path the file to open
   * @param charset the charset of the text; bytes that aren't text in it are an error
   * @param options the options with which it is opened; {@link
   *     java.nio.file.StandardOpenOption#READ READ} if there are none
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
   * deletes} Runs on virtual threads, and is otherwise like {@link FileAccess#temporaryFile(String,
   * String)}.
   *
   * @param prefix the beginning of its name
   * @param suffix the end of its name
   */
  public static AsyncContextManager<Path> temporaryFile(String prefix, String suffix) {
    return ON_VIRTUAL_THREADS.temporaryFile(prefix, suffix);
  }

  /**
   * {@return a manager of an empty directory among the temporary files, which the exit deletes with
   * its contents} Runs on virtual threads, and is otherwise like {@link
   * FileAccess#temporaryDirectory(String)}.
   *
   * @param prefix the beginning of its name
   */
  public static AsyncContextManager<Path> temporaryDirectory(String prefix) {
    return ON_VIRTUAL_THREADS.temporaryDirectory(prefix);
  }

  /**
   * {@return a manager of an empty file in a directory, which the exit deletes} Runs on virtual
   * threads, and is otherwise like {@link FileAccess#temporaryFile(Path, String, String)}.
   *
   * @param directory the directory of the file
   * @param prefix the beginning of its name
   * @param suffix the end of its name
   */
  public static AsyncContextManager<Path> temporaryFile(
      Path directory, String prefix, String suffix) {
    return ON_VIRTUAL_THREADS.temporaryFile(directory, prefix, suffix);
  }

  /**
   * {@return a manager of an empty directory in another one, which the exit deletes with its
   * contents} Runs on virtual threads, and is otherwise like {@link
   * FileAccess#temporaryDirectory(Path, String)}.
   *
   * @param directory the directory in which it is created
   * @param prefix the beginning of its name
   */
  public static AsyncContextManager<Path> temporaryDirectory(Path directory, String prefix) {
    return ON_VIRTUAL_THREADS.temporaryDirectory(directory, prefix);
  }

  /**
   * {@return a future of all elements of a publisher} Intended for elements that fit into memory
   * together. Cancelling the future cancels the subscription.
   *
   * {@snippet class="dev.withal.files.AsyncFilesSnippetsTest" region="collected"}
   *
   * @param publisher the publisher to subscribe to
   * @param <T> the type of the elements
   */
  public static <T> CompletableFuture<List<T>> toListAsync(Flow.Publisher<T> publisher) {
    List<T> all = new ArrayList<>();
    CompletableFuture<Long> counted =
        Written.start(
            Objects.requireNonNull(publisher, "publisher"),
            ignored -> 1,
            element -> {
              all.add(element);
              return CompletableFuture.completedFuture(null);
            });
    var list = new CompletableFuture<List<T>>();
    counted.whenComplete((ignored, failure) -> {
      if (failure == null) {
        list.complete(Collections.unmodifiableList(all));
      } else {
        list.completeExceptionally(failure);
      }
    });
    list.whenComplete((ignored, failure) -> {
      if (failure != null) {
        counted.completeExceptionally(failure);
      }
    });
    return list;
  }

  /**
   * {@return standard input} It is always open, and there is one for the whole process, so that
   * bytes that one reader has not taken are there for the next. A read that waits can be cancelled;
   * the thread that reads from the system continues to wait. Use this or {@link System#in}, not
   * both.
   */
  public static AsyncFile standardInput() {
    return StandardStream.INPUT.file();
  }

  /**
   * {@return standard output, which is always open} Bytes are on their way as soon as they are
   * written, and the writer waits only while there is no room for them. {@link AsyncFile#flush}
   * waits until all of them are written; so does the end of the process, for at most a second. Use
   * this or {@link System#out}, or flush in between.
   */
  public static AsyncFile standardOutput() {
    return StandardStream.OUTPUT.file();
  }

  /** {@return standard error, which is always open} Otherwise like {@link #standardOutput}. */
  public static AsyncFile standardError() {
    return StandardStream.ERROR.file();
  }

  /** {@return access to files on virtual threads, to which other settings can be applied} */
  public static FileAccess onVirtualThreads() {
    return ON_VIRTUAL_THREADS;
  }

  /**
   * {@return access to files that runs the open, the close, and each operation of stage style on an
   * executor}
   *
   * @param executor the executor; the caller shuts it down, after the last exit. Its threads must
   *     not be interrupted while they are in a file for which {@link AsyncFile} makes direct style
   *     wait for the executor: that would close the file
   */
  public static FileAccess on(Executor executor) {
    return new FileAccess(executor);
  }
}
