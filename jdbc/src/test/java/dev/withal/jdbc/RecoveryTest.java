package dev.withal.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.withal.Async;
import dev.withal.jdbc.TransactionException.Outcome;
import dev.withal.testkit.LeakCheck;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** What is told when PostgreSQL goes in the middle of a step, and what works when it is back. */
@ExtendWith(LeakCheck.class)
class RecoveryTest {
  private static final PoolSettings ONE = PoolSettings.ofSize(1);
  private static final TransactionOptions TRANSFER = TransactionOptions.DEFAULT.named("transfer");

  @BeforeEach
  void makeTable() throws Exception {
    Setting.POSTGRESQL_DIRECT.makeTable();
  }

  /** To begin with an isolation level asks the server. */
  @Test
  void backend_isTerminatedBeforeTheBegin_errorNamesTheContextAndTheConnectionIsThrownAway()
      throws Exception {
    TransactionOptions serializable = TRANSFER.isolation(IsolationLevel.SERIALIZABLE);
    Jdbc.pool(Postgres.dataSource(), ONE)
        .use(pool -> {
          Throwable thrown =
              catchThrowable(() ->
                  pool.connection()
                      .use(connection -> {
                        Backends.terminate(Backends.pid(connection));
                        return Jdbc.transaction(connection, serializable).use(_ -> "never runs");
                      }));

          assertThat(thrown)
              .isInstanceOf(TransactionException.class)
              .hasMessageStartingWith("transfer: the transaction could not begin: ")
              .hasCauseInstanceOf(SQLException.class)
              .hasNoSuppressedExceptions()
              .extracting(error -> ((TransactionException) error).outcome())
              .isEqualTo(Outcome.NOT_COMMITTED);
          assertThat(pool.idle()).isZero();
          pool.transaction().use(connection -> Setting.insert(connection, 7));
          return null;
        });
    assertThat(Setting.POSTGRESQL_DIRECT.rows()).containsExactly(7);
  }

  /** A deferred trigger keeps the commit busy for as long as it takes to end it. */
  @Test
  void backend_isTerminatedDuringTheCommit_outcomeIsUnknown() throws Exception {
    Jdbc.pool(Postgres.dataSource(), ONE)
        .use(pool -> {
          pool.connection()
              .use(connection -> {
                Setting.run(
                    connection,
                    "create or replace function take_ages() returns trigger language plpgsql as"
                        + " $$ begin perform pg_sleep(3600); return null; end $$");
                return Setting.run(
                    connection,
                    "create constraint trigger slow after insert on entry deferrable initially"
                        + " deferred for each row execute function take_ages()");
              });
          var pid = new CompletableFuture<Long>();
          CompletableFuture<Integer> use =
              pool.transaction(TRANSFER)
                  .useAsync(connection ->
                      Jdbc.callAsync(
                          connection,
                          inside -> {
                            pid.complete(Backends.pid(inside));
                            return Setting.insert(inside, 1);
                          }));
          long own = Async.await(pid);
          Backends.awaitThat(own, "query = 'COMMIT' and wait_event = 'PgSleep'");

          Backends.terminate(own);

          assertThat(catchThrowable(() -> Async.await(use)))
              .isInstanceOf(TransactionException.class)
              .hasMessageStartingWith("transfer: the answer to the commit was lost")
              .hasCauseInstanceOf(SQLException.class)
              .extracting(error -> ((TransactionException) error).outcome())
              .isEqualTo(Outcome.UNKNOWN);
          assertThat(pool.idle()).isZero();
          return null;
        });
    assertThat(Setting.POSTGRESQL_DIRECT.rows()).isEmpty();
  }

  @Test
  void server_isStoppedAndStartedAgain_poolRecovers(@TempDir Path folder) throws Exception {
    EmbeddedPostgres first = server(folder, 0);
    int port = first.getPort();
    PoolSettings settings =
        PoolSettings.ofSize(3)
            .withEnterTimeout(Duration.ofSeconds(2))
            .withValidation(PoolSettings.Validation.ALWAYS);
    Jdbc.pool(Postgres.overPort(port), settings)
        .use(pool -> {
          assertThat(Backends.pids(pool, 3)).hasSize(3);

          first.close();
          Throwable refused =
              catchThrowable(() -> pool.connection("orders").use(_ -> "never runs"));
          try (EmbeddedPostgres _ = server(folder, port)) {
            assertThat(Backends.pids(pool, 3)).hasSize(3);
          }

          assertThat(refused)
              .isInstanceOf(SQLTransientConnectionException.class)
              .hasMessageStartingWith(
                  "orders got no connection of Jdbc.pool(PGSimpleDataSource): ");
          assertThat(pool.inUse()).isZero();
          return null;
        });
  }

  private static EmbeddedPostgres server(Path folder, int port) throws IOException {
    return EmbeddedPostgres.builder()
        .setDataDirectory(folder.resolve("data"))
        .setCleanDataDirectory(false)
        .setPort(port)
        .start();
  }
}
