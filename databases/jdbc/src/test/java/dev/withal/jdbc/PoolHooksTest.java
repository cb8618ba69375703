package dev.withal.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.withal.database.Bounds;
import dev.withal.database.testing.stories.HookStories;
import java.sql.Connection;
import java.sql.SQLTimeoutException;
import java.sql.SQLTransientConnectionException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** What a pool has called with its connections, and what becomes of those with which it fails. */
class PoolHooksTest extends HookStories implements JdbcStories {
  private static final String LEFT_ALONE =
      "a hook of the pool ended neither in time nor when the connection was aborted after that";

  private static PoolSettings one(PoolHooks hooks) {
    return PoolSettings.ofSize(1).withHooks(hooks);
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

  /** PostgreSQL notices that its connection is closed. */
  @Test
  void onOpen_takesTooLong_isAborted() throws Exception {
    PoolHooks hooks =
        PoolHooks.NONE.onOpen(connection -> Setting.ask(connection, "select 1 from pg_sleep(600)"));
    Jdbc.pool(Postgres.dataSource(), one(hooks).withBounds(SHORT))
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
    Jdbc.pool(Postgres.dataSource(), one(hooks).withBounds(SHORT))
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

  /** The hook takes no notice of the abort either. */
  @OnEverySetting
  void onReturn_neverEnds_resultIsTheBodys(Setting setting) throws Exception {
    assertThat(resultWithAnEndlessReturn(setting, SHORT)).isEqualTo("done");

    assertThat(warnings.messages())
        .singleElement()
        .asString()
        .contains("the hook onReturn failed")
        .endsWith(LEFT_ALONE);
  }

  @OnEverySetting
  void onReturn_neverEndsAndTheExitHasLessTime_resultIsTheBodys(Setting setting) throws Exception {
    Bounds bounds = Bounds.DEFAULT.withExit(Duration.ofMillis(200));

    assertThat(resultWithAnEndlessReturn(setting, bounds)).isEqualTo("done");

    assertThat(warnings.messages())
        .singleElement()
        .asString()
        .contains("the hook onReturn failed")
        .endsWith(LEFT_ALONE);
  }

  private static String resultWithAnEndlessReturn(Setting setting, Bounds bounds) throws Exception {
    var end = new CompletableFuture<Void>();
    PoolSettings settings = one(PoolHooks.NONE.onReturn(_ -> end.join())).withBounds(bounds);
    return Jdbc.pool(setting.dataSource(), settings)
        .use(pool -> {
          try {
            String result =
                setting
                    .<String>begin(pool.transaction(), _ -> "done")
                    .result()
                    .get(20, TimeUnit.SECONDS);
            assertNothingIsLeft(pool);
            return result;
          } finally {
            end.complete(null);
          }
        });
  }
}
