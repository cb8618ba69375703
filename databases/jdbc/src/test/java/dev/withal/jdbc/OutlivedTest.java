package dev.withal.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.withal.Async;
import dev.withal.jdbc.TransactionException.Outcome;
import dev.withal.testkit.LeakCheck;
import java.sql.Connection;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A transaction that outlives the context around it does nothing to the connection's next user. */
@ExtendWith(LeakCheck.class)
class OutlivedTest {
  private final CompletableFuture<Object> end = new CompletableFuture<>();
  private final CompletableFuture<Connection> inner = new CompletableFuture<>();
  private CompletableFuture<Object> use;

  @BeforeEach
  void makeTable() throws Exception {
    Setting.POSTGRESQL_STAGES.makeTable();
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void statement_outerContextHasEnded_isRefused(boolean savepoint) throws Exception {
    Jdbc.pool(Postgres.dataSource(), PoolSettings.ofSize(1))
        .run(pool -> {
          outlive(pool, savepoint);

          pool.transaction()
              .run(_ ->
                  assertThatThrownBy(() -> Setting.insert(inner.join(), 1))
                      .isInstanceOf(IllegalStateException.class)
                      .hasMessageEndingWith(" has ended: use its connection in the body only"));
          end.complete(null);
          assertThat(catchThrowable(() -> Async.await(use)))
              .isInstanceOf(TransactionException.class);
        });
    assertThat(Setting.POSTGRESQL_STAGES.rows()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void exit_outerContextHasEndedAndTheBodyFails_leavesTheNextTransactionAlone(boolean savepoint)
      throws Exception {
    var failure = new IllegalStateException("of the body");
    Jdbc.pool(Postgres.dataSource(), PoolSettings.ofSize(1))
        .run(pool -> {
          outlive(pool, savepoint);

          pool.transaction()
              .run(next -> {
                Jdbc.transaction(next)
                    .run(inside -> {
                      Setting.insert(inside, 1);
                      end.completeExceptionally(failure);
                      assertThatThrownBy(() -> Async.await(use)).isSameAs(failure);
                    });
                Jdbc.transaction(next).run(inside -> Setting.insert(inside, 2));
              });
        });
    assertThat(Setting.POSTGRESQL_STAGES.rows()).containsExactly(1, 2);
  }

  @Test
  void exit_leaseHasEndedAndTheBodySucceeds_tellsThatNothingIsCommitted() throws Exception {
    assertThat(outcomeOfOutlived(false)).isEqualTo(Outcome.NOT_COMMITTED);
    assertThat(Setting.POSTGRESQL_STAGES.rows()).containsExactly(1);
  }

  @Test
  void exit_outerTransactionHasEndedAndTheBodySucceeds_tellsThatTheOutcomeIsUnknown()
      throws Exception {
    assertThat(outcomeOfOutlived(true)).isEqualTo(Outcome.UNKNOWN);
    assertThat(Setting.POSTGRESQL_STAGES.rows()).containsExactly(1);
  }

  private Outcome outcomeOfOutlived(boolean savepoint) throws Exception {
    return Jdbc.pool(Postgres.dataSource(), PoolSettings.ofSize(1))
        .<Outcome, Exception>use(pool -> {
          outlive(pool, savepoint);
          return pool.transaction()
              .<Outcome, Exception>use(next -> {
                end.complete(null);
                Throwable thrown = catchThrowable(() -> Async.await(use));
                assertThat(thrown).isInstanceOf(TransactionException.class);
                Setting.insert(next, 1);
                return ((TransactionException) thrown).outcome();
              });
        });
  }

  /** Leaves a transaction running whose outer context ends. */
  private void outlive(Pool pool, boolean savepoint) throws Exception {
    var outer = savepoint ? pool.transaction() : pool.connection();
    Async.await(
        outer.useAsync(connection -> {
          use =
              Jdbc.transaction(connection)
                  .useAsync((Connection inside) -> {
                    inner.complete(inside);
                    return (CompletionStage<Object>) end;
                  });
          return inner;
        }));
  }
}
