package dev.withal.jdbc;

import dev.withal.Async;
import dev.withal.AsyncBody;
import dev.withal.AsyncContextManager;
import dev.withal.Body;
import dev.withal.Cancellation;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/**
 * Runs a body again, in a fresh context, where the database says that it was in the way of another
 * transaction: on a serialization failure (SQLSTATE 40001) and on a deadlock (40P01).
 *
 * <p>Each attempt is a whole use: it enters, and it has exited before the next one begins. Between
 * them it waits, at random up to a bound that doubles each time, so that two that were in each
 * other's way part. The last error is the result, with those before it as suppressed exceptions.
 * Other errors are the result at once, and so is a commit whose outcome is unknown.
 *
 * <p>Not a manager: a body that runs more than once has to be written for it. Immutable and
 * thread-safe. A null argument is refused with a {@link NullPointerException}.
 *
 * @param <T> the type of the contexts' value
 */
public final class Retrying<T extends @Nullable Object> {
  private static final Duration UNBOUNDED = Duration.ofSeconds(Long.MAX_VALUE);
  private static final Set<String> PASSING = Set.of("40001", "40P01");

  private final AsyncContextManager<T> manager;
  private final int attempts;
  private final Duration pause;

  Retrying(AsyncContextManager<T> manager, int attempts, Duration pause) {
    this.manager = manager;
    this.attempts = attempts;
    this.pause = pause;
  }

  /**
   * {@return the same with another number of attempts} It is 5 unless set.
   *
   * @param most how many times the body runs at most
   * @throws IllegalArgumentException if it is less than 1
   */
  public Retrying<T> attempts(int most) {
    if (most < 1) {
      throw new IllegalArgumentException("attempts must be at least 1, but is " + most);
    }
    return new Retrying<>(manager, most, pause);
  }

  /**
   * {@return the same with another pause} It is 50 ms unless set.
   *
   * @param first the longest pause after the first attempt; the bound of each further one is twice
   *     as long, up to a hundred times as long as the first
   * @throws IllegalArgumentException if it isn't positive
   */
  public Retrying<T> pause(Duration first) {
    if (!first.isPositive()) {
      throw new IllegalArgumentException("the pause must be positive, but is " + first);
    }
    return new Retrying<>(manager, attempts, first);
  }

  /**
   * Runs the body in direct style, as by {@link AsyncContextManager#use}, once or several times.
   *
   * @param body what to run
   * @param <R> the type of the result
   * @param <X> the checked exception that the body may throw
   * @return what the body returned, the last time
   * @throws X if the last attempt fails
   * @throws InterruptedException if the calling thread is interrupted
   */
  public <R extends @Nullable Object, X extends Exception> R use(
      Body<? super T, ? extends R, X> body) throws X, InterruptedException {
    Objects.requireNonNull(body, "body");
    Throwable before = null;
    for (int attempt = 1; ; attempt++) {
      try {
        return manager.<R, X>use(body);
      } catch (Throwable error) {
        add(error, before);
        if (attempt >= attempts || !isPassing(error)) {
          throw error;
        }
        before = error;
      }
      Async.sleep(pauseAfter(attempt));
    }
  }

  /**
   * Runs the body in stage style, as by {@link AsyncContextManager#useAsync(AsyncBody)}, once or
   * several times.
   *
   * @param body what to run
   * @param <R> the type of the result
   * @return a future of what the body's stage completed with, the last time; to ask it for an end
   *     ends the attempt that runs, or the pause, and there is no further one
   */
  public <R extends @Nullable Object> CompletableFuture<R> useAsync(
      AsyncBody<? super T, ? extends R> body) {
    Objects.requireNonNull(body, "body");
    // The attempts bound by themselves how long they take to end, hence no bound here.
    return AsyncContextManager.of(this)
        .grace(UNBOUNDED)
        .useAsync((_, cancellation) -> attempt(1, null, body, cancellation));
  }

  private <R extends @Nullable Object> CompletionStage<R> attempt(
      int number,
      @Nullable Throwable before,
      AsyncBody<? super T, ? extends R> body,
      Cancellation cancellation) {
    CompletableFuture<R> use = manager.useAsync(body);
    return cancellation
        .cancelling(use)
        .exceptionallyCompose(failure -> {
          Throwable error = unwrapped(failure);
          add(error, before);
          if (number >= attempts || !isPassing(error) || cancellation.reason() != null) {
            return CompletableFuture.failedFuture(error);
          }
          return cancellation
              .cancelling(Async.sleepAsync(pauseAfter(number)))
              .thenCompose(_ -> attempt(number + 1, error, body, cancellation));
        });
  }

  private static Throwable unwrapped(Throwable error) {
    return error instanceof CompletionException && error.getCause() != null
        ? error.getCause()
        : error;
  }

  private static void add(Throwable error, @Nullable Throwable before) {
    if (before != null && before != error) {
      error.addSuppressed(before);
    }
  }

  private Duration pauseAfter(int attempt) {
    long longest = pause.multipliedBy(Math.min(100, 1L << Math.min(attempt - 1, 10))).toNanos();
    return Duration.ofNanos(ThreadLocalRandom.current().nextLong(longest) + 1);
  }

  /** {@return whether the error, or what caused it, passes when the body is run again} */
  private static boolean isPassing(Throwable error) {
    int depth = 0;
    for (Throwable at = error; at != null && depth < 100; at = at.getCause()) {
      depth++;
      if (at instanceof SQLException known && isPassingState(known.getSQLState())) {
        return true;
      }
    }
    return false;
  }

  private static boolean isPassingState(@Nullable String state) {
    return state != null && PASSING.contains(state);
  }

  @Override
  public String toString() {
    return "retrying " + manager;
  }
}
