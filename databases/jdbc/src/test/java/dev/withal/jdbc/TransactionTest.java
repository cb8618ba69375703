package dev.withal.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.withal.Async;
import dev.withal.database.testing.stories.Running;
import dev.withal.jdbc.TransactionException.Outcome;
import dev.withal.testkit.LeakCheck;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A transaction commits or rolls back, and nobody but its exit does that. */
@ExtendWith(LeakCheck.class)
class TransactionTest {

  @OnEverySetting
  void transaction_bodySucceeds_commits(Setting setting) throws Exception {
    setting.makeTable();

    int inserted =
        setting.use(
            Jdbc.transaction(setting.dataSource()), connection -> Setting.insert(connection, 1));

    assertThat(inserted).isEqualTo(1);
    assertThat(setting.rows()).containsExactly(1);
  }

  @OnEverySetting
  void transaction_bodyFails_rollsBack(Setting setting) throws Exception {
    setting.makeTable();
    var failure = new IllegalStateException("body");

    Throwable thrown =
        catchThrowable(() ->
            setting.use(
                Jdbc.transaction(setting.dataSource()),
                connection -> {
                  Setting.insert(connection, 1);
                  throw failure;
                }));

    assertThat(thrown).isSameAs(failure);
    assertThat(setting.rows()).isEmpty();
  }

  @OnEverySetting
  void transaction_bodyIsCancelled_rollsBack(Setting setting) throws Exception {
    setting.makeTable();
    var inserted = new CompletableFuture<Integer>();
    Running<?> running =
        setting.begin(
            Jdbc.transaction(setting.dataSource()),
            connection -> {
              inserted.complete(Setting.insert(connection, 1));
              return Async.await(new CompletableFuture<>());
            });
    Async.await(inserted);

    running.end().run();

    assertThat(catchThrowable(() -> Async.await(running.result()))).isNotNull();
    assertThat(setting.rows()).isEmpty();
  }

  @OnEverySetting
  void transaction_commitFails_isTheResultAndNothingIsCommitted(Setting setting) throws Exception {
    setting.makeTable();
    var failure = new SQLException("disk full", "53100", 7);
    var connection = new FailingConnection(setting.dataSource().getConnection());
    connection.fail("commit", failure);
    try (Connection failing = connection.proxy()) {
      Throwable thrown =
          catchThrowable(() ->
              setting.use(
                  Jdbc.transaction(failing, TransactionOptions.DEFAULT.named("transfer")),
                  inside -> Setting.insert(inside, 1)));

      assertThat(thrown)
          .isInstanceOfSatisfying(
              TransactionException.class,
              told -> {
                assertThat(told.outcome()).isEqualTo(Outcome.NOT_COMMITTED);
                assertThat(told.getMessage())
                    .isEqualTo("transfer: the commit failed, nothing is committed: disk full");
                assertThat(told.getSQLState()).isEqualTo("53100");
                assertThat(told.getErrorCode()).isEqualTo(7);
              })
          .hasCause(failure)
          .hasNoSuppressedExceptions();
      assertThat(failing.getAutoCommit()).isTrue();
    }
    assertThat(setting.rows()).isEmpty();
  }

  @OnEverySetting
  void transaction_rollbackFails_isAddedToTheBodysError(Setting setting) throws Exception {
    setting.makeTable();
    var failure = new SQLException("connection reset", "08006");
    var body = new IllegalStateException("body");
    var connection = new FailingConnection(setting.dataSource().getConnection());
    connection.fail("rollback", failure);
    try (Connection failing = connection.proxy()) {
      Throwable thrown =
          catchThrowable(() ->
              setting.use(
                  Jdbc.transaction(failing),
                  inside -> {
                    Setting.insert(inside, 1);
                    throw body;
                  }));

      assertThat(thrown).isSameAs(body);
      assertThat(thrown.getSuppressed())
          .singleElement()
          .isInstanceOf(TransactionException.class)
          .extracting(Throwable::getCause)
          .isSameAs(failure);
      assertThat(failing.getAutoCommit()).isFalse();
      connection.target().rollback();
    }
    assertThat(setting.rows()).isEmpty();
  }

  @Test
  void transaction_commitAndRollbackFail_bothAreTold() throws Exception {
    var failure = new SQLException("connection reset", "08006");
    var connection = new FailingConnection(Setting.h2("test").getConnection());
    connection.fail("commit", failure);
    connection.fail("rollback", failure);
    try (Connection failing = connection.proxy()) {
      assertThatThrownBy(() -> Jdbc.transaction(failing).use(_ -> null))
          .isInstanceOfSatisfying(
              TransactionException.class,
              told -> {
                assertThat(told.outcome()).isEqualTo(Outcome.UNKNOWN);
                assertThat(told.getSuppressed()).hasSize(1);
              })
          .hasMessageStartingWith(
              "Jdbc.transaction: the answer to the commit was lost, so whether it took effect is"
                  + " unknown");
      connection.target().rollback();
    }
  }

  /** What it answers as it ends doesn't say whether it has committed. */
  @Test
  void transaction_serverEndsDuringTheCommit_outcomeIsUnknown() throws Exception {
    var ending = new SQLException("terminating connection", "57P01");
    var connection = new FailingConnection(Setting.h2("test").getConnection());
    connection.fail("commit", ending);
    try (Connection failing = connection.proxy()) {
      assertThatThrownBy(() -> Jdbc.transaction(failing).use(_ -> null))
          .isInstanceOfSatisfying(
              TransactionException.class,
              told -> assertThat(told.outcome()).isEqualTo(Outcome.UNKNOWN))
          .hasCause(ending);
    }
  }

  @Test
  void transaction_cannotBegin_saysSo() throws Exception {
    var connection = new FailingConnection(Setting.h2("test").getConnection());
    connection.fail("setAutoCommit", new SQLException("closed", "08003"));
    try (Connection failing = connection.proxy()) {
      assertThatThrownBy(() -> Jdbc.transaction(failing).use(_ -> null))
          .isInstanceOf(TransactionException.class)
          .hasMessage("Jdbc.transaction: the transaction could not begin: closed");
    }
  }

  @Test
  void transaction_cannotPutTheConnectionBack_saysThatItIsOver() throws Exception {
    var connection = new FailingConnection(Setting.h2("test").getConnection());
    try (Connection failing = connection.proxy()) {
      assertThatThrownBy(() ->
              Jdbc.transaction(failing)
                  .use(_ -> {
                    connection.fail("setAutoCommit", new SQLException("closed", "08003"));
                    return null;
                  }))
          .isInstanceOf(SQLException.class)
          .hasMessage(
              "Jdbc.transaction: the transaction is over, but the connection could not"
                  + " be restored: closed");
    }
  }

  @Test
  void transaction_withOptions_beginsWithThemAndPutsThemBack() throws Exception {
    try (Connection connection = Postgres.dataSource().getConnection()) {
      Throwable thrown =
          catchThrowable(() ->
              Jdbc.transaction(
                      connection,
                      TransactionOptions.DEFAULT.isolation(IsolationLevel.SERIALIZABLE).readOnly())
                  .use(inside -> {
                    assertThat(inside.getTransactionIsolation())
                        .isEqualTo(Connection.TRANSACTION_SERIALIZABLE);
                    return Setting.run(inside, "create table never (id int)");
                  }));

      assertThat(thrown).isInstanceOf(SQLException.class).hasMessageContaining("read-only");
      assertThat(connection.getTransactionIsolation())
          .isEqualTo(Connection.TRANSACTION_READ_COMMITTED);
      assertThat(connection.isReadOnly()).isFalse();
      assertThat(connection.getAutoCommit()).isTrue();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"commit", " END;", "rollback work", "start transaction", "Begin"})
  void transaction_isEndedByHandInSql_isRefused(String sql) throws Exception {
    Jdbc.transaction(Setting.h2("test"))
        .use(connection -> {
          assertThatThrownBy(() -> connection.createStatement().execute(sql))
              .isInstanceOf(IllegalStateException.class)
              .hasMessageStartingWith(
                  "Jdbc.transaction ends with its body: return to commit or throw to"
                      + " roll back, instead of the statement \""
                      + sql.replace(";", "").strip()
                      + "\"");
          assertThatThrownBy(() -> connection.prepareStatement(sql))
              .isInstanceOf(IllegalStateException.class);
          assertThatThrownBy(() -> connection.createStatement().addBatch(sql))
              .isInstanceOf(IllegalStateException.class);
          return null;
        });
  }

  @Test
  void transaction_isEndedByHandByMethod_isRefused() throws Exception {
    Jdbc.connection(Setting.h2("test"))
        .use(outer ->
            Jdbc.transaction(outer)
                .use(inner -> {
                  assertRefused(inner::commit, "commit()");
                  assertRefused(inner::rollback, "rollback()");
                  assertRefused(() -> inner.setAutoCommit(true), "setAutoCommit()");
                  assertRefused(outer::commit, "commit()");
                  assertThatThrownBy(inner::close)
                      .isInstanceOf(IllegalStateException.class)
                      .hasMessage(
                          "Jdbc.transaction ends with its body: return to give the connection back,"
                              + " instead of calling close()");
                  return null;
                }));
  }

  @Test
  void transaction_secondOneOnTheSameConnection_isRefused() throws Exception {
    Jdbc.connection(Setting.h2("test"))
        .use(outer ->
            Jdbc.transaction(outer)
                .use(_ -> {
                  assertThatThrownBy(() -> Jdbc.transaction(outer).use(_ -> null))
                      .isInstanceOf(IllegalStateException.class)
                      .hasMessageStartingWith("this connection is already in a transaction");
                  return null;
                }));
  }

  private static void assertRefused(
      org.assertj.core.api.ThrowableAssert.ThrowingCallable call, String name) {
    assertThatThrownBy(call)
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("instead of " + name + "; for a transaction inside it, use");
  }
}
