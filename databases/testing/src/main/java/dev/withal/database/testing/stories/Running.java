package dev.withal.database.testing.stories;

import dev.withal.Async;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * A use under way.
 *
 * @param result what comes out of it
 * @param end asks it to end, by interrupting its thread or cancelling it
 */
public record Running<R extends @Nullable Object>(CompletableFuture<R> result, Runnable end) {

  /** Waits for the result, and throws what the use threw. */
  public R get() throws Exception {
    return Async.<R, Exception>await(result);
  }

  /** {@return a use in stage style, which cancelling its future asks to end} */
  public static <R extends @Nullable Object> Running<R> of(CompletableFuture<R> use) {
    return new Running<>(use, () -> use.cancel(true));
  }

  /** A use in direct style. */
  @FunctionalInterface
  public interface Use<R extends @Nullable Object> {

    /** Runs it. */
    R run() throws Exception;
  }

  /** Begins a use in direct style on a thread of its own. */
  public static <R extends @Nullable Object> Running<R> on(Thread.Builder threads, Use<R> use) {
    var result = new CompletableFuture<R>();
    Thread thread =
        threads.start(() -> {
          try {
            result.complete(use.run());
          } catch (Throwable error) {
            result.completeExceptionally(error);
          }
        });
    return new Running<>(result, thread::interrupt);
  }
}
