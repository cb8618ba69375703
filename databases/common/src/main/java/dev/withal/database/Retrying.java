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
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Runs a body again, in a fresh context, if it fails with a transient error: one that a later
 * attempt may not meet. A rule decides which errors these are. For transactions that conflict with
 * each other, {@code R2dbc.retrying} and {@code Jdbc.retrying} provide the rule.
 *
 * {@snippet class="dev.withal.database.RetryingExamplesTest" region="rule"}
 *
 * <p>Each attempt is a whole use: it enters, and it has exited before the next one begins. Between
 * two attempts there is a pause of random length, up to a bound that doubles each time, so that two
 * conflicting callers diverge. The last error is the result, with the previous ones as suppressed
 * exceptions. An error that isn't transient is the result immediately.
 *
 * <p>There is no further attempt after a cancellation, by interrupting the thread or by the
 * returned future. If that happens in a pause, the last error is added to the exception that
 * reports the cancellation.
 *
 * <p>It is not a manager, since a body that runs more than once must be written for that. Immutable
 * and thread-safe. A null argument is refused with a {@link NullPointerException}.
 *
 * @param <T> the type of the contexts' value
 */
public final class Retrying<T extends @Nullable Object> {
  /** A first pause of which a hundred times has a count of nanoseconds; any pause is accepted. */
  private static final Duration LONGEST = Duration.ofDays(365);

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
   * {@return an operator that runs bodies in contexts of a manager, and runs them again as a rule
   * decides}
   *
   * <p>The rule is asked about the error of each attempt but the last, whether the enter, the body
   * or the exit failed, as the use throws it. It is called on the thread on which the attempt
   * ended, and must not block. If the rule itself throws, there is no further attempt: the error
   * that it was asked about is the result, with the rule's exception as a suppressed one.
   *
   * @param manager the manager that each attempt enters
   * @param passes the rule: whether an error is transient, so that the body runs again
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
   * {@return a copy with another number of attempts} The default is 5.
   *
   * @param most the maximum number of times that the body runs
   * @throws IllegalArgumentException if the number is less than 1
   */
  public Retrying<T> attempts(int most) {
    if (most < 1) {
      throw new IllegalArgumentException("attempts must be at least 1, but is " + most);
    }
    return new Retrying<>(manager, rule, most, pause);
  }

  /**
   * {@return a copy with another pause} The default is 50 ms.
   *
   * @param first the longest pause after the first attempt; the bound doubles with each further
   *     one, up to a hundred times the first
   * @throws IllegalArgumentException if the duration isn't positive
   */
  public Retrying<T> pause(Duration first) {
    if (!first.isPositive()) {
      throw new IllegalArgumentException("the pause must be positive, but is " + first);
    }
    return new Retrying<>(manager, rule, attempts, first);
  }

  /**
   * Runs the body in direct style, as by {@link AsyncContextManager#use}, one or more times.
   *
   * @param body the body to run
   * @param <R> the type of the result
   * @param <X> the checked exception that the body may throw
   * @return the result of the body's last run
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
   * Runs a body without a result in direct style, as {@link #use use} does.
   *
   * @param body the body to run
   * @param <X> the checked exception that the body may throw
   * @throws X if the last attempt fails
   * @throws InterruptedException if the calling thread is interrupted
   */
  public <X extends Exception> void run(Body.Action<? super T, X> body)
      throws X, InterruptedException {
    this.<@Nullable Void, X>use(Objects.requireNonNull(body, "body").withNull());
  }

  /**
   * Runs the body in stage style, as by {@link AsyncContextManager#useAsync(AsyncBody)}, one or
   * more times.
   *
   * @param body the body to run
   * @param <R> the type of the result
   * @return a future of the result of the body's last run; cancelling it cancels the current
   *     attempt, or ends the pause, and there is no further attempt
   */
  public <R extends @Nullable Object> CompletableFuture<R> useAsync(
      AsyncBody<? super T, ? extends R> body) {
    Objects.requireNonNull(body, "body");
    return started(() -> manager.useAsync(body));
  }

  /**
   * Runs a body that listens for cancellation, in stage style, as by {@link
   * AsyncContextManager#useAsync(AsyncBody.Cancellable)}, one or more times.
   *
   * @param body the body to run; each attempt has a {@link Cancellation} of its own
   * @param <R> the type of the result
   * @return a future of the result of the body's last run; cancelling it cancels the current
   *     attempt, or ends the pause, and there is no further attempt
   */
  public <R extends @Nullable Object> CompletableFuture<R> useAsync(
      AsyncBody.Cancellable<? super T, ? extends R> body) {
    Objects.requireNonNull(body, "body");
    return started(() -> manager.useAsync(body));
  }

  private <R extends @Nullable Object> CompletableFuture<R> started(
      Supplier<CompletableFuture<R>> uses) {
    // The attempts themselves bound how long they take to end, hence there is no bound here.
    return AsyncContextManager.ofValue(this)
        .grace(UNBOUNDED)
        .useAsync((ignored, cancellation) -> attempt(1, null, uses, cancellation));
  }

  private <R extends @Nullable Object> CompletionStage<R> attempt(
      int number,
      @Nullable Throwable before,
      Supplier<CompletableFuture<R>> uses,
      Cancellation cancellation) {
    return cancellation
        .cancelling(uses.get())
        .exceptionallyCompose(failure -> {
          Throwable error = unwrapped(failure);
          add(error, before);
          if (cancellation.reason() != null || number >= attempts || !passes(error)) {
            return CompletableFuture.failedFuture(error);
          }
          return cancellation
              .cancelling(Async.sleepAsync(randomPause(number)))
              .whenComplete((ignored, end) -> {
                if (end != null) {
                  add(unwrapped(end), error);
                }
              })
              .thenCompose(ignored -> attempt(number + 1, error, uses, cancellation));
        });
  }

  /** Waits on the calling thread. */
  private void pauseAfter(int attempt, Throwable before) throws InterruptedException {
    try {
      Async.sleep(randomPause(attempt));
    } catch (InterruptedException end) {
      add(end, before);
      throw end;
    }
  }

  private Duration randomPause(int attempt) {
    long times = Math.min(100, 1L << Math.min(attempt - 1, 10));
    Duration first = pause.compareTo(LONGEST) < 0 ? pause : LONGEST;
    long longest = first.multipliedBy(times).toNanos();
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
