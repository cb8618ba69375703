package dev.withal.r2dbc;

import dev.withal.database.internal.StatementLimits;
import io.r2dbc.spi.Batch;
import io.r2dbc.spi.Connection;
import io.r2dbc.spi.Option;
import io.r2dbc.spi.R2dbcNonTransientResourceException;
import io.r2dbc.spi.TransactionDefinition;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** Sets the limits of a transaction's statements on its session, and restores the session. */
final class Limits {
  /** An attribute of our own, as R2DBC has none of this kind. */
  static final Option<Duration> STATEMENT_TIMEOUT = Option.valueOf("withal.statementTimeout");

  private Limits() {}

  /** {@return the limits of a definition that are set by SQL on the given database} */
  static StatementLimits of(@Nullable TransactionDefinition definition, String product) {
    if (definition == null) {
      return StatementLimits.NONE;
    }
    var limits =
        new StatementLimits(
            definition.getAttribute(STATEMENT_TIMEOUT),
            definition.getAttribute(TransactionDefinition.LOCK_WAIT_TIMEOUT));
    // Another driver may support the bound on the wait for a lock.
    return limits.on(product) == null ? new StatementLimits(limits.statement(), null) : limits;
  }

  /** {@return a definition without the wait for a lock, which the driver would set permanently} */
  private static TransactionDefinition besides(
      StatementLimits limits, TransactionDefinition definition) {
    return limits.lockWait() == null ? definition : new Besides(definition);
  }

  private record Besides(TransactionDefinition given) implements TransactionDefinition {
    @Override
    public <T> @Nullable T getAttribute(Option<T> option) {
      return option.equals(LOCK_WAIT_TIMEOUT) ? null : given.getAttribute(option);
    }

    @Override
    public String toString() {
      return given.toString();
    }
  }

  /** Begins a transaction with its limits. {@return the SQL that restores the session after it} */
  static CompletableFuture<List<String>> begin(
      Course course, Connection connection, @Nullable TransactionDefinition definition) {
    return course.begins(connection).thenCompose(ignored -> begin(connection, definition));
  }

  private static CompletableFuture<List<String>> begin(
      Connection connection, @Nullable TransactionDefinition definition) {
    if (definition == null) {
      return Step.take(connection::beginTransaction).thenApply(ignored -> List.of());
    }
    StatementLimits wanted = of(definition, connection.getMetadata().getDatabaseProductName());
    CompletableFuture<@Nullable Void> begun =
        Step.take(() -> connection.beginTransaction(besides(wanted, definition)));
    return wanted.areNone()
        ? begun.thenApply(ignored -> List.of())
        : begun.thenCompose(ignored ->
            set(connection, wanted).exceptionallyCompose(error -> rolledBack(connection, error)));
  }

  private static CompletableFuture<List<String>> rolledBack(
      Connection connection, Throwable error) {
    return Step.take(connection::rollbackTransaction)
        .handle((ignored, failure) -> {
          throw Failure.wrapped(Objects.requireNonNull(Failure.joined(error, failure)));
        });
  }

  /** Sets the limits inside the transaction. {@return the SQL that restores the session} */
  private static CompletableFuture<List<String>> set(
      Connection connection, StatementLimits limits) {
    if (limits.areNone()) {
      return CompletableFuture.completedFuture(List.of());
    }
    String product = connection.getMetadata().getDatabaseProductName();
    StatementLimits.Sql sql = limits.on(product);
    if (sql == null) {
      return CompletableFuture.failedFuture(
          new R2dbcNonTransientResourceException(StatementLimits.unknown(product), "0A000"));
    }
    CompletableFuture<String> before =
        sql.ask() == null
            ? CompletableFuture.completedFuture("")
            : R2dbc.list(
                    connection.createStatement(sql.ask()).execute(),
                    row -> Objects.requireNonNull(row.get(0, String.class)))
                .thenApply(List::getFirst);
    return before.thenCompose(
        known -> run(connection, sql.set()).thenApply(ignored -> sql.back().apply(known)));
  }

  /** {@return the end of statements whose results don't matter} */
  static CompletableFuture<@Nullable Void> run(Connection connection, List<String> statements) {
    if (statements.isEmpty()) {
      return Failure.none();
    }
    Batch batch = connection.createBatch();
    statements.forEach(batch::add);
    return R2dbc.completion(batch.execute());
  }
}
