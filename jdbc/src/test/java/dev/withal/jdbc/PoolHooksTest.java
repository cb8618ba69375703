package dev.withal.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.withal.database.Bounds;
import dev.withal.database.testing.Warnings;
import dev.withal.testkit.Journal;
import dev.withal.testkit.LeakCheck;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLTimeoutException;
import java.sql.SQLTransientConnectionException;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** What a pool has called with its connections, and what becomes of those with which it fails. */
@ExtendWith(LeakCheck.class)
class PoolHooksTest {
  private static final Bounds SHORT =
      Bounds.DEFAULT
          .withConnect(Duration.ofSeconds(2))
          .withCancel(Duration.ofMillis(200))
          .withExit(Duration.ofMinutes(1));

  private final Journal journal = new Journal();
  private final SQLException failure = new SQLException("of the hook");
  private final PoolHooks journaled =
      PoolHooks.NONE
          .onOpen(_ -> journal.add("open"))
          .onLend(_ -> journal.add("lend"))
          .onReturn(_ -> journal.add("return"));

  private Warnings warnings;

  @BeforeEach
  void collect() {
    warnings = new Warnings();
  }

  @AfterEach
  void release() {
    warnings.close();
  }

  private String noted(String event) {
    journal.add(event);
    return event;
  }

  private static PoolSettings one(PoolHooks hooks) {
    return PoolSettings.ofSize(1).withHooks(hooks);
  }

  private static PoolSettings hasty(PoolHooks hooks) {
    return one(hooks).withBounds(SHORT);
  }

  @OnEverySetting
  void hooks_ofTwoUses_areCalledAroundEach(Setting setting) throws Exception {
    Jdbc.pool(setting.dataSource(), one(journaled))
        .use(pool -> {
          setting.use(pool.connection(), _ -> noted("body"));
          return setting.use(pool.transaction(), _ -> noted("body"));
        });

    assertThat(journal.events())
        .containsExactly("open", "lend", "body", "return", "lend", "body", "return");
    assertThat(warnings.messages()).isEmpty();
  }

  @Test
  void hook_ofAnyKind_isGivenTheDataSourcesOwnConnection() throws Exception {
    PoolHooks.Hook look =
        connection -> journal.add(String.valueOf(GuardedConnection.of(connection) == null));
    PoolSettings settings = one(PoolHooks.NONE.onOpen(look).onLend(look).onReturn(look));
    Jdbc.pool(Setting.h2("test"), settings)
        .use(pool -> pool.connection().use(Connection::isReadOnly));

    assertThat(journal.events()).containsExactly("true", "true", "true");
  }

  /** It takes with it what the hook had set. */
  @Test
  void session_isPutBack_isOpenedAgain() throws Exception {
    PoolHooks hooks =
        PoolHooks.NONE.onOpen(connection -> Setting.run(connection, "set search_path = hooked"));
    Jdbc.pool(Postgres.dataSource(), one(hooks))
        .use(pool -> {
          pool.connection().use(connection -> Setting.run(connection, "set search_path = body"));
          String path =
              pool.connection()
                  .use(connection -> {
                    try (var result =
                        connection.createStatement().executeQuery("show search_path")) {
                      result.next();
                      return result.getString(1);
                    }
                  });
          assertThat(path).isEqualTo("hooked");
          assertThat(pool.idle()).isEqualTo(1);
          return null;
        });
  }

  @OnEverySetting
  void onOpen_fails_enterFailsAndTheConnectionIsThrownAway(Setting setting) throws Exception {
    PoolHooks hooks =
        PoolHooks.NONE.onOpen(_ -> {
          throw failure;
        });
    Jdbc.pool(setting.dataSource(), one(hooks))
        .use(pool -> {
          Throwable thrown =
              catchThrowable(
                  () -> setting.use(pool.connection("report"), _ -> noted("never runs")));

          assertThat(thrown)
              .isInstanceOf(SQLTransientConnectionException.class)
              .hasMessageStartingWith("report got no connection of Jdbc.pool(")
              .hasMessageEndingWith(": of the hook")
              .hasRootCause(failure);
          assertNothingIsLeft(pool);
          return null;
        });
    assertThat(journal.events()).isEmpty();
    assertThat(warnings.messages()).isEmpty();
  }

  @Test
  void onOpen_throwsAnotherException_isToldAsItIs() throws Exception {
    var bug = new IllegalArgumentException("a bug");
    PoolHooks hooks =
        PoolHooks.NONE.onOpen(_ -> {
          throw bug;
        });
    Jdbc.pool(Setting.h2("test"), one(hooks))
        .use(pool -> {
          assertThat(catchThrowable(() -> pool.connection().use(_ -> null))).isSameAs(bug);
          assertNothingIsLeft(pool);
          return null;
        });
  }

  /** Another one is taken for a connection that was kept. */
  @OnEverySetting
  void onLend_failsWithAKeptConnection_anotherOneIsLent(Setting setting) throws Exception {
    var lent = new int[1];
    PoolHooks hooks =
        PoolHooks.NONE
            .onOpen(_ -> journal.add("open"))
            .onLend(_ -> {
              if (++lent[0] == 2) {
                throw failure;
              }
            });
    Jdbc.pool(setting.dataSource(), one(hooks))
        .use(pool -> {
          setting.use(pool.connection(), _ -> noted("body"));
          setting.use(pool.connection(), _ -> noted("body"));
          assertThat(pool.idle()).isEqualTo(1);
          return null;
        });

    assertThat(journal.events()).containsExactly("open", "body", "open", "body");
    assertThat(warnings.messages())
        .singleElement()
        .asString()
        .endsWith("the hook onLend failed, so the connection is discarded: " + failure);
  }

  @OnEverySetting
  void onReturn_fails_resultIsTheBodysAndTheConnectionIsThrownAway(Setting setting)
      throws Exception {
    setting.makeTable();
    PoolHooks hooks =
        PoolHooks.NONE.onReturn(_ -> {
          throw failure;
        });
    Jdbc.pool(setting.dataSource(), one(hooks))
        .use(pool -> {
          int inserted =
              setting.use(pool.transaction(), connection -> Setting.insert(connection, 1));

          assertThat(inserted).isEqualTo(1);
          assertNothingIsLeft(pool);
          return null;
        });

    assertThat(setting.rows()).containsExactly(1);
    assertThat(warnings.messages())
        .singleElement()
        .asString()
        .endsWith("the hook onReturn failed, so the connection is discarded: " + failure);
  }

  @OnEverySetting
  void onReturn_leavesATransactionOpen_isRolledBack(Setting setting) throws Exception {
    setting.makeTable();
    PoolHooks hooks =
        PoolHooks.NONE.onReturn(connection -> {
          connection.setAutoCommit(false);
          Setting.insert(connection, 1);
        });
    Jdbc.pool(setting.dataSource(), one(hooks))
        .use(pool -> {
          setting.use(pool.connection(), _ -> "done");
          assertThat(setting.<Boolean>use(pool.connection(), Connection::getAutoCommit)).isTrue();
          return null;
        });

    assertThat(setting.rows()).isEmpty();
  }

  /** PostgreSQL notices that its connection is closed. */
  @Test
  void onOpen_takesTooLong_isAborted() throws Exception {
    PoolHooks hooks =
        PoolHooks.NONE.onOpen(connection -> Setting.ask(connection, "select 1 from pg_sleep(600)"));
    Jdbc.pool(Postgres.dataSource(), hasty(hooks))
        .use(pool -> {
          assertThat(catchThrowable(() -> pool.connection().use(_ -> null)))
              .isInstanceOf(SQLTransientConnectionException.class);
          assertNothingIsLeft(pool);
          return null;
        });
  }

  @Test
  void onReturn_takesTooLong_isAbortedAndTheResultIsTheBodys() throws Exception {
    PoolHooks hooks =
        PoolHooks.NONE.onReturn(
            connection -> Setting.ask(connection, "select 1 from pg_sleep(600)"));
    Jdbc.pool(Postgres.dataSource(), hasty(hooks))
        .use(pool -> {
          assertThat(pool.transaction().<String, Exception>use(_ -> "done")).isEqualTo("done");
          assertNothingIsLeft(pool);
          return null;
        });

    assertThat(warnings.messages())
        .singleElement()
        .asString()
        .contains(SQLTimeoutException.class.getName())
        .endsWith("a hook of the pool didn't end within PT0.2S, so the connection was aborted");
  }

  /** Code that takes no notice of an abort costs a thread and a connection, and no place. */
  @Test
  void onOpen_neverEnds_placeIsFree() throws Exception {
    var end = new CountDownLatch(1);
    PoolHooks hooks =
        PoolHooks.NONE.onOpen(_ -> {
          try {
            end.await(1, TimeUnit.MINUTES);
          } catch (InterruptedException e) {
            throw new IllegalStateException(e);
          }
        });
    Jdbc.pool(Setting.h2("test"), hasty(hooks))
        .use(pool -> {
          assertThat(catchThrowable(() -> pool.connection().use(_ -> null)))
              .isInstanceOf(SQLTransientConnectionException.class);
          assertNothingIsLeft(pool);
          return null;
        });
    end.countDown();
  }

  private static void assertNothingIsLeft(Pool pool) {
    assertThat(pool.inUse()).isZero();
    assertThat(pool.idle()).isZero();
  }
}
