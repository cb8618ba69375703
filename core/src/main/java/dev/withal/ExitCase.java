package dev.withal;

import dev.withal.internal.Time;
import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import java.util.concurrent.CancellationException;
import org.jspecify.annotations.Nullable;

/**
 * How a body ended: it succeeded, failed, or was cancelled. The exit receives it.
 *
 * <p>If several exits follow one body, each is told the case as the exits before it left it: after
 * an inner exit {@linkplain Verdict#SUPPRESS suppressed} a failure, the outer ones are told of a
 * success, as with the arguments of {@code __aexit__} in PEP 492.
 *
 * <p>Immutable and thread-safe. A null argument is refused with a {@link NullPointerException}.
 */
public sealed interface ExitCase {

  /**
   * The deadline of an exit without a bound. It is in 2262, the last instant whose nanoseconds
   * since the epoch fit into a {@code long}, so the time left until any deadline fits as well, in
   * whichever unit.
   */
  Instant UNBOUNDED = Time.NEVER;

  /**
   * {@return the instant by which the exit should be done} It is {@link #UNBOUNDED} if there is no
   * bound, and never later than that or before {@link Instant#EPOCH}. An exit can choose by it
   * between a quick and a graceful end. Past the deadline, whoever has set it stops waiting.
   */
  Instant deadline();

  /**
   * {@return whether the body returned a value, or an exit before this one suppressed its error}
   */
  default boolean succeeded() {
    return error() == null;
  }

  /**
   * {@return how long it is until the {@link #deadline()}} Zero once that has passed; centuries if
   * there is no bound.
   */
  default Duration timeLeft() {
    Duration left = Duration.between(Time.current().now(), deadline());
    return left.isNegative() ? Duration.ZERO : left;
  }

  /** {@return the error that the caller gets if the exit propagates; null if the body succeeded} */
  @Nullable Throwable error();

  /**
   * {@return this case with the earlier of its own deadline and the given one}
   *
   * @param deadline the instant by which the exit should be done
   */
  ExitCase by(Instant deadline);

  /**
   * The body returned a value.
   *
   * @param deadline the instant by which the exit should be done
   */
  record Succeeded(Instant deadline) implements ExitCase {
    private static final Succeeded AT_ANY_TIME = new Succeeded(UNBOUNDED);

    /** Refuses a null deadline, and moves one that is too far off. */
    public Succeeded {
      deadline = countable(deadline);
    }

    @Override
    public @Nullable Throwable error() {
      return null;
    }

    @Override
    public Succeeded by(Instant other) {
      return new Succeeded(earlier(deadline, other));
    }
  }

  /**
   * The body ended with an exception or an {@link Error}, other than by cancellation.
   *
   * @param error the error
   * @param deadline the instant by which the exit should be done
   */
  record Failed(Throwable error, Instant deadline) implements ExitCase {
    /** Refuses nulls, and moves a deadline that is too far off. */
    public Failed {
      Objects.requireNonNull(error, "error");
      deadline = countable(deadline);
    }

    @Override
    public Failed by(Instant other) {
      return new Failed(error, earlier(deadline, other));
    }
  }

  /**
   * The body was asked to end early, or ended with a {@link CancellationException} or an {@link
   * InterruptedException} of its own.
   *
   * @param error the reason: the body's own exception, or the error of the request, for example a
   *     {@link java.util.concurrent.TimeoutException}
   * @param bodyStillRuns whether the exit begins although the body still runs, because it didn't
   *     end within the grace period. The value may still be in use then, so a pool should discard
   *     it
   * @param deadline the instant by which the exit should be done
   */
  record Cancelled(Throwable error, boolean bodyStillRuns, Instant deadline) implements ExitCase {
    /** Refuses nulls, and moves a deadline that is too far off. */
    public Cancelled {
      Objects.requireNonNull(error, "error");
      deadline = countable(deadline);
    }

    @Override
    public Cancelled by(Instant other) {
      return new Cancelled(error, bodyStillRuns, earlier(deadline, other));
    }
  }

  /** {@return the case of a body that returned a value} */
  static ExitCase success() {
    return Succeeded.AT_ANY_TIME;
  }

  /**
   * {@return the case of a body that ended with the given error} That is {@link Cancelled} for a
   * {@link CancellationException} and an {@link InterruptedException}, else {@link Failed}.
   *
   * @param error the error of the body
   */
  static ExitCase of(Throwable error) {
    return error instanceof CancellationException || error instanceof InterruptedException
        ? cancelled(error)
        : new Failed(error, UNBOUNDED);
  }

  /**
   * {@return the case of a body that was asked to end, and did}
   *
   * @param error the reason
   */
  static ExitCase cancelled(Throwable error) {
    return new Cancelled(error, false, UNBOUNDED);
  }

  private static Instant countable(Instant deadline) {
    Objects.requireNonNull(deadline, "deadline");
    return deadline.isBefore(Instant.EPOCH) ? Instant.EPOCH : earlier(deadline, UNBOUNDED);
  }

  private static Instant earlier(Instant one, Instant other) {
    return one.isBefore(other) ? one : other;
  }
}
