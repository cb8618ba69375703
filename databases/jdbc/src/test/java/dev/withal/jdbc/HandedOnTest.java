package dev.withal.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import dev.withal.database.internal.SqlDialect;
import dev.withal.testkit.LeakCheck;
import java.sql.Connection;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** What comes late for a connection's last user harms nobody who has the connection next. */
@ExtendWith(LeakCheck.class)
class HandedOnTest {
  private final PoolSettings one = PoolSettings.ofSize(1);

  @Test
  void session_isAbortedAfterItsConnectionWasGivenBack_nextUserKeepsIt() throws Exception {
    Jdbc.pool(Setting.h2("test"), one)
        .run(pool -> {
          Session over = pool.connection().use(HandedOnTest::session);

          pool.transaction()
              .run(connection -> {
                over.abort();
                assertThat(session(connection).physical()).isSameAs(over.physical());
                assertThat(session(connection).isAborted()).isFalse();
                assertThat(Setting.ask(connection, "select 42")).isEqualTo(42);
              });
          assertThat(pool.idle()).isEqualTo(1);
        });
  }

  @Test
  void session_isAbortedAndTheBodySucceeds_connectionIsNotLentAgain() throws Exception {
    Jdbc.pool(Setting.h2("test"), one)
        .run(pool -> {
          Session aborted =
              pool.connection()
                  .use(connection -> {
                    Session session = session(connection);
                    session.abort();
                    return session;
                  });

          assertThat(pool.idle()).isZero();
          Session next = pool.connection().use(HandedOnTest::session);
          assertThat(next.physical()).isNotSameAs(aborted.physical());
        });
  }

  /** What another pool has lent says that it is closed, although its connection isn't. */
  @Test
  void statement_wasAskedToEndAndAnotherPoolLendsItsConnectionOn_nextUsersIsNotCancelled()
      throws Exception {
    var config = new HikariConfig();
    config.setDataSource(Postgres.dataSource());
    config.setMaximumPoolSize(1);
    try (var foreign = new HikariDataSource(config)) {
      Physical over;
      long pid;
      try (Connection lent = foreign.getConnection()) {
        over = new Physical(lent);
        pid = Backends.pid(lent);
        assertThat(over.beyond().dialect()).isEqualTo(SqlDialect.POSTGRESQL);
      }

      over.cancelIfLost(Duration.ofSeconds(1));

      try (Connection next = foreign.getConnection()) {
        assertThat(Setting.ask(next, "select pg_backend_pid() from pg_sleep(0.4)")).isEqualTo(pid);
      }
    }
  }

  private static Session session(Connection connection) {
    GuardedConnection guarded = GuardedConnection.of(connection);
    assertThat(guarded).isNotNull();
    return guarded.session();
  }
}
