package dev.withal.r2dbc;

import dev.withal.database.internal.SqlDialect;
import dev.withal.database.internal.SqlText;
import dev.withal.r2dbc.PoolSettings.Reset;
import io.r2dbc.spi.Batch;
import io.r2dbc.spi.Connection;
import io.r2dbc.spi.IsolationLevel;
import io.r2dbc.spi.TransactionDefinition;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * What bodies may have left in the session of a connection, and how it is put back.
 *
 * <p>Design: a text of SQL tells whether it may leave something: see {@link SqlText}. PostgreSQL
 * has {@code discard all} for it. But that takes the driver's prepared statements with it, which
 * the driver goes on to use; in a transaction, that fails. So the other parts of it are sent, and
 * what was prepared by SQL is looked for. What the driver has set as it opened the session is the
 * server's default for it, and so is back by that.
 */
final class Session {
  private static final List<String> POSTGRESQL =
      List.of(
          "close all",
          "set session authorization default",
          "reset role",
          "reset all",
          "unlisten *",
          "select pg_advisory_unlock_all()",
          "do 'declare own text; begin"
              + " for own in select name from pg_prepared_statements where from_sql"
              + " loop execute format(''deallocate %I'', own); end loop; end'",
          "discard temp",
          "discard sequences");

  private final Connection driver;
  private volatile @Nullable SqlDialect dialect;
  private volatile boolean touched;
  private volatile boolean begunBySql;

  /** As it was before a body set it; null if none has. */
  private volatile @Nullable IsolationLevel isolation;

  /** What puts back what H2 has no statement for; empty on others. */
  private volatile List<String> h2 = List.of();

  Session(Connection driver) {
    this.driver = driver;
  }

  SqlDialect dialect() {
    SqlDialect known = dialect;
    if (known == null) {
      known = SqlDialect.of(driver.getMetadata().getDatabaseProductName());
      dialect = known;
    }
    return known;
  }

  private boolean isH2() {
    return driver.getMetadata().getDatabaseProductName().equals("H2");
  }

  /** Keeps how it is, before anybody has it. {@return a stage of that} */
  CompletableFuture<@Nullable Void> opened() {
    if (!isH2()) {
      return Failure.none();
    }
    return R2dbc.<String>first(
            driver.createStatement("select schema() || '|' || lock_timeout()").execute(),
            row -> Objects.requireNonNull(row.get(0, String.class)))
        .<@Nullable Void>thenApply(found -> {
          String known = Objects.requireNonNull(found);
          int end = known.lastIndexOf('|');
          h2 =
              List.of(
                  "set schema \"" + known.substring(0, end).replace("\"", "\"\"") + '"',
                  "set lock_timeout " + known.substring(end + 1),
                  "set query_timeout 0");
          return null;
        });
  }

  /** {@return what a body is about to run} */
  SqlText willRun(String sql) {
    SqlText text = SqlText.of(sql, dialect());
    if (text.ending() != null) {
      begunBySql = true;
    }
    if (text.touchesSession()) {
      touch();
    }
    return text;
  }

  /** Says that a body may leave something that only the database knows of. */
  void touch() {
    touched = true;
  }

  /** Is told what a transaction is about to begin with, which may outlast it. */
  void willBegin(TransactionDefinition definition) {
    if (definition.getAttribute(TransactionDefinition.ISOLATION_LEVEL) != null) {
      keepIsolation();
    }
    if (definition.getAttribute(TransactionDefinition.LOCK_WAIT_TIMEOUT) != null) {
      touch();
    }
  }

  /** Keeps the isolation level, before a body sets it. */
  void keepIsolation() {
    if (isolation == null) {
      isolation = driver.getTransactionIsolationLevel();
    }
  }

  /**
   * Puts it back, where nothing runs on it and no transaction is open. {@return a stage of whether
   * that can be done}
   */
  CompletionStage<Boolean> putBack(Reset reset) {
    boolean needed =
        switch (reset) {
          case NEVER -> false;
          case IF_TOUCHED -> touched;
          case ALWAYS -> true;
        };
    IsolationLevel before = isolation;
    boolean othersLevel = before != null && !before.equals(driver.getTransactionIsolationLevel());
    boolean open = begunBySql && dialect() != SqlDialect.POSTGRESQL;
    touched = false;
    begunBySql = false;
    isolation = null;
    if (!needed && !othersLevel && !open) {
      return CompletableFuture.completedStage(true);
    }
    CompletionStage<@Nullable Void> steps = open ? run(List.of("rollback")) : Failure.none();
    if (othersLevel) {
      steps = steps.thenCompose(_ -> Step.take(() -> driver.setTransactionIsolationLevel(before)));
    }
    return needed ? steps.thenCompose(_ -> reset()) : steps.thenApply(_ -> true);
  }

  private CompletionStage<Boolean> reset() {
    return switch (dialect()) {
      case POSTGRESQL -> run(POSTGRESQL).thenApply(_ -> true);
      case MARIADB -> CompletableFuture.completedStage(false);
      // A database in memory may end with its connection.
      case OTHER -> isH2() ? run(h2).thenApply(_ -> true) : CompletableFuture.completedStage(false);
    };
  }

  private CompletableFuture<@Nullable Void> run(List<String> statements) {
    if (statements.isEmpty()) {
      return Failure.none();
    }
    Batch batch = driver.createBatch();
    statements.forEach(batch::add);
    return R2dbc.completion(batch.execute());
  }
}
