package dev.withal.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import dev.withal.testkit.LeakCheck;
import java.sql.Connection;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** A bound that fires as its step ends harms nobody who has the connection next. */
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

  private static Session session(Connection connection) {
    GuardedConnection guarded = GuardedConnection.of(connection);
    assertThat(guarded).isNotNull();
    return guarded.session();
  }
}
