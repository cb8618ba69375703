package dev.withal.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.withal.testkit.LeakCheck;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.SQLException;
import javax.sql.DataSource;
import org.h2.jdbc.JdbcConnection;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** A transaction with a connection of its own ends both, and tells of both. */
@ExtendWith(LeakCheck.class)
class LeasedTransactionTest {
  private final SQLException broken = new SQLException("broken", "08006");
  private final SQLException open = new SQLException("does not close");
  private FailingConnection connection;

  @BeforeEach
  void connect() throws SQLException {
    connection = new FailingConnection(Setting.h2("test").getConnection());
  }

  @AfterEach
  void disconnect() throws SQLException {
    connection.target().close();
  }

  @Test
  void transaction_succeeds_commitsAndThenCloses() throws Exception {
    use();

    assertThat(connection.calls()).containsSubsequence("setAutoCommit", "commit", "close");
    assertThat(connection.target().isClosed()).isTrue();
  }

  @Test
  void transaction_cannotBegin_connectionIsThrownAway() throws Exception {
    connection.fail("setAutoCommit", broken);

    Throwable thrown = catchThrowable(this::use);

    assertThat(thrown)
        .isInstanceOf(TransactionException.class)
        .hasMessage("Jdbc.transaction: the transaction could not begin: broken")
        .hasNoSuppressedExceptions();
    assertThat(connection.calls()).endsWith("abort", "close");
    assertThat(connection.target().isClosed()).isTrue();
  }

  @Test
  void transaction_beginFailsHalfway_callersConnectionIsRestored() throws Exception {
    int before = connection.target().getTransactionIsolation();
    connection.fail("setReadOnly", broken);

    Throwable thrown =
        catchThrowable(() ->
            Jdbc.transaction(
                    connection.proxy(),
                    TransactionOptions.DEFAULT.isolation(IsolationLevel.SERIALIZABLE).readOnly())
                .use(_ -> "never runs"));

    assertThat(thrown).isInstanceOf(TransactionException.class).hasCause(broken);
    assertThat(connection.target().getTransactionIsolation()).isEqualTo(before);
    assertThat(connection.target().getAutoCommit()).isTrue();
  }

  @Test
  void transaction_stateCannotBeReadBeforeTheCommit_isRolledBack() throws Exception {
    Throwable thrown =
        catchThrowable(() ->
            Jdbc.transaction(connection.proxy())
                .use(inside -> {
                  // It may change anything, so the schema is saved before the next call.
                  inside.unwrap(JdbcConnection.class);
                  connection.fail("getSchema", broken);
                  return "done";
                }));

    assertThat(thrown)
        .isInstanceOfSatisfying(
            TransactionException.class,
            told ->
                assertThat(told.outcome()).isEqualTo(TransactionException.Outcome.NOT_COMMITTED))
        .hasCause(broken);
    assertThat(connection.calls()).contains("rollback").doesNotContain("commit");
  }

  @Test
  void transaction_canNeitherBeginNorBeThrownAway_bothAreTold() {
    connection.fail("setAutoCommit", broken);
    connection.fail("abort", open);

    Throwable thrown = catchThrowable(this::use);

    assertThat(thrown).isInstanceOf(TransactionException.class).hasCause(broken);
    assertThat(thrown.getSuppressed()).containsExactly(open);
  }

  @Test
  void transaction_isCommittedAndItsConnectionDoesNotClose_saysThatItIsOver() {
    connection.fail("close", broken);

    assertThat(catchThrowable(this::use))
        .isInstanceOfSatisfying(SQLException.class, told -> assertThat(told.getSQLState()).isNull())
        .hasMessage(
            "Jdbc.transaction: the transaction is over, but its connection could not be given"
                + " back: broken")
        .hasCause(broken);
    assertThat(connection.calls()).containsSubsequence("commit", "close");
  }

  @Test
  void transaction_canNeitherCommitNorClose_bothAreTold() {
    connection.fail("commit", new SQLException("disk full", "53100"));
    connection.fail("close", open);

    Throwable thrown = catchThrowable(this::use);

    assertThat(thrown)
        .isInstanceOf(TransactionException.class)
        .hasMessage("Jdbc.transaction: the commit failed, nothing is committed: disk full");
    assertThat(thrown.getSuppressed()).containsExactly(open);
    assertThat(connection.calls()).containsSubsequence("commit", "rollback", "close");
  }

  private Object use() throws Exception {
    var source =
        (DataSource)
            Proxy.newProxyInstance(
                LeasedTransactionTest.class.getClassLoader(),
                new Class<?>[] {DataSource.class},
                (_, _, _) -> connection.proxy());
    return Jdbc.transaction(source).use((Connection _) -> null);
  }
}
