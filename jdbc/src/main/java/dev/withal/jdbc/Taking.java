package dev.withal.jdbc;

import static java.time.temporal.ChronoUnit.MILLIS;

import dev.withal.database.internal.Bound;
import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * One enter: a connection is taken, and something is made of it, in time.
 *
 * <p>Design: taken and begun by one call, since each call costs two switches between threads. Who
 * gives up while it is under way doesn't cancel that. Past the bound nobody waits for it any more:
 * its thread is interrupted if it is one of ours and waits for a network, the place is free, and a
 * connection that comes after all is closed.
 */
final class Taking<C> {
  private static final Duration FIRST_PAUSE = Duration.ofMillis(20);
  private static final Duration LONGEST_PAUSE = Duration.ofSeconds(1);

  private final Source source;
  private final String context;
  private final Executor executor;
  private final Use<C> use;
  private final Duration limit;
  private final long began = System.nanoTime();
  private final CompletableFuture<C> result = new CompletableFuture<>();
  private final AtomicBoolean over = new AtomicBoolean();
  private final Opener opener = new Opener();
  private volatile @Nullable Loan loan;

  private Taking(Source source, String context, Executor executor, Use<C> use) {
    this.source = source;
    this.context = context;
    this.executor = executor;
    this.use = use;
    this.limit = source.limit();
  }

  /** Makes of a connection what a context has of it. */
  interface Use<C> {
    C of(Loan loan) throws SQLException;
  }

  /**
   * {@return a stage of a connection that is taken, and of what is made of it}
   *
   * @param context who has it, for messages
   * @param executor where the driver is called
   */
  static <C> CompletionStage<C> start(
      Source source, String context, Executor executor, Use<C> use) {
    source.taking();
    var taking = new Taking<C>(source, context, executor, use);
    taking.attempt(FIRST_PAUSE);
    return taking.result.minimalCompletionStage();
  }

  /**
   * {@return a stage of the same, made on the calling thread; null where that had to ask a server}
   *
   * @param will tells whether the use of a connection can be made without
   */
  static <C> @Nullable CompletionStage<C> here(
      Source source, Executor executor, Predicate<Physical> will, Use<C> use) {
    Physical kept = source.kept(will);
    if (kept == null) {
      return null;
    }
    source.taking();
    var loan = new Loan(source, new Session(kept, executor, source.bounds()));
    try {
      return CompletableFuture.completedStage(use.of(loan));
    } catch (SQLException error) {
      source.ended();
      return CompletableFuture.failedStage(error);
    }
  }

  private Duration left() {
    return limit.minusNanos(System.nanoTime() - began);
  }

  private void attempt(Duration pause) {
    CompletableFuture<C> attempt = Calls.start(context, executor, this::make);
    Bound.on(attempt, Bound.shorter(source.bounds().connect(), left()), this::giveUp);
    attempt.whenComplete((made, error) -> {
      if (error == null) {
        arrived(made);
      } else if (error instanceof Unreachable && left().compareTo(pause) > 0) {
        Duration next = Bound.shorter(pause.multipliedBy(2), LONGEST_PAUSE);
        Bound.after(pause, () -> attempt(next));
      } else {
        failed(error);
      }
    });
  }

  private C make() throws SQLException {
    Physical physical = opener.run(() -> source.get(left()));
    var taken = new Loan(source, new Session(physical, executor, source.bounds()));
    loan = taken;
    // Guard against race with the bound: it has seen no connection then, which is late now.
    if (over.get()) {
      taken.discard();
      throw new SQLTransientConnectionException(context + " has been given up by now");
    }
    return use.of(taken);
  }

  private void arrived(C made) {
    Loan taken = loan;
    if (over.compareAndSet(false, true)) {
      result.complete(made);
    } else if (taken != null) {
      taken.abandon();
      taken.session().physical().closeAside(source.bounds().cancel());
    }
  }

  private void failed(Throwable error) {
    if (over.compareAndSet(false, true)) {
      source.ended();
      result.completeExceptionally(
          error instanceof SQLException failure && loan == null ? source.told(failure) : error);
    }
  }

  /** Time is over; what is done with a connection that is there by now has a time of its own. */
  private void giveUp() {
    if (loan != null) {
      Bound.on(result, source.bounds().connect(), this::abortBegin);
    } else if (over.compareAndSet(false, true)) {
      opener.interrupt();
      source.ended();
      result.completeExceptionally(source.told(tooLate("open a connection")));
    }
  }

  /** Makes the call to the driver fail, which tells what it was. */
  private void abortBegin() {
    Loan taken = Objects.requireNonNull(loan);
    taken.session().abort();
    Bound.on(
        result,
        Bound.LAST,
        () -> {
          if (over.compareAndSet(false, true)) {
            taken.abandon();
            result.completeExceptionally(tooLate("begin"));
          }
        });
  }

  private SQLException tooLate(String what) {
    Duration taken = Duration.ofNanos(System.nanoTime() - began);
    return new SQLTransientConnectionException(
        "the database didn't " + what + " within " + taken.truncatedTo(MILLIS), "08001");
  }
}
