package dev.withal.r2dbc;

import dev.withal.AsyncContext;
import dev.withal.AsyncContextManager;
import dev.withal.ExitCase;
import dev.withal.Verdict;
import dev.withal.database.internal.Bound;
import dev.withal.database.internal.SqlDialect;
import dev.withal.r2dbc.TransactionException.Outcome;
import io.r2dbc.spi.Connection;
import io.r2dbc.spi.R2dbcException;
import io.r2dbc.spi.R2dbcNonTransientResourceException;
import io.r2dbc.spi.TransactionDefinition;
import io.r2dbc.spi.ValidationDepth;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * A transaction on one connection.
 *
 * <p>Design: drivers skip the begin of a transaction within a transaction without a word, and the
 * inner commit would then commit the outer one's work. What a body is given is known by its class,
 * and a transaction on it is a savepoint. For who still has the connection itself, those that are
 * in a transaction of ours are kept, and a second one is refused.
 *
 * <p>A commit that fails is followed by a rollback, so that nothing stays open, also where the
 * answer was lost: then that changes nothing, or undoes what was not committed. Auto-commit is
 * restored only if the transaction is over: to turn it on would commit what could not be rolled
 * back.
 */
final class Transaction implements AsyncContext<Connection> {
  private static final String NOT_ROLLED_BACK =
      "the rollback failed; the server rolls back when it sees the connection closed";
  private static final Set<Connection> IN_TRANSACTION =
      Collections.synchronizedSet(Collections.newSetFromMap(new IdentityHashMap<>()));

  private final Connection connection;
  private final PhysicalConnection physical;
  private final TransactionConnection value;
  private final boolean autoCommit;
  private volatile boolean committing;

  private Transaction(
      Connection connection, PhysicalConnection physical, String name, boolean autoCommit) {
    this.connection = connection;
    this.physical = physical;
    this.value = new TransactionConnection(connection, name, physical);
    this.autoCommit = autoCommit;
  }

  static AsyncContextManager<Connection> manager(
      Connection connection, String name, @Nullable TransactionDefinition definition) {
    return connection instanceof TransactionConnection outer
        ? Savepoint.manager(outer, definition)
        : new Manager(connection, name, definition);
  }

  private record Manager(
      Connection connection, String name, @Nullable TransactionDefinition definition)
      implements AsyncContextManager<Connection> {
    @Override
    public CompletionStage<Transaction> enterAsync() {
      return begin(connection, name, definition);
    }

    @Override
    public String toString() {
      return name;
    }
  }

  private static CompletionStage<Transaction> begin(
      Connection connection, String name, @Nullable TransactionDefinition definition) {
    if (!IN_TRANSACTION.add(connection)) {
      return CompletableFuture.failedStage(
          new IllegalStateException(
              "this connection is in a transaction already: use the connection that the"
                  + " transaction's body is given, on which another one is a savepoint"));
    }
    PhysicalConnection physical = PhysicalConnection.of(connection);
    CompletableFuture<Transaction> begun;
    try {
      if (definition != null) {
        physical.session().willBegin(definition);
      }
      var transaction = new Transaction(connection, physical, name, connection.isAutoCommit());
      begun =
          Bound.within(
                  physical.bounds().connect(),
                  Step.take(() ->
                      definition == null
                          ? connection.beginTransaction()
                          : connection.beginTransaction(definition)),
                  physical::abort,
                  PhysicalConnection::closedByForce)
              .thenApply(_ -> transaction);
    } catch (Throwable error) {
      begun = CompletableFuture.failedFuture(error);
    }
    return Step.readOnly(
        begun.exceptionallyCompose(error -> {
          IN_TRANSACTION.remove(connection);
          physical.doom();
          return CompletableFuture.failedFuture(
              TransactionException.of(
                  name,
                  "the transaction could not begin",
                  Failure.unwrapped(error),
                  Outcome.NOT_COMMITTED));
        }));
  }

  @Override
  public Connection value() {
    return value;
  }

  @Override
  public CompletionStage<Verdict> exitAsync(ExitCase how) {
    CompletableFuture<Verdict> exit =
        (how.error() == null ? value.end() : LeftBehind.stop(physical, value.end()))
            .handle((_, error) -> error)
            .thenCompose(_ -> ended(how))
            .<Verdict>handle((_, error) -> {
              IN_TRANSACTION.remove(connection);
              if (error != null) {
                throw Failure.wrapped(error);
              }
              return Verdict.PROPAGATE;
            })
            .toCompletableFuture();
    return Bound.within(physical.bounds().exit(), exit, physical::abort, this::noAnswer);
  }

  /** {@return what is told where the driver doesn't say what became of it} */
  private TransactionException noAnswer() {
    IN_TRANSACTION.remove(connection);
    Throwable cause = PhysicalConnection.closedByForce();
    return committing
        ? commitFailure(cause)
        : TransactionException.of(value.name(), NOT_ROLLED_BACK, cause, Outcome.NOT_COMMITTED);
  }

  private CompletionStage<?> ended(ExitCase how) {
    return how instanceof ExitCase.Cancelled && !physical.isAborted()
        ? answered().thenCompose(_ -> conclude(how))
        : conclude(how);
  }

  /**
   * {@return a stage that completes when the server has answered once more} A driver may have kept
   * back a part of the cancelled statement: that comes before the rollback then, and not after it.
   * Whether the connection is still good, the rollback will tell.
   */
  private CompletionStage<@Nullable Void> answered() {
    CompletableFuture<@Nullable Void> answer =
        Step.take(() -> connection.validate(ValidationDepth.REMOTE)).exceptionally(_ -> null);
    return LeftBehind.stop(physical, answer);
  }

  private CompletableFuture<?> conclude(ExitCase how) {
    return how.error() == null ? commit() : rollback(how);
  }

  private CompletableFuture<?> commit() {
    if (physical.isAborted()) {
      return CompletableFuture.failedFuture(
          TransactionException.of(
              value.name(),
              "nothing is committed",
              PhysicalConnection.closedByForce(),
              Outcome.NOT_COMMITTED));
    }
    if (isOver()) {
      return CompletableFuture.failedFuture(
          TransactionException.of(
              value.name(), "nothing is committed by it", endedByHand(), Outcome.UNKNOWN));
    }
    committing = true;
    return Step.take(connection::commitTransaction)
        .handle((_, error) -> error == null ? restored() : commitFailed(Failure.unwrapped(error)))
        .thenCompose(end -> end);
  }

  /** {@return whether it has ended without our knowledge, as far as the driver tells} */
  private boolean isOver() {
    // PostgreSQL's says what the server has said last, and others what they were told.
    return physical.session().dialect() == SqlDialect.POSTGRESQL && connection.isAutoCommit();
  }

  private static R2dbcException endedByHand() {
    return new R2dbcNonTransientResourceException(
        "the transaction was ended on the connection itself, and what it did before that may be"
            + " committed or not",
        "25000");
  }

  private CompletableFuture<?> commitFailed(Throwable cause) {
    TransactionException failure = commitFailure(cause);
    if (failure.outcome() == Outcome.UNKNOWN) {
      physical.doom();
    }
    if (physical.isAborted()) {
      return CompletableFuture.failedFuture(failure);
    }
    return rolledBack(Step.take(connection::rollbackTransaction))
        .handle((_, error) -> {
          if (error != null) {
            failure.addSuppressed(Failure.unwrapped(error));
          }
          return CompletableFuture.failedFuture(failure);
        })
        .thenCompose(end -> end);
  }

  private TransactionException commitFailure(Throwable cause) {
    Outcome outcome =
        physical.isAborted() ? Outcome.UNKNOWN : TransactionException.outcomeOf(cause);
    return TransactionException.of(
        value.name(),
        outcome == Outcome.UNKNOWN
            ? "the answer to the commit was lost, so whether it took effect is unknown: look at the"
                + " data before you try again"
            : "the commit failed, nothing is committed",
        cause,
        outcome);
  }

  private CompletableFuture<?> rollback(ExitCase how) {
    if (physical.isAborted()) {
      return rollbackFailed(PhysicalConnection.closedByForce());
    }
    CompletableFuture<?> rollback = Step.take(connection::rollbackTransaction);
    return rolledBack(
        how instanceof ExitCase.Cancelled
            ? LeftBehind.stop(physical, rollback).toCompletableFuture()
            : rollback);
  }

  private CompletableFuture<?> rolledBack(CompletableFuture<?> rollback) {
    return rollback
        .handle((_, error) -> error == null ? restored() : rollbackFailed(error))
        .thenCompose(end -> end);
  }

  private CompletableFuture<?> rollbackFailed(Throwable error) {
    physical.doom();
    return CompletableFuture.failedFuture(
        TransactionException.of(
            value.name(), NOT_ROLLED_BACK, Failure.unwrapped(error), Outcome.NOT_COMMITTED));
  }

  private CompletableFuture<?> restored() {
    return connection.isAutoCommit() == autoCommit
        ? Failure.none()
        : Step.take(() -> connection.setAutoCommit(autoCommit))
            .whenComplete((_, error) -> {
              if (error != null) {
                physical.doom();
              }
            });
  }
}
