package dev.withal.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.withal.AsyncContextManager;
import dev.withal.testkit.LeakCheck;
import dev.withal.testkit.VirtualTime;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLRecoverableException;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.postgresql.jdbc.PgConnection;

/** Which errors of the driver, and of ours, say that one transaction was in the way of another. */
@ExtendWith(LeakCheck.class)
class RetryingTest {
  private final SQLException conflict = new SQLException("conflict", "40001");
  private final AtomicInteger attempts = new AtomicInteger();

  @Test
  void use_statementIsInTheWayOfAnother_isRunAgain() throws Exception {
    assertThat(failOnceWith(new SQLException("conflict", "40P01"))).isEqualTo("attempt 2");
  }

  @Test
  void use_commitIsInTheWayOfAnother_isRunAgain() throws Exception {
    var error =
        new TransactionException(
            "transfer",
            "the commit failed",
            new SQLException("conflict", "40001"),
            TransactionException.Outcome.NOT_COMMITTED);

    assertThat(failOnceWith(error)).isEqualTo("attempt 2");
  }

  @Test
  void use_errorOfAnotherState_isTheResult() {
    var error = new SQLException("conflict", "23505");

    assertThat(catchThrowable(() -> failOnceWith(error))).isSameAs(error);
    assertThat(attempts).hasValue(1);
  }

  @Test
  void use_outcomeOfTheCommitIsUnknown_isNotRunAgain() throws Exception {
    Throwable thrown =
        failing((driver, _) -> driver.fail("commit", new SQLRecoverableException("lost", "40001")));

    assertThat(thrown)
        .isInstanceOfSatisfying(
            TransactionException.class,
            told -> assertThat(told.outcome()).isEqualTo(TransactionException.Outcome.UNKNOWN));
    assertThat(attempts).hasValue(1);
  }

  @Test
  void use_settingsAreNotRestoredAfterTheCommit_isNotRunAgain() throws Exception {
    Throwable thrown = failing((driver, _) -> driver.fail("setTransactionIsolation", conflict));

    assertThat(thrown)
        .isInstanceOf(SQLException.class)
        .hasMessageStartingWith("transfer: the transaction is over, but ")
        .hasCause(conflict);
    assertThat(attempts).hasValue(1);
    assertThat(Setting.H2_DIRECT.rows()).containsExactly(1);
  }

  @Test
  void use_statementIsNotClosedAfterTheCommit_isNotRunAgain() throws Exception {
    Throwable thrown =
        failing((driver, connection) -> {
          driver.failToClose("createStatement", conflict);
          connection.createStatement();
        });

    assertThat(thrown)
        .isInstanceOf(SQLException.class)
        .hasMessageStartingWith("transfer: the transaction is over, but ")
        .hasCause(conflict);
    assertThat(attempts).hasValue(1);
    assertThat(Setting.H2_DIRECT.rows()).containsExactly(1);
  }

  /** Its work is kept by the transaction around. */
  @Test
  void use_statementIsNotClosedAfterASavepoint_isNotRunAgain() throws Exception {
    Setting.H2_DIRECT.makeTable();
    var driver = new FailingConnection(Setting.h2("test").getConnection());
    try (Connection connection = driver.proxy()) {
      Throwable thrown =
          catchThrowable(() ->
              Jdbc.transaction(connection)
                  .run(outer ->
                      Jdbc.retrying(Jdbc.transaction(outer))
                          .run(inner -> {
                            driver.failToClose("createStatement", conflict);
                            inner.createStatement();
                            driver.work("createStatement");
                            Setting.insert(inner, attempts.incrementAndGet());
                          })));
      assertThat(thrown)
          .isInstanceOf(AfterTransactionException.class)
          .hasMessageStartingWith("Jdbc.transaction, savepoint: ");
    }
    assertThat(attempts).hasValue(1);
  }

  /** What it did before may be committed. */
  @Test
  void use_bodyEndedItsTransactionOnTheDriversConnection_isNotRunAgain() throws Exception {
    Setting.POSTGRESQL_DIRECT.makeTable();
    Throwable thrown =
        catchThrowable(() ->
            Jdbc.retrying(Jdbc.transaction(Postgres.dataSource()))
                .use(connection -> {
                  Setting.insert(connection, attempts.incrementAndGet());
                  connection.unwrap(PgConnection.class).commit();
                  throw conflict;
                }));

    assertThat(thrown).isSameAs(conflict);
    assertThat(Setting.POSTGRESQL_DIRECT.rows()).containsExactly(1);
  }

  /** Breaks a driver in a transaction. */
  private interface Breaking {
    void in(FailingConnection driver, Connection connection) throws Exception;
  }

  /** {@return the error of a serializable transaction with a row, whose driver is broken inside} */
  private Throwable failing(Breaking breaking) throws Exception {
    Setting.H2_DIRECT.makeTable();
    var driver = new FailingConnection(Setting.h2("test").getConnection());
    try (Connection connection = driver.proxy()) {
      TransactionOptions transfer =
          TransactionOptions.DEFAULT.named("transfer").isolation(IsolationLevel.SERIALIZABLE);
      return catchThrowable(() ->
          Jdbc.retrying(Jdbc.transaction(connection, transfer))
              .run(inside -> {
                Setting.insert(inside, attempts.incrementAndGet());
                breaking.in(driver, inside);
              }));
    }
  }

  private String failOnceWith(SQLException error) throws Exception {
    try (var _ = VirtualTime.install()) {
      return Jdbc.retrying(AsyncContextManager.ofValue("value"))
          .use(_ -> {
            if (attempts.incrementAndGet() == 1) {
              throw error;
            }
            return "attempt " + attempts;
          });
    }
  }
}
