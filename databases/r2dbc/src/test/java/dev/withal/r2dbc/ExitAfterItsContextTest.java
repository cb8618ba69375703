package dev.withal.r2dbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.withal.Async;
import dev.withal.AsyncContext;
import dev.withal.ExitCase;
import dev.withal.database.testing.DroppingProxy;
import dev.withal.database.testing.PostgresServer;
import dev.withal.r2dbc.TransactionException.Outcome;
import dev.withal.testkit.LeakCheck;
import io.r2dbc.spi.Connection;
import java.io.IOException;
import java.util.Objects;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The exit of a transaction that has outlived what it is in reaches no other context. */
@ExtendWith(LeakCheck.class)
class ExitAfterItsContextTest {
  private static final Setting POSTGRESQL = Setting.POSTGRESQL_DIRECT;
  private static final PoolSettings ONE = PoolSettings.ofSize(1);

  private final IOException broken = new IOException("broken");
  private volatile @Nullable AsyncContext<? extends Connection> late;

  /** How a body has ended. */
  enum End {
    SUCCESS,
    FAILURE,
    CANCELLATION;

    ExitCase how() {
      return switch (this) {
        case SUCCESS -> ExitCase.success();
        case FAILURE -> ExitCase.of(new IOException("late"));
        case CANCELLATION -> ExitCase.cancelled(new CancellationException("late"));
      };
    }
  }

  @BeforeEach
  void makeTable() throws Exception {
    POSTGRESQL.makeTable();
  }

  /** Begins a transaction that nobody waits for. */
  private void beginLate(Connection outer) throws Exception {
    AsyncContext<? extends Connection> begun = Async.await(R2dbc.transaction(outer).enterAsync());
    Async.await(Setting.insert(begun.value(), 1));
    late = begun;
  }

  private Throwable exitLate(End end) {
    AsyncContext<? extends Connection> begun = Objects.requireNonNull(late);
    return catchThrowable(() -> Async.await(begun.exitAsync(end.how())));
  }

  /** {@return what the late exit tells while the next transaction has a savepoint of its own} */
  private Throwable exitLateInTheNextSavepoint(Pool pool, End end) throws Exception {
    Throwable told =
        pool.transaction()
            .use(next ->
                R2dbc.transaction(next)
                    .use(inside -> {
                      Async.await(Setting.insert(inside, 2));
                      return exitLate(end);
                    }));
    assertThat(pool.idle()).as("the connection is kept").isEqualTo(1);
    return told;
  }

  @ParameterizedTest
  @EnumSource
  void savepoint_outlivesACommittedTransaction_nextOneIsCommitted(End end) throws Exception {
    R2dbc.pool(Postgres.url(), ONE)
        .use(pool -> {
          pool.transaction()
              .use(outer -> {
                beginLate(outer);
                return null;
              });
          return assertThat(exitLateInTheNextSavepoint(pool, end))
              .isInstanceOfSatisfying(
                  TransactionException.class,
                  told -> assertThat(told.outcome()).isEqualTo(Outcome.UNKNOWN))
              .hasMessageContaining("transaction has ended, so this step isn't taken")
              .hasNoSuppressedExceptions();
        });
    assertThat(POSTGRESQL.rows()).containsExactly(1, 2);
  }

  @ParameterizedTest
  @EnumSource
  void savepoint_outlivesAFailedTransaction_isNotCommitted(End end) throws Exception {
    R2dbc.pool(Postgres.url(), ONE)
        .use(pool -> {
          Throwable thrown =
              catchThrowable(() ->
                  pool.transaction()
                      .use(outer -> {
                        beginLate(outer);
                        throw broken;
                      }));
          assertThat(thrown).isSameAs(broken);
          return assertThat(exitLateInTheNextSavepoint(pool, end))
              .isInstanceOfSatisfying(
                  TransactionException.class,
                  told -> assertThat(told.outcome()).isEqualTo(Outcome.NOT_COMMITTED));
        });
    assertThat(POSTGRESQL.rows()).containsExactly(2);
  }

  /** If it asked the server anything, it would wait behind the statement, and have it cancelled. */
  @Test
  void transaction_outlivesItsConnectionAndIsCancelled_nextStatementIsLeftAlone() throws Exception {
    try (var proxy = new DroppingProxy(PostgresServer.port())) {
      R2dbc.pool(Postgres.urlOverPort(proxy.port()), ONE)
          .use(pool -> {
            pool.connection()
                .use(connection -> {
                  beginLate(connection);
                  return null;
                });
            return pool.connection()
                .use(next -> {
                  DroppingProxy.Hold insert = proxy.hold("insert");
                  CompletableFuture<Void> inserted = Setting.insert(next, 2);
                  Async.await(insert.reached());
                  Throwable told = exitLate(End.CANCELLATION);
                  insert.letGo();
                  Async.await(inserted);
                  return assertThat(told).isInstanceOf(TransactionException.class);
                });
          });
    }
    assertThat(POSTGRESQL.rows()).containsExactly(2);
  }
}
