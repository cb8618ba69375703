package dev.withal.r2dbc;

import dev.withal.AsyncContext;
import dev.withal.ExitCase;
import dev.withal.Verdict;
import dev.withal.database.internal.Bound;
import dev.withal.r2dbc.PoolSettings.Reset;
import io.r2dbc.spi.Batch;
import io.r2dbc.spi.Connection;
import io.r2dbc.spi.IsolationLevel;
import io.r2dbc.spi.Statement;
import io.r2dbc.spi.TransactionDefinition;
import io.r2dbc.spi.ValidationDepth;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;

/**
 * A pool's connection for the time that one context has it.
 *
 * <p>Design: a connection is lent again only if it is known to be idle, in auto-commit mode, and
 * sound. Whoever has a doubt {@linkplain PhysicalConnection#doom dooms} it, and needs to do nothing
 * else. An exit that takes too long closes it by force, and the place is free in any case.
 */
final class Lease extends ForwardingConnection implements AsyncContext<Connection> {

  /** The end of no step at all. */
  private static final CompletionStage<@Nullable Void> NOTHING = Failure.none();

  private final PhysicalConnection physical;
  private final Admission admission;
  private final Reset reset;
  private final Predicate<PhysicalConnection> shelf;
  private final Runnable left;

  /**
   * @param context who has it, for messages
   * @param reset when the session is put back
   * @param shelf keeps it for who comes next, unless it says no
   * @param left called when it is back, or nobody's any more; may be called twice
   */
  Lease(
      PhysicalConnection physical,
      String context,
      Reset reset,
      Predicate<PhysicalConnection> shelf,
      Runnable left) {
    super(physical);
    this.physical = physical;
    this.admission = new Admission(context);
    this.reset = reset;
    this.shelf = shelf;
    this.left = left;
  }

  PhysicalConnection physical() {
    return physical;
  }

  @Override
  public Publisher<Void> beginTransaction(TransactionDefinition definition) {
    physical.session().willBegin(definition);
    return super.beginTransaction(definition);
  }

  /** Whoever has it may do as he likes with the session. */
  @Override
  public Connection unwrap() {
    physical.session().touch();
    return physical;
  }

  @Override
  public Publisher<Void> setTransactionIsolationLevel(IsolationLevel level) {
    physical.session().keepIsolation();
    return super.setTransactionIsolationLevel(level);
  }

  @Override
  public Publisher<Void> setStatementTimeout(Duration timeout) {
    physical.session().touch();
    return super.setStatementTimeout(timeout);
  }

  @Override
  public Publisher<Void> setLockWaitTimeout(Duration timeout) {
    physical.session().touch();
    return super.setLockWaitTimeout(timeout);
  }

  @Override
  public Statement createStatement(String sql) {
    physical.session().willRun(sql);
    return new GuardedStatement(super.createStatement(sql), admission);
  }

  @Override
  public Batch createBatch() {
    return new GuardedBatch(
        super.createBatch(),
        admission,
        sql -> {
          physical.session().willRun(sql);
          return sql;
        });
  }

  @Override
  public Connection value() {
    return this;
  }

  /** Refused: the exit does it. */
  @Override
  public Publisher<Void> close() {
    throw new IllegalStateException(
        "this connection goes back to its pool when its context exits: return from the body"
            + " instead of calling close()");
  }

  @Override
  public CompletionStage<Verdict> exitAsync(ExitCase how) {
    CompletableFuture<@Nullable Void> nothingSent = admission.close();
    CompletionStage<Verdict> exit =
        nothingSent.isDone() || physical.isAborted()
            ? giveBack(how)
            : (how.error() == null ? nothingSent : LeftBehind.stop(physical, nothingSent))
                .handle((_, error) -> error)
                .thenCompose(_ -> giveBack(how));
    return Bound.within(
        physical.bounds().exit(),
        exit.toCompletableFuture(),
        physical::abort,
        () -> {
          left.run();
          return PhysicalConnection.closedByForce();
        });
  }

  private CompletionStage<Verdict> giveBack(ExitCase how) {
    if (how instanceof ExitCase.Cancelled cancelled) {
      if (cancelled.bodyStillRuns()) {
        physical.doom();
      } else if (!physical.isDoomed()) {
        return after(idle().thenCompose(_ -> tidied()));
      }
    }
    return after(tidied());
  }

  /** {@return a stage that completes when no statement runs any more} */
  private CompletionStage<?> idle() {
    return LeftBehind.<@Nullable Void>stop(
        physical, Step.take(() -> super.validate(ValidationDepth.REMOTE)));
  }

  /** Undoes what the body began by hand and left open, and what it has left in the session. */
  private CompletionStage<?> tidied() {
    try {
      if (physical.isDoomed()) {
        return NOTHING;
      }
      return isAutoCommit()
          ? putBack()
          : Step.take(this::rollbackTransaction)
              .thenCompose(_ -> Step.take(() -> setAutoCommit(true)))
              .thenCompose(_ -> putBack());
    } catch (Throwable error) {
      return CompletableFuture.failedFuture(error);
    }
  }

  /** A session that its database can't put back is nobody's any more. */
  private CompletionStage<@Nullable Void> putBack() {
    CompletableFuture<Boolean> putBack = physical.session().putBack(reset).toCompletableFuture();
    if (putBack.isDone() && !putBack.isCompletedExceptionally() && putBack.resultNow()) {
      return NOTHING;
    }
    return putBack.<@Nullable Void>thenApply(done -> {
      if (!done) {
        physical.doom();
      }
      return null;
    });
  }

  /** {@return the answer when the steps have ended and the connection is back} */
  private CompletionStage<Verdict> after(CompletionStage<?> steps) {
    return steps == NOTHING
        ? returned(null)
        : steps
            .<@Nullable Throwable>handle((_, error) -> {
              if (error != null) {
                physical.doom();
              }
              return error;
            })
            .thenCompose(this::returned);
  }

  private CompletionStage<Verdict> returned(@Nullable Throwable error) {
    return kept()
        .handle((_, failure) -> {
          left.run();
          Throwable shown = Failure.joined(error, failure);
          if (shown != null) {
            throw Failure.wrapped(shown);
          }
          return Verdict.PROPAGATE;
        });
  }

  /** Puts it on the shelf, or throws it away. {@return a stage of that} */
  private CompletionStage<@Nullable Void> kept() {
    if (physical.isAborted()) {
      return NOTHING;
    }
    if (physical.isDoomed()) {
      return closed();
    }
    // A driver may have closed it, as one does whose server has gone.
    return physical
        .isValid(ValidationDepth.LOCAL, physical.bounds().validate())
        .thenCompose(valid ->
            valid
                ? physical.isBack().thenCompose(_ -> shelf.test(physical) ? NOTHING : closed())
                : closed());
  }

  private CompletionStage<@Nullable Void> closed() {
    return Step.take(physical::close);
  }
}
