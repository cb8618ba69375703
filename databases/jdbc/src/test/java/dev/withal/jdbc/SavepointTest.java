package dev.withal.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.withal.Async;
import dev.withal.AsyncContext;
import dev.withal.AsyncContextManager;
import dev.withal.ExitCase;
import dev.withal.Verdict;
import dev.withal.testkit.LeakCheck;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.concurrent.CancellationException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A transaction inside a transaction is undone alone, and committed only by the outer one. */
@ExtendWith(LeakCheck.class)
class SavepointTest {

  @OnEverySetting
  void inner_bodyFails_isUndoneAlone(Setting setting) throws Exception {
    setting.makeTable();

    setting.use(
        Jdbc.transaction(setting.dataSource()),
        outer -> {
          Setting.insert(outer, 1);
          AsyncContextManager<Connection> inner =
              Jdbc.transaction(outer).suppressing(IllegalStateException.class);
          setting.use(
              inner,
              inside -> {
                Setting.insert(inside, 2);
                throw new IllegalStateException("undo");
              });
          return Setting.insert(outer, 3);
        });

    assertThat(setting.rows()).containsExactly(1, 3);
  }

  @OnEverySetting
  void inner_bodySucceeds_isCommittedByTheOuterOne(Setting setting) throws Exception {
    setting.makeTable();

    setting.use(
        Jdbc.transaction(setting.dataSource()),
        outer -> {
          setting.use(Jdbc.transaction(outer), inside -> Setting.insert(inside, 1));
          assertThat(setting.rows()).isEmpty();
          return setting.use(
              Jdbc.transaction(outer, TransactionOptions.DEFAULT.named("second")),
              inside -> Setting.insert(inside, 2));
        });

    assertThat(setting.rows()).containsExactly(1, 2);
  }

  /** As core exits a context that arrives after its enter was given up. */
  @OnEverySetting
  void inner_arrivesLateAndHasNoBody_undoesNothingOfTheOuterOne(Setting setting) throws Exception {
    setting.makeTable();

    setting.use(
        Jdbc.transaction(setting.dataSource()),
        outer -> {
          AsyncContext<? extends Connection> late =
              Async.await(Jdbc.transaction(outer).enterAsync());
          Setting.insert(outer, 1);
          ExitCase cancelled = ExitCase.cancelled(new CancellationException("given up"));
          assertThat(Async.<Verdict, Exception>await(late.exitAsync(cancelled)))
              .isEqualTo(Verdict.PROPAGATE);
          return Setting.insert(outer, 2);
        });

    assertThat(setting.rows()).containsExactly(1, 2);
  }

  @Test
  void inner_withIsolationLevel_isRefused() throws Exception {
    TransactionOptions options = TransactionOptions.DEFAULT.isolation(IsolationLevel.SERIALIZABLE);
    Jdbc.transaction(Setting.h2("test"))
        .use(outer -> {
          assertThatThrownBy(() -> Jdbc.transaction(outer, options))
              .isInstanceOf(IllegalArgumentException.class)
              .hasMessageStartingWith(
                  "Jdbc.transaction has begun, and a transaction inside it is a savepoint");
          return null;
        });
  }

  @ParameterizedTest
  @CsvSource({
    "setSavepoint, the savepoint could not be set",
    "releaseSavepoint, the savepoint could not be released"
  })
  void inner_stepFails_errorNamesIt(String method, String told) throws Exception {
    var connection = new FailingConnection(Setting.h2("test").getConnection());
    connection.fail(method, new SQLException("closed", "08003"));
    try (Connection failing = connection.proxy()) {
      Jdbc.transaction(failing)
          .use(outer -> {
            assertThatThrownBy(() -> Jdbc.transaction(outer).use(_ -> null))
                .isInstanceOf(TransactionException.class)
                .hasMessage("Jdbc.transaction, savepoint: " + told + ": closed");
            return null;
          });
    }
  }

  /** As on a database whose driver doesn't say that the transaction is aborted. */
  @Test
  void inner_releaseFails_isUndoneAlone() throws Exception {
    Setting.H2_DIRECT.makeTable();
    var connection = new FailingConnection(Setting.h2("test").getConnection());
    connection.fail("releaseSavepoint", new SQLException("aborted", "25P02"));
    try (Connection failing = connection.proxy()) {
      Jdbc.transaction(failing)
          .use(outer -> {
            Setting.insert(outer, 1);
            assertThatThrownBy(() -> Jdbc.transaction(outer).use(inner -> Setting.insert(inner, 2)))
                .isInstanceOfSatisfying(
                    TransactionException.class,
                    told ->
                        assertThat(told.outcome())
                            .isEqualTo(TransactionException.Outcome.NOT_COMMITTED));
            return Setting.insert(outer, 3);
          });
    }
    assertThat(Setting.H2_DIRECT.rows()).containsExactly(1, 3);
  }

  @Test
  void inner_rollbackFails_isAddedToTheBodysError() throws Exception {
    var connection = new FailingConnection(Setting.h2("test").getConnection());
    try (Connection failing = connection.proxy()) {
      assertThatThrownBy(() ->
              Jdbc.transaction(failing)
                  .use(outer ->
                      Jdbc.transaction(outer)
                          .use(_ -> {
                            connection.fail("rollback", new SQLException("closed", "08003"));
                            throw new IllegalStateException("body");
                          })))
          .hasMessage("body")
          .satisfies(thrown -> assertThat(thrown.getSuppressed()).hasSize(2));
      connection.target().rollback();
    }
  }

  /** A driver may fail by another error than JDBC's, and the work is there all the same. */
  @ParameterizedTest
  @ValueSource(classes = {UnsupportedOperationException.class, AbstractMethodError.class})
  void inner_rollbackFailsByAnyError_nothingIsCommitted(Class<? extends Throwable> type)
      throws Exception {
    Setting.H2_DIRECT.makeTable();
    var connection = new FailingConnection(Setting.h2("test").getConnection());
    Throwable failure = type.getConstructor(String.class).newInstance("no rollback");
    try (Connection failing = connection.proxy()) {
      assertThatThrownBy(() ->
              Jdbc.transaction(failing)
                  .use(outer -> {
                    Setting.insert(outer, 1);
                    connection.fail("rollback", failure);
                    Throwable inner =
                        catchThrowable(() ->
                            Jdbc.transaction(outer)
                                .use(inside -> {
                                  Setting.insert(inside, 2);
                                  throw new IllegalStateException("undo");
                                }));
                    connection.work("rollback");
                    assertThat(inner)
                        .hasMessage("undo")
                        .extracting(thrown -> thrown.getSuppressed()[0])
                        .isInstanceOf(TransactionException.class);
                    return "taken for undone";
                  }))
          .isInstanceOf(TransactionException.class)
          .hasMessageStartingWith(
              "Jdbc.transaction: its exit commits nothing, as work inside it could not be undone");
    }
    assertThat(Setting.H2_DIRECT.rows()).isEmpty();
  }
}
