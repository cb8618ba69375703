package dev.withal;

import dev.withal.internal.Time;
import java.time.Instant;
import java.util.Objects;
import java.util.concurrent.CancellationException;
import org.jspecify.annotations.Nullable;

/**
 * How a body ended, as its context's exit is told: it succeeded, failed, or was cancelled.
 *
 * <p>Several exits that follow one body each see the case as the exits before them left it: after
 * an inner exit {@linkplain Verdict#SUPPRESS suppressed} a failure, the outer ones see a success,
 * as with the arguments of {@code __aexit__} in PEP 492.
 *
 * <p>Immutable and thread-safe. A null argument is refused with a {@link NullPointerException}.
 */
public sealed interface ExitCase {

  /**
   * The deadline of an exit that nothing bounds: in 2262, where {@code long}s that count
   * nanoseconds from the epoch end. So the time that is left until any deadline fits into a {@code
   * long}, in whichever unit.
   */
  Instant UNBOUNDED = Time.NEVER;

  /**
   * {@return the instant by which the exit is to be done} {@link #UNBOUNDED} where nothing bounds
   * it, and never later than that or before {@link Instant#EPOCH}. An exit that can be quick or
   * graceful chooses by it; past it, whoever set it stops waiting.
   */
  Instant deadline();

  /** {@return what goes on to the caller if the exit propagates; null if the body succeeded} */
  @Nullable Throwable error();

  /**
   * {@return this case, to be done by the earlier of its own deadline and the given one}
   *
   * @param deadline the instant by which the exit is to be done
   */
  ExitCase by(Instant deadline);

  /**
   * The body returned a value.
   *
   * @param deadline the instant by which the exit is to be done
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
   * @param error what it ended with
   * @param deadline the instant by which the exit is to be done
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
   * @param error the reason: what the body ended with, or what was asked for, for example a {@link
   *     java.util.concurrent.TimeoutException}
   * @param bodyStillRuns whether the exit begins although the body has not ended: it was asked to,
   *     and did not within the grace period. The value may then be in use, so a pool discards it
   * @param deadline the instant by which the exit is to be done
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
  static ExitCase succeeded() {
    return Succeeded.AT_ANY_TIME;
  }

  /**
   * {@return the case of a body that ended with the given error} That is {@link Cancelled} for a
   * {@link CancellationException} and an {@link InterruptedException}, else {@link Failed}.
   *
   * @param error what the body ended with
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
