package dev.withal.r2dbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.withal.Async;
import dev.withal.ExitCase;
import dev.withal.testkit.LeakCheck;
import io.r2dbc.spi.Connection;
import io.r2dbc.spi.IsolationLevel;
import java.io.IOException;
import java.time.Duration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.EnumSource.Mode;
import org.reactivestreams.Publisher;

/** A step that is taken after its context has exited fails, and reaches no other context. */
@ExtendWith(LeakCheck.class)
class StepAfterItsContextTest {
  private static final Setting POSTGRESQL = Setting.POSTGRESQL_DIRECT;
  private static final PoolSettings ONE = PoolSettings.ofSize(1);
  private static final TransactionOptions TRANSFER = TransactionOptions.DEFAULT.named("transfer");

  /** What a driver does as soon as somebody subscribes to it. */
  enum Late {
    BEGIN,
    BEGIN_SERIALIZABLE,
    COMMIT,
    ROLLBACK,
    AUTO_COMMIT,
    ISOLATION,
    SAVEPOINT,
    RELEASE,
    ROLLBACK_TO,
    STATEMENT_TIMEOUT,
    LOCK_WAIT;

    Publisher<Void> on(Connection connection) {
      return switch (this) {
        case BEGIN -> connection.beginTransaction();
        case BEGIN_SERIALIZABLE -> connection.beginTransaction(IsolationLevel.SERIALIZABLE);
        case COMMIT -> connection.commitTransaction();
        case ROLLBACK -> connection.rollbackTransaction();
        case AUTO_COMMIT -> connection.setAutoCommit(false);
        case ISOLATION -> connection.setTransactionIsolationLevel(IsolationLevel.SERIALIZABLE);
        case SAVEPOINT -> connection.createSavepoint("sp");
        case RELEASE -> connection.releaseSavepoint("sp");
        case ROLLBACK_TO -> connection.rollbackTransactionToSavepoint("sp");
        case STATEMENT_TIMEOUT -> connection.setStatementTimeout(Duration.ofSeconds(54));
        case LOCK_WAIT -> connection.setLockWaitTimeout(Duration.ofSeconds(54));
      };
    }
  }

  @BeforeEach
  void makeTable() throws Exception {
    POSTGRESQL.makeTable();
  }

  private static void take(Publisher<Void> step) throws InterruptedException {
    Async.await(R2dbc.completion(step));
  }

  @ParameterizedTest
  @EnumSource
  void stepOfAConnection_isTakenInTheNextContext_isNotSent(Late late) throws Exception {
    R2dbc.pool(Postgres.url(), ONE)
        .use(pool -> {
          Publisher<Void> step = pool.connection("report").use(late::on);
          return pool.connection()
              .use(_ ->
                  assertThatThrownBy(() -> take(step))
                      .isInstanceOf(IllegalStateException.class)
                      .hasMessage(
                          "report has ended, so this step isn't taken: wait for it in the body"));
        });
  }

  @ParameterizedTest
  @EnumSource(
      mode = Mode.INCLUDE,
      names = {"SAVEPOINT", "RELEASE", "ROLLBACK_TO", "STATEMENT_TIMEOUT", "LOCK_WAIT"})
  void stepOfATransaction_isTakenInTheNextContext_isNotSent(Late late) throws Exception {
    R2dbc.pool(Postgres.url(), ONE)
        .use(pool -> {
          Publisher<Void> step = pool.transaction(TRANSFER).use(late::on);
          return pool.connection()
              .use(_ ->
                  assertThatThrownBy(() -> take(step))
                      .isInstanceOf(IllegalStateException.class)
                      .hasMessage(
                          "transfer has ended, so this step isn't taken: wait for it in the"
                              + " body"));
        });
  }

  @ParameterizedTest
  @EnumSource(
      mode = Mode.INCLUDE,
      names = {"SAVEPOINT", "RELEASE", "ROLLBACK_TO"})
  void stepOfAnInnerTransaction_isTakenInTheOuterOne_isNotSent(Late late) throws Exception {
    R2dbc.pool(Postgres.url(), ONE)
        .use(pool ->
            pool.transaction()
                .use(outer -> {
                  take(outer.createSavepoint("sp"));
                  Publisher<Void> step = R2dbc.transaction(outer, TRANSFER).use(late::on);
                  return assertThatThrownBy(() -> take(step))
                      .isInstanceOf(IllegalStateException.class)
                      .hasMessageStartingWith("transfer has ended");
                }));
  }

  /** The transaction on a connection knows nothing of the end of that. */
  @Test
  void transactionOnAConnection_outlivesIt_sendsNothingToTheNextContext() throws Exception {
    R2dbc.pool(Postgres.url(), ONE)
        .use(pool -> {
          var inside =
              pool.connection("report")
                  .use(connection ->
                      Async.await(R2dbc.transaction(connection, TRANSFER).enterAsync()));
          pool.transaction()
              .use(next -> {
                take(next.createSavepoint("sp"));
                Async.await(Setting.insert(next, 1));
                return assertThatThrownBy(
                        () -> take(inside.value().rollbackTransactionToSavepoint("sp")))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageStartingWith("report has ended");
              });
          return assertThatThrownBy(() -> Async.await(inside.exitAsync(ExitCase.success())))
              .isInstanceOf(TransactionException.class);
        });
    assertThat(POSTGRESQL.rows()).containsExactly(1);
  }

  @Test
  void rollbackToASavepoint_isTakenInTheNextTransaction_undoesNothingOfIt() throws Exception {
    R2dbc.pool(Postgres.url(), ONE)
        .use(pool -> {
          Publisher<Void> step = pool.transaction().use(Late.ROLLBACK_TO::on);
          return pool.transaction()
              .use(next -> {
                take(next.createSavepoint("sp"));
                Async.await(Setting.insert(next, 1));
                return catchThrowable(() -> take(step));
              });
        });
    assertThat(POSTGRESQL.rows()).containsExactly(1);
  }

  @Test
  void commit_isTakenInTheNextTransaction_commitsNothingOfIt() throws Exception {
    var broken = new IOException("broken");
    R2dbc.pool(Postgres.url(), ONE)
        .use(pool -> {
          Publisher<Void> step = pool.connection().use(Late.COMMIT::on);
          return assertThatThrownBy(() ->
                  pool.transaction()
                      .use(next -> {
                        Async.await(Setting.insert(next, 1));
                        var _ = catchThrowable(() -> take(step));
                        throw broken;
                      }))
              .isSameAs(broken);
        });
    assertThat(POSTGRESQL.rows()).isEmpty();
  }
}
