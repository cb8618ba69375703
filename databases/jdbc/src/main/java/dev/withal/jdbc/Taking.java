package dev.withal.jdbc;

import static java.time.temporal.ChronoUnit.MILLIS;

import dev.withal.database.internal.Bound;
import dev.withal.jdbc.TransactionException.Outcome;
import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * One enter: taking a connection and beginning something on it, within a bound.
 *
 * <p>Design: one call takes the connection and begins, since each call costs two switches between
 * threads. Giving up while the call is under way doesn't cancel it. Past the bound nobody waits for
 * it any more: its thread is interrupted if it is one of ours and waits for a network, the place is
 * free, and a connection that arrives later is closed.
 */
final class Taking<C> {
  private static final Duration FIRST_PAUSE = Duration.ofMillis(20);
  private static final Duration LONGEST_PAUSE = Duration.ofSeconds(1);

  private final Source source;
  private final String context;
  private final Where where;
  private final Use<C> use;
  private final Duration limit;
  private final long began = System.nanoTime();
  private final CompletableFuture<C> result = new CompletableFuture<>();
  private final AtomicBoolean over = new AtomicBoolean();
  private final Opener opener = new Opener();
  private volatile @Nullable Loan loan;

  private Taking(Source source, String context, Where where, Use<C> use) {
    this.source = source;
    this.context = context;
    this.where = where;
    this.use = use;
    this.limit = source.limit();
  }

  /** Makes the thing that a context has from a connection. */
  interface Use<C> {
    C of(Loan loan) throws SQLException;
  }

  /**
   * {@return a stage that takes a connection and completes with the thing made from it}
   *
   * @param context the name of the context, for messages
   * @param where where the driver is called
   */
  static <C> CompletionStage<C> start(Source source, String context, Where where, Use<C> use) {
    source.taking();
    var taking = new Taking<C>(source, context, where, use);
    taking.attempt(FIRST_PAUSE);
    return taking.result.minimalCompletionStage();
  }

  /**
   * {@return the same stage, made on the calling thread; null if that would have asked a server}
   *
   * @param will tests whether that works on a given connection without asking a server
   */
  static <C> @Nullable CompletionStage<C> here(
      Source source, Where where, Predicate<Physical> will, Use<C> use) {
    Physical kept = source.kept(will);
    if (kept == null) {
      return null;
    }
    source.taking();
    var loan = new Loan(source, new Session(kept, where, source.bounds()));
    try {
      C made = use.of(loan);
      source.lent();
      return CompletableFuture.completedStage(made);
    } catch (Throwable error) {
      source.ended();
      return CompletableFuture.failedStage(error);
    }
  }

  private Duration left() {
    return limit.minusNanos(System.nanoTime() - began);
  }

  private void attempt(Duration pause) {
    CompletableFuture<C> attempt = Calls.start(context, where.executor(), this::make);
    Bound.on(attempt, Bound.shorter(source.bounds().connect(), left()), this::giveUp);
    attempt.whenComplete((made, error) -> {
      if (error == null) {
        arrived(made);
      } else if (error instanceof Unreachable failure && left().compareTo(pause) > 0) {
        pause(pause, failure);
      } else {
        failed(error);
      }
    });
  }

  private void pause(Duration pause, Unreachable failure) {
    source
        .pause(pause)
        .thenAccept(isAwaited -> {
          if (isAwaited) {
            attempt(Bound.shorter(pause.multipliedBy(2), LONGEST_PAUSE));
          } else {
            failed(Unreachable.causeOf(failure));
          }
        });
  }

  /** Guard against race with the bound: the executor may have been late, and the place be free. */
  private Duration awaitedFor() throws SQLException {
    Duration left = left();
    if (over.get() || !left.isPositive()) {
      SQLException late = tooLate("open a connection");
      throw Unreachable.orNot(late, late);
    }
    return left;
  }

  private C make() throws SQLException {
    Physical physical = opener.run(() -> source.get(this::awaitedFor));
    var taken = new Loan(source, new Session(physical, where, source.bounds()));
    loan = taken;
    // Guard against race with the bound: it saw no connection then, so this one is late.
    if (over.get()) {
      taken.discard();
      throw new SQLTransientConnectionException(context + " is no longer awaited");
    }
    return use.of(taken);
  }

  private void arrived(C made) {
    Loan taken = loan;
    if (over.compareAndSet(false, true)) {
      source.lent();
      result.complete(made);
    } else if (taken != null) {
      taken.abandon();
      taken.session().physical().closeAside(source.bounds().cancel());
    }
  }

  private void failed(Throwable error) {
    if (over.compareAndSet(false, true)) {
      if (error instanceof Unreachable) {
        source.timedOut();
      }
      source.ended();
      result.completeExceptionally(
          error instanceof SQLException failure && loan == null ? source.told(failure) : error);
    }
  }

  /**
   * Ends the wait at the bound; the steps after the arrival of a connection have a bound of their
   * own.
   */
  private void giveUp() {
    if (loan != null) {
      Bound.on(result, source.bounds().connect(), this::abortBegin);
    } else if (over.compareAndSet(false, true)) {
      opener.interrupt();
      source.timedOut();
      source.ended();
      result.completeExceptionally(source.told(tooLate("open a connection")));
    }
  }

  /** Makes the call to the driver fail, which reports the cause. */
  private void abortBegin() {
    Loan taken = Objects.requireNonNull(loan);
    taken.session().abort();
    Bound.on(
        result,
        Bound.LAST,
        () -> {
          if (over.compareAndSet(false, true)) {
            taken.abandon();
            // Only the begin of a transaction calls the driver once the connection is there.
            result.completeExceptionally(
                new TransactionException(
                    context,
                    "the transaction could not begin",
                    tooLate("begin"),
                    Outcome.NOT_COMMITTED));
          }
        });
  }

  private SQLException tooLate(String what) {
    Duration taken = Duration.ofNanos(System.nanoTime() - began);
    return new SQLTransientConnectionException(
        "the database didn't " + what + " within " + taken.truncatedTo(MILLIS), "08001");
  }
}
