package dev.withal.r2dbc;

import dev.withal.database.internal.H2State;
import dev.withal.database.internal.SqlDialect;
import dev.withal.database.internal.SqlText;
import dev.withal.r2dbc.PoolSettings.Reset;
import io.r2dbc.spi.Connection;
import io.r2dbc.spi.IsolationLevel;
import io.r2dbc.spi.TransactionDefinition;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The changes that bodies may have left in the session of a connection, and their reset.
 *
 * <p>Design: the SQL text reveals whether it may leave something: see {@link SqlText}. PostgreSQL
 * has {@code discard all} for a reset. But that also drops the driver's prepared statements, which
 * the driver continues to use; in a transaction, that fails. So the other parts of it are sent, and
 * statements prepared by SQL are looked up. The settings that the driver made when it opened the
 * session are the server's defaults for it, and so are restored as well.
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
  private final Unread unread = new Unread();
  private final Course course;
  private volatile @Nullable SqlDialect dialect;
  private volatile boolean touched;
  private volatile boolean begunBySql;

  /** The level before a body set it; null if none has. */
  private volatile @Nullable IsolationLevel isolation;

  /** Whether a body set the level itself, so that the driver may know another one. */
  private volatile boolean isolationSet;

  /** The state that H2 listed when it was opened; empty on others. */
  private volatile H2State h2State = new H2State(Map.of());

  /** The SQL that resets the rest of H2, which has no statement for that; empty on others. */
  private volatile List<String> h2 = List.of();

  Session(Connection driver) {
    this.driver = driver;
    this.course = new Course(driver, this::dialect);
  }

  /** {@return what is known of the transaction that the session is in} */
  Course course() {
    return course;
  }

  /** {@return the statements that were cancelled and have a result that nobody has read} */
  Unread unread() {
    return unread;
  }

  SqlDialect dialect() {
    SqlDialect known = dialect;
    if (known == null) {
      known = SqlDialect.of(product());
      dialect = known;
    }
    return known;
  }

  private boolean isH2() {
    return product().equals("H2");
  }

  private String product() {
    return driver.getMetadata().getDatabaseProductName();
  }

  /** Saves the state of the session before anybody has it. {@return the stage of that} */
  CompletableFuture<@Nullable Void> opened() {
    if (!isH2()) {
      return Failure.none();
    }
    return h2State()
        .thenCombine(
            R2dbc.list(
                driver
                    .createStatement(
                        "select lock_timeout() || '', isolation_level"
                            + " from information_schema.sessions where session_id = session_id()")
                    .execute(),
                row ->
                    List.of(
                        "set lock_timeout " + row.get(0, String.class),
                        "set query_timeout 0",
                        // It commits.
                        "set session characteristics as transaction isolation level "
                            + row.get(1, String.class))),
            (state, settings) -> {
              h2State = state;
              h2 = settings.getFirst();
              return null;
            });
  }

  private CompletableFuture<H2State> h2State() {
    return R2dbc.list(
            driver.createStatement(H2State.QUESTION).execute(),
            row ->
                Map.entry(
                    Objects.requireNonNull(row.get(0, String.class)),
                    Objects.requireNonNull(row.get(1, String.class))))
        .thenApply(rows -> {
          var commands = new HashMap<String, String>();
          rows.forEach(row -> commands.put(row.getKey(), row.getValue()));
          return new H2State(commands);
        });
  }

  /** {@return the parsed SQL text that a body is about to run} */
  SqlText willRun(String sql) {
    SqlText text = effects(sql);
    if (text.ending() != null) {
      begunBySql = true;
    }
    if (text.touchesSession()) {
      touch();
    }
    return text;
  }

  /** {@return the effects of a text} H2's driver splits it at each semicolon, even in comments. */
  private SqlText effects(String sql) {
    SqlText text = SqlText.of(sql, dialect());
    if (sql.indexOf(';') < 0 || !isH2()) {
      return text;
    }
    for (String piece : sql.split(";", -1)) {
      SqlText part = SqlText.of(piece, dialect());
      text =
          new SqlText(
              text.ending() == null ? part.ending() : text.ending(),
              text.touchesSession() || part.touchesSession());
    }
    return text;
  }

  /** Records that a body may leave something that only the database knows of. */
  void touch() {
    touched = true;
  }

  /** Records the options with which a transaction is about to begin, as they may outlast it. */
  void willBegin(TransactionDefinition definition) {
    if (definition.getAttribute(TransactionDefinition.ISOLATION_LEVEL) != null) {
      keepIsolation();
    }
    if (definition.getAttribute(TransactionDefinition.LOCK_WAIT_TIMEOUT) != null
        && Limits.of(definition, product()).lockWait() == null) {
      touch();
    }
  }

  private void keepIsolation() {
    if (isolation == null) {
      isolation = driver.getTransactionIsolationLevel();
    }
  }

  /**
   * Saves the isolation level before a body sets it by the driver. If that is cancelled under way,
   * the server sets it, but PostgreSQL's driver goes on with the level that it knew.
   */
  void willSetIsolation() {
    keepIsolation();
    isolationSet = true;
  }

  /**
   * Resets the session, while nothing runs on it and no transaction is open. {@return a stage of
   * whether that is possible}
   *
   * @param again called when the session is as it was opened
   */
  CompletionStage<Boolean> putBack(Reset reset, Supplier<CompletableFuture<@Nullable Void>> again) {
    boolean needed =
        switch (reset) {
          case NEVER -> false;
          case IF_TOUCHED -> touched;
          case ALWAYS -> true;
        };
    IsolationLevel before = isolation;
    boolean othersLevel =
        before != null && (isolationSet || !before.equals(driver.getTransactionIsolationLevel()));
    boolean open = begunBySql && dialect() != SqlDialect.POSTGRESQL;
    touched = false;
    begunBySql = false;
    isolation = null;
    isolationSet = false;
    if (!needed && !othersLevel && !open) {
      return CompletableFuture.completedStage(true);
    }
    CompletionStage<@Nullable Void> steps = open ? run(List.of("rollback")) : Failure.none();
    if (othersLevel) {
      steps =
          steps.thenCompose(
              ignored -> Step.take(() -> driver.setTransactionIsolationLevel(before)));
    }
    return needed
        ? steps
            .thenCompose(ignored -> reset())
            .thenCompose(done ->
                done
                    ? again.get().thenApply(ignored -> true)
                    : CompletableFuture.completedStage(false))
        : steps.thenApply(ignored -> true);
  }

  private CompletionStage<Boolean> reset() {
    return switch (dialect()) {
      case POSTGRESQL -> run(POSTGRESQL).thenApply(ignored -> true);
      case MARIADB -> CompletableFuture.completedStage(false);
      // A database in memory may end with its connection.
      case OTHER ->
          isH2() ? resetH2().thenApply(ignored -> true) : CompletableFuture.completedStage(false);
    };
  }

  private CompletableFuture<@Nullable Void> resetH2() {
    return h2State().thenCompose(now -> run(h2State.restored(now))).thenCompose(ignored -> run(h2));
  }

  private CompletableFuture<@Nullable Void> run(List<String> statements) {
    return Limits.run(driver, statements);
  }
}
