package dev.withal.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.withal.Async;
import dev.withal.Context;
import dev.withal.ExitCase;
import dev.withal.database.Holder;
import dev.withal.testkit.LeakCheck;
import java.sql.Connection;
import java.sql.SQLTransientConnectionException;
import java.time.Duration;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A pool lends each connection to one context at a time, and tells who has them. */
@ExtendWith(LeakCheck.class)
class PoolTest {

  @OnEverySetting
  void connection_isGivenBack_isLentAgain(Setting setting) throws Exception {
    Jdbc.pool(setting.dataSource(), PoolSettings.ofSize(1))
        .use(pool -> {
          Object first =
              setting.use(pool.connection(), connection -> connection.unwrap(physical(setting)));
          Object second =
              setting.use(pool.connection(), connection -> connection.unwrap(physical(setting)));

          assertThat(second).isSameAs(first);
          assertThat(pool.idle()).isEqualTo(1);
          assertThat(pool.inUse()).isZero();
          return null;
        });
  }

  @OnEverySetting
  void connection_bodyLeavesATransactionOpen_isRolledBackFirst(Setting setting) throws Exception {
    setting.makeTable();
    Jdbc.pool(setting.dataSource(), PoolSettings.ofSize(1))
        .use(pool -> {
          setting.use(
              pool.connection(),
              connection -> {
                connection.setAutoCommit(false);
                return Setting.insert(connection, 1);
              });
          assertThat(setting.<Boolean>use(pool.connection(), Connection::getAutoCommit)).isTrue();
          return null;
        });
    assertThat(setting.rows()).isEmpty();
  }

  @Test
  void connection_noneComesFree_saysHowManyAreInUseAndByWhom() throws Exception {
    PoolSettings settings = PoolSettings.ofSize(2).withEnterTimeout(Duration.ofMillis(1));
    Jdbc.pool(Setting.h2("test"), settings)
        .use(pool -> {
          CompletableFuture<Object> hold = new CompletableFuture<>();
          CompletableFuture<Object> report = pool.connection("report").useAsync(_ -> hold);
          CompletableFuture<Object> audit = pool.connection("audit").useAsync(_ -> hold);

          assertThatThrownBy(() -> pool.transaction().use(_ -> null))
              .isInstanceOf(PoolExhaustedException.class)
              .hasMessageStartingWith(
                  "transaction got no connection of Jdbc.pool(JdbcDataSource): none came free"
                      + " within PT0.001S; 2 of 2 are in use, by audit (1), report (1); 0 wait;"
                      + " held longest: report for ")
              .hasMessageContaining("in the body at PoolTest.java:");
          assertThat(pool.holders()).extracting(Holder::name).containsExactly("report", "audit");
          hold.complete(null);
          Async.await(report);
          Async.await(audit);
          return null;
        });
  }

  @Test
  void connection_nestedInOneFlow_isToldAtOnceThatNoneCanComeFree() throws Exception {
    Jdbc.pool(Setting.h2("test"), PoolSettings.ofSize(1))
        .use(pool -> {
          Throwable refused =
              catchThrowable(() ->
                  pool.connection("orders").use(_ -> pool.connection("audit").use(_ -> null)));

          assertThat(refused)
              .isInstanceOf(PoolExhaustedException.class)
              .hasMessageContaining("none can come free")
              .hasMessageContaining("1 of 1 are in use, by orders (1)");
          return null;
        });
  }

  @Test
  void connection_nestedBySynchronousManagers_isToldAtOnce() throws Exception {
    Jdbc.pool(Setting.h2("test"), PoolSettings.ofSize(1))
        .use(pool -> {
          Context<? extends Connection> held = pool.connection("orders").enter();
          try {
            assertThatThrownBy(() -> pool.connection("audit").enter())
                .isInstanceOf(PoolExhaustedException.class);
          } finally {
            held.exit(ExitCase.success());
          }
          assertThat(pool.inUse()).isZero();
          return null;
        });
  }

  @Test
  void connection_tooManyWait_isRefused() throws Exception {
    Jdbc.pool(Setting.h2("test"), PoolSettings.ofSize(1).withMaxWaiting(0))
        .use(pool -> {
          var hold = new CompletableFuture<Object>();
          CompletableFuture<Object> first = pool.connection().useAsync(_ -> hold);

          assertThatThrownBy(() -> Async.await(pool.connection().useAsync(_ -> hold)))
              .isInstanceOf(PoolExhaustedException.class)
              .hasMessageContaining("its queue is full (maxWaiting = 0)");
          hold.complete(null);
          Async.await(first);
          return null;
        });
  }

  @ParameterizedTest
  @EnumSource(PoolSettings.Validation.class)
  void connection_noServer_saysWhoGotNoneOfWhichPool(PoolSettings.Validation validation)
      throws Exception {
    PoolSettings settings =
        PoolSettings.ofSize(1).withValidation(validation).withEnterTimeout(Duration.ofSeconds(1));
    Jdbc.pool(Postgres.ofNobody(), settings)
        .use(pool -> {
          assertThatThrownBy(() -> pool.connection("report").use(_ -> null))
              .isInstanceOf(SQLTransientConnectionException.class)
              .hasMessageStartingWith(
                  "report got no connection of Jdbc.pool(PGSimpleDataSource): Connection to")
              .hasMessageNotContaining("s3cret");
          assertThat(pool.inUse()).isZero();
          return null;
        });
  }

  @Test
  void exit_waitsForWhatIsInUseAndRefusesWhoWaits() throws Exception {
    var hold = new CompletableFuture<Object>();
    var first = new CompletableFuture<CompletableFuture<Object>>();
    var second = new CompletableFuture<CompletableFuture<Object>>();
    CompletableFuture<Pool> use =
        Jdbc.pool(Setting.h2("test"), PoolSettings.ofSize(1))
            .useAsync(pool -> {
              first.complete(pool.connection("first").useAsync(_ -> hold));
              second.complete(pool.connection("second").useAsync(_ -> hold));
              return CompletableFuture.completedFuture(pool);
            });

    assertThatThrownBy(() -> Async.await(Async.await(second)))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("Jdbc.pool(JdbcDataSource) was closed while second waited for a connection");
    assertThat(use).isNotDone();
    hold.complete(null);
    Async.await(Async.await(first));
    Pool closed = Async.await(use);
    assertThatThrownBy(() -> closed.connection().use(_ -> null))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("Jdbc.pool(JdbcDataSource) is closed: use it inside its body only");
  }

  @Test
  void connection_bodyStillRuns_isThrownAway() throws Exception {
    Jdbc.pool(Setting.h2("test"), PoolSettings.ofSize(1))
        .use(pool -> {
          var begun = new CompletableFuture<Void>();
          CompletableFuture<Object> use =
              pool.connection()
                  .grace(Duration.ZERO)
                  .useAsync(_ -> {
                    begun.complete(null);
                    return new CompletableFuture<>();
                  });
          Async.await(begun);
          use.cancel(true);

          assertThatThrownBy(() -> Async.await(use)).isInstanceOf(CancellationException.class);
          assertThat(pool.idle()).isZero();
          assertThat(pool.connection().<Boolean, Exception>use(c -> c.isValid(1))).isTrue();
          return null;
        });
  }

  private static Class<?> physical(Setting setting) {
    return setting.name().startsWith("H2")
        ? org.h2.jdbc.JdbcConnection.class
        : org.postgresql.PGConnection.class;
  }
}
