package dev.withal.database;

import dev.withal.Async;
import dev.withal.AsyncBody;
import dev.withal.AsyncContextManager;
import dev.withal.Body;
import dev.withal.Cancellation;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Runs a body again, in a fresh context, where it fails with an error that passes: one that a later
 * attempt may be spared. A rule tells which those are. For transactions that were in the way of one
 * another, {@code R2dbc.retrying} and {@code Jdbc.retrying} have it ready made.
 *
 * {@snippet class="dev.withal.database.RetryingExamplesTest" region="rule"}
 *
 * <p>Each attempt is a whole use: it enters, and it has exited before the next one begins. Between
 * them it waits, at random up to a bound that doubles each time, so that two that were in each
 * other's way part. The last error is the result, with those before it as suppressed exceptions.
 * Errors that don't pass are the result at once.
 *
 * <p>There is no further attempt once the caller has asked for an end, by an interruption of the
 * thread or by the returned future. If that is in a pause, the last error is added to what tells of
 * it.
 *
 * <p>Not a manager: a body that runs more than once has to be written for it. Immutable and
 * thread-safe. A null argument is refused with a {@link NullPointerException}.
 *
 * @param <T> the type of the contexts' value
 */
public final class Retrying<T extends @Nullable Object> {
  private static final Duration UNBOUNDED = Duration.ofSeconds(Long.MAX_VALUE);

  private final AsyncContextManager<T> manager;
  private final Predicate<? super Throwable> rule;
  private final int attempts;
  private final Duration pause;

  private Retrying(
      AsyncContextManager<T> manager,
      Predicate<? super Throwable> rule,
      int attempts,
      Duration pause) {
    this.manager = manager;
    this.rule = rule;
    this.attempts = attempts;
    this.pause = pause;
  }

  /**
   * {@return what runs bodies in contexts of a manager, and runs them again where a rule says so}
   *
   * <p>The rule is asked about the error of each attempt but the last, whether the enter, the body
   * or the exit failed, as it comes out of the use. It is called on the thread on which the attempt
   * ended, and must not block. A rule that throws ends it: the error that it was asked about is the
   * result, with what it threw as a suppressed exception.
   *
   * @param manager what each attempt enters
   * @param passes the rule: whether an error passes, so that the body is to run again
   * @param <T> the type of the contexts' value
   */
  public static <T extends @Nullable Object> Retrying<T> of(
      AsyncContextManager<T> manager, Predicate<? super Throwable> passes) {
    return new Retrying<>(
        Objects.requireNonNull(manager, "manager"),
        Objects.requireNonNull(passes, "passes"),
        5,
        Duration.ofMillis(50));
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
    return new Retrying<>(manager, rule, most, pause);
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
    return new Retrying<>(manager, rule, attempts, first);
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
        if (error instanceof InterruptedException || attempt >= attempts || !passes(error)) {
          throw error;
        }
        before = error;
      }
      pauseAfter(attempt, before);
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
          if (cancellation.reason() != null || number >= attempts || !passes(error)) {
            return CompletableFuture.failedFuture(error);
          }
          return cancellation
              .cancelling(Async.sleepAsync(randomPause(number)))
              .whenComplete((_, end) -> {
                if (end != null) {
                  add(unwrapped(end), error);
                }
              })
              .thenCompose(_ -> attempt(number + 1, error, body, cancellation));
        });
  }

  /** Waits, on the calling thread. */
  private void pauseAfter(int attempt, Throwable before) throws InterruptedException {
    try {
      Async.sleep(randomPause(attempt));
    } catch (InterruptedException end) {
      add(end, before);
      throw end;
    }
  }

  private Duration randomPause(int attempt) {
    long longest = pause.multipliedBy(Math.min(100, 1L << Math.min(attempt - 1, 10))).toNanos();
    return Duration.ofNanos(ThreadLocalRandom.current().nextLong(longest) + 1);
  }

  private boolean passes(Throwable error) {
    try {
      return rule.test(error);
    } catch (Throwable failure) {
      add(error, failure);
      return false;
    }
  }

  private static void add(Throwable error, @Nullable Throwable other) {
    if (other != null && other != error) {
      error.addSuppressed(other);
    }
  }

  private static Throwable unwrapped(Throwable error) {
    return error instanceof CompletionException && error.getCause() != null
        ? error.getCause()
        : error;
  }

  @Override
  public String toString() {
    return "retrying " + manager;
  }
}
