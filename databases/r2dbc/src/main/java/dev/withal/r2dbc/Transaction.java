package dev.withal.r2dbc;

import dev.withal.AsyncContext;
import dev.withal.AsyncContextManager;
import dev.withal.ExitCase;
import dev.withal.Verdict;
import dev.withal.database.internal.Bound;
import dev.withal.database.internal.SqlDialect;
import dev.withal.r2dbc.TransactionException.Outcome;
import io.r2dbc.spi.Connection;
import io.r2dbc.spi.R2dbcNonTransientResourceException;
import io.r2dbc.spi.TransactionDefinition;
import io.r2dbc.spi.ValidationDepth;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * A transaction on one connection.
 *
 * <p>Design: drivers silently skip the begin of a transaction within a transaction, and the inner
 * commit would then commit the outer one's work. The connection that a body was given is recognized
 * by its class, and a transaction on it is a savepoint. For callers who still have the connection
 * itself, the connections in one of our transactions are recorded, and a second transaction is
 * refused.
 *
 * <p>A failed commit is followed by a rollback, so that nothing stays open. That includes a commit
 * whose answer was lost: the rollback then either changes nothing or undoes uncommitted work.
 * Auto-commit is restored only if the transaction is over, since turning it on would commit work
 * that could not be rolled back.
 */
final class Transaction implements AsyncContext<Connection> {
  private static final String NOT_ROLLED_BACK =
      "the rollback failed; the server rolls back when it sees the connection closed";
  private static final String NOT_COMMITTED = "nothing is committed";
  private static final Set<Connection> IN_TRANSACTION =
      Collections.synchronizedSet(Collections.newSetFromMap(new IdentityHashMap<>()));

  private final Connection connection;
  private final PhysicalConnection physical;
  private final TransactionConnection value;
  private final boolean autoCommit;

  /** The SQL that restores the session; written before anybody has this object. */
  private volatile List<String> limits = List.of();

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
              "this connection is already in a transaction: use the connection that the"
                  + " transaction's body was given, on which a further transaction is a"
                  + " savepoint"));
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
              Limits.begin(physical.session().course(), connection, definition)
                  .thenApply(back -> {
                    transaction.limits = back;
                    return transaction;
                  }),
              physical::abort,
              PhysicalConnection::closedByForce);
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
    if (connection == physical) {
      physical.exits();
    }
    CompletableFuture<Verdict> exit =
        (how.error() == null ? value.end(how) : LeftBehind.stop(physical, value.end(how)))
            .handle((ignored, error) -> error)
            .thenCompose(ignored -> ended(how))
            .<Verdict>handle((ignored, error) -> {
              IN_TRANSACTION.remove(connection);
              if (error != null) {
                throw Failure.wrapped(error);
              }
              return Verdict.PROPAGATE;
            })
            .toCompletableFuture();
    return Bound.within(physical.bounds().exit(), exit, physical::abort, () -> noAnswer(how));
  }

  /** {@return the error for a transaction of whose fate the driver says nothing} */
  private TransactionException noAnswer(ExitCase how) {
    IN_TRANSACTION.remove(connection);
    Throwable cause = PhysicalConnection.closedByForce();
    String what = how.error() == null ? NOT_COMMITTED : NOT_ROLLED_BACK;
    return committing
        ? TransactionException.ofCommit(value.name(), cause, physical.isAborted())
        : TransactionException.of(value.name(), what, cause, Outcome.NOT_COMMITTED);
  }

  private CompletionStage<?> ended(ExitCase how) {
    return how instanceof ExitCase.Cancelled && !physical.isAborted()
        ? answered().thenCompose(ignored -> conclude(how))
        : conclude(how);
  }

  /**
   * {@return a stage that completes when the server has answered once more} A driver may have held
   * back a part of the cancelled statement, which then comes before the rollback and not after it.
   * The rollback shows whether the connection is still sound.
   */
  private CompletionStage<@Nullable Void> answered() {
    CompletableFuture<@Nullable Void> answer =
        Step.take(() -> connection.validate(ValidationDepth.REMOTE)).exceptionally(ignored -> null);
    return LeftBehind.stop(physical, answer);
  }

  private CompletableFuture<?> conclude(ExitCase how) {
    if (how.error() != null) {
      return rollback(how);
    }
    return value.hasNested() ? commitWithoutNested() : commit();
  }

  private CompletableFuture<?> commitWithoutNested() {
    return value
        .rollBackNested()
        .handle((ignored, error) ->
            error == null
                ? commit()
                : rolledBackAfter(
                    TransactionException.of(
                        value.name(),
                        "nothing is committed, as a transaction inside it was not ended and could"
                            + " not be rolled back",
                        Failure.unwrapped(error),
                        physical.session().course().outcome())))
        .thenCompose(end -> end);
  }

  private CompletableFuture<?> commit() {
    if (physical.isAborted()) {
      return failed(NOT_COMMITTED, PhysicalConnection.closedByForce(), Outcome.NOT_COMMITTED);
    }
    if (isOver()) {
      return endedByHand("its exit commits nothing");
    }
    TransactionException refusal = physical.session().course().refusal(value.name());
    if (refusal != null) {
      return rolledBackAfter(refusal);
    }
    committing = true;
    return Step.take(connection::commitTransaction)
        .handle(
            (ignored, error) -> error == null ? restored() : commitFailed(Failure.unwrapped(error)))
        .thenCompose(end -> end);
  }

  /**
   * {@return whether the transaction has ended without our knowledge, as far as the driver says}
   */
  private boolean isOver() {
    // PostgreSQL's driver says what the server said last, and others what they were told.
    return physical.session().dialect() == SqlDialect.POSTGRESQL && connection.isAutoCommit();
  }

  private CompletableFuture<?> endedByHand(String what) {
    var cause =
        new R2dbcNonTransientResourceException(
            "the transaction was ended on the connection itself, and its work up to then may"
                + " or may not be committed",
            "25000");
    return failed(what, cause, Outcome.UNKNOWN);
  }

  private CompletableFuture<?> failed(String what, Throwable cause, Outcome outcome) {
    return CompletableFuture.failedFuture(
        TransactionException.of(value.name(), what, cause, outcome));
  }

  private CompletableFuture<?> commitFailed(Throwable cause) {
    TransactionException failure =
        TransactionException.ofCommit(value.name(), cause, physical.isAborted());
    if (failure.outcome() == Outcome.UNKNOWN) {
      physical.doom();
    }
    return rolledBackAfter(failure);
  }

  private CompletableFuture<?> rolledBackAfter(TransactionException failure) {
    if (physical.isAborted()) {
      return CompletableFuture.failedFuture(failure);
    }
    return rolledBack(Step.take(connection::rollbackTransaction))
        .handle((ignored, error) -> {
          throw Failure.wrapped(Objects.requireNonNull(Failure.joined(failure, error)));
        });
  }

  private CompletableFuture<?> rollback(ExitCase how) {
    if (physical.isAborted()) {
      return rollbackFailed(PhysicalConnection.closedByForce());
    }
    if (isOver()) {
      return endedByHand("its exit rolls nothing back");
    }
    CompletableFuture<?> rollback = Step.take(connection::rollbackTransaction);
    return rolledBack(
        how instanceof ExitCase.Cancelled
            ? LeftBehind.stop(physical, rollback).toCompletableFuture()
            : rollback);
  }

  private CompletableFuture<?> rolledBack(CompletableFuture<?> rollback) {
    return rollback
        .handle((ignored, error) -> error == null ? restored() : rollbackFailed(error))
        .thenCompose(end -> end);
  }

  private CompletableFuture<?> rollbackFailed(Throwable error) {
    physical.doom();
    return failed(NOT_ROLLED_BACK, Failure.unwrapped(error), Outcome.NOT_COMMITTED);
  }

  private CompletableFuture<?> restored() {
    if (connection.isAutoCommit() == autoCommit && limits.isEmpty()) {
      return Failure.none();
    }
    CompletableFuture<@Nullable Void> asBefore =
        connection.isAutoCommit() == autoCommit
            ? Failure.none()
            : Step.take(() -> connection.setAutoCommit(autoCommit));
    return asBefore
        .thenCompose(ignored -> Limits.run(connection, limits))
        .exceptionallyCompose(error -> {
          physical.doom();
          return CompletableFuture.failedFuture(
              Failure.afterTransaction(
                  value.name(), "the connection could not be restored", error));
        });
  }
}
