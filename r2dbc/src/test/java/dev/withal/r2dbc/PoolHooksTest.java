package dev.withal.r2dbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.withal.Async;
import dev.withal.database.Bounds;
import dev.withal.database.testing.Warnings;
import dev.withal.testkit.Journal;
import dev.withal.testkit.LeakCheck;
import io.r2dbc.spi.Connection;
import io.r2dbc.spi.R2dbcException;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
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
  private final IOException failure = new IOException("of the hook");
  private final PoolHooks journaled =
      PoolHooks.NONE
          .onOpen(_ -> noted("open"))
          .onLend(_ -> noted("lend"))
          .onReturn(_ -> noted("return"));

  private Warnings warnings;

  @BeforeEach
  void collect() {
    warnings = new Warnings();
  }

  @AfterEach
  void release() {
    warnings.close();
  }

  private CompletionStage<String> noted(String event) {
    journal.add(event);
    return CompletableFuture.completedStage(event);
  }

  private static PoolSettings one(PoolHooks hooks) {
    return PoolSettings.ofSize(1).withHooks(hooks);
  }

  private static PoolSettings hasty(PoolHooks hooks) {
    return one(hooks).withBounds(SHORT);
  }

  private static CompletableFuture<Void> run(Connection connection, String sql) {
    return R2dbc.completion(connection.createStatement(sql).execute());
  }

  @OnEverySetting
  void hooks_ofTwoUses_areCalledAroundEach(Setting setting) throws Exception {
    R2dbc.pool(setting.url(), one(journaled))
        .use(pool -> {
          setting.use(pool.connection(), _ -> noted("body"));
          return setting.use(pool.transaction(), _ -> noted("body"));
        });

    assertThat(journal.events())
        .containsExactly("open", "lend", "body", "return", "lend", "body", "return");
    assertThat(warnings.messages()).isEmpty();
  }

  @Test
  void hook_ofAnyKind_isGivenTheDriversOwnConnection() throws Exception {
    PoolHooks.Hook look =
        connection -> noted(connection instanceof ForwardingConnection ? "ours" : "its own");
    PoolSettings settings = one(PoolHooks.NONE.onOpen(look).onLend(look).onReturn(look));
    R2dbc.pool(Setting.H2_MEMORY_DIRECT.url(), settings)
        .use(pool -> pool.connection().use(Connection::isAutoCommit));

    assertThat(journal.events()).containsExactly("its own", "its own", "its own");
  }

  /** It takes with it what the hook had set. */
  @Test
  void session_isPutBack_isOpenedAgain() throws Exception {
    PoolHooks hooks = PoolHooks.NONE.onOpen(connection -> run(connection, "set role pg_monitor"));
    R2dbc.pool(Postgres.url(), one(hooks))
        .use(pool -> {
          pool.connection()
              .use(connection -> Async.await(run(connection, "set role pg_read_all_data")));
          String role =
              pool.connection()
                  .use(connection ->
                      Async.await(
                          R2dbc.first(
                              connection.createStatement("select current_user::text").execute(),
                              row -> row.get(0, String.class))));
          assertThat(role).isEqualTo("pg_monitor");
          assertThat(pool.idle()).isEqualTo(1);
          return null;
        });
  }

  @OnEverySetting
  void onOpen_fails_enterFailsAndTheConnectionIsThrownAway(Setting setting) throws Exception {
    PoolHooks hooks = PoolHooks.NONE.onOpen(_ -> CompletableFuture.failedStage(failure));
    R2dbc.pool(setting.url(), one(hooks))
        .use(pool -> {
          Throwable thrown =
              catchThrowable(() -> setting.use(pool.connection("report"), _ -> noted("never")));

          assertThat(thrown)
              .isInstanceOf(R2dbcException.class)
              .hasMessageStartingWith("report got no connection of R2dbc.pool(")
              .hasMessageEndingWith(": of the hook")
              .hasRootCause(failure);
          assertNothingIsLeft(pool);
          return null;
        });
    assertThat(journal.events()).isEmpty();
    assertThat(warnings.messages()).isEmpty();
  }

  @Test
  void onOpen_throwsOrReturnsNull_enterFails() throws Exception {
    PoolHooks throwing =
        PoolHooks.NONE.onOpen(_ -> {
          throw failure;
        });
    PoolHooks returningNull = PoolHooks.NONE.onOpen(_ -> null);
    R2dbc.pool(Setting.H2_MEMORY_DIRECT.url(), one(throwing))
        .use(pool -> {
          assertThat(catchThrowable(() -> pool.connection().use(_ -> null))).hasRootCause(failure);
          assertNothingIsLeft(pool);
          return null;
        });
    R2dbc.pool(Setting.H2_MEMORY_DIRECT.url(), one(returningNull))
        .use(pool -> {
          assertThat(catchThrowable(() -> pool.connection().use(_ -> null)))
              .hasMessageEndingWith("a hook of the pool returned null instead of a stage");
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
            .onOpen(_ -> noted("open"))
            .onLend(_ ->
                ++lent[0] == 2
                    ? CompletableFuture.failedStage(failure)
                    : CompletableFuture.completedStage(null));
    R2dbc.pool(setting.url(), one(hooks))
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
    PoolHooks hooks = PoolHooks.NONE.onReturn(_ -> CompletableFuture.failedStage(failure));
    R2dbc.pool(setting.url(), one(hooks))
        .use(pool -> {
          setting.use(pool.transaction(), connection -> Setting.insert(connection, 1));
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
        PoolHooks.NONE.onReturn(connection ->
            R2dbc.completion(connection.setAutoCommit(false))
                .thenCompose(_ -> Setting.insert(connection, 1)));
    R2dbc.pool(setting.url(), one(hooks))
        .use(pool -> {
          setting.use(pool.connection(), _ -> noted("body"));
          setting.use(
              pool.connection(),
              connection -> {
                assertThat(connection.isAutoCommit()).isTrue();
                return noted("body");
              });
          return null;
        });

    assertThat(setting.rows()).isEmpty();
  }

  @Test
  void onReturn_neverEnds_connectionIsClosedAndTheResultIsTheBodys() throws Exception {
    PoolHooks hooks = PoolHooks.NONE.onReturn(_ -> new CompletableFuture<>());
    R2dbc.pool(Postgres.url(), hasty(hooks))
        .use(pool -> {
          assertThat(pool.transaction().<String, Exception>use(_ -> "done")).isEqualTo("done");
          assertNothingIsLeft(pool);
          return null;
        });

    assertThat(warnings.messages())
        .singleElement()
        .asString()
        .contains("the hook onReturn failed")
        .contains("closed by force");
  }

  @Test
  void onOpen_neverEnds_placeIsFree() throws Exception {
    PoolHooks hooks = PoolHooks.NONE.onOpen(_ -> new CompletableFuture<>());
    R2dbc.pool(Postgres.url(), hasty(hooks))
        .use(pool -> {
          assertThat(catchThrowable(() -> pool.connection().use(_ -> null)))
              .isInstanceOf(R2dbcException.class)
              .hasMessageContaining("closed by force");
          assertNothingIsLeft(pool);
          return null;
        });
  }

  private static void assertNothingIsLeft(Pool pool) {
    assertThat(pool.inUse()).isZero();
    assertThat(pool.idle()).isZero();
  }
}
