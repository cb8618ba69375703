package dev.withal.r2dbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.withal.database.testing.stories.HookStories;
import io.r2dbc.spi.Connection;
import io.r2dbc.spi.R2dbcException;
import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** What a pool has called with its connections, and what becomes of those with which it fails. */
class PoolHooksTest extends HookStories implements R2dbcStories {

  private static PoolSettings one(PoolHooks hooks) {
    return PoolSettings.ofSize(1).withHooks(hooks);
  }

  private static PoolSettings hasty(PoolHooks hooks) {
    return one(hooks).withBounds(SHORT);
  }

  @Test
  void hook_ofAnyKind_isGivenTheDriversOwnConnection() throws Exception {
    PoolHooks.Hook look =
        connection -> {
          journal.add(connection instanceof ForwardingConnection ? "ours" : "its own");
          return CompletableFuture.completedStage(null);
        };
    PoolSettings settings = one(PoolHooks.NONE.onOpen(look).onLend(look).onReturn(look));
    R2dbc.pool(Setting.H2_MEMORY_DIRECT.url(), settings)
        .use(pool -> pool.connection().use(Connection::isAutoCommit));

    assertThat(journal.events()).containsExactly("its own", "its own", "its own");
  }

  @Test
  void onOpen_throwsOrReturnsNull_enterFails() throws Exception {
    var failure = new IOException("of the hook");
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
}
