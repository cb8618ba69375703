package dev.withal.examples.recipes;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.github.fppt.jedismock.RedisServer;
import dev.withal.AsyncContextManager;
import dev.withal.ContextManager;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisFuture;
import io.lettuce.core.RedisURI;
import io.lettuce.core.api.StatefulRedisConnection;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** The recipes of Lettuce, on a server in this process. */
class RedisRecipesTest {

  @Test
  void connection_isOpenInsideAndClosedAfter() throws Exception {
    clients()
        .run(client -> {
          StatefulRedisConnection<String, String> connection =
              connection(client)
                  .use(open -> {
                    assertThat(open.sync().set("k", "v")).isEqualTo("OK");
                    assertThat(open.sync().get("k")).isEqualTo("v");
                    return open;
                  });

          assertThat(connection.isOpen()).isFalse();
        });
  }

  @Test
  void transaction_succeeds_answersItsCommandsAfterTheBody() throws Exception {
    connections()
        .run(connection -> {
          RedisFuture<String> set =
              RedisRecipes.transaction(connection.async())
                  .use(redis -> {
                    RedisFuture<String> queued = redis.set("k", "v");
                    assertThat(queued.isDone()).isFalse();
                    return queued;
                  });

          assertThat(set.get(10, SECONDS)).isEqualTo("OK");
          assertThat(connection.sync().get("k")).isEqualTo("v");
        });
  }

  @Test
  void transaction_fails_changesNothing() throws Exception {
    connections()
        .run(connection -> {
          var queued = new CompletableFuture<RedisFuture<String>>();
          assertThatThrownBy(() ->
                  RedisRecipes.transaction(connection.async())
                      .run(redis -> {
                        queued.complete(redis.set("k", "v"));
                        throw new IllegalStateException("no");
                      }))
              .hasMessage("no");

          // The trap.
          assertThat(queued.get().get(10, SECONDS)).isNull();
          assertThat(connection.sync().get("k")).isNull();
        });
  }

  private static AsyncContextManager<StatefulRedisConnection<String, String>> connections() {
    return clients().flatMap(RedisRecipesTest::connection);
  }

  private static AsyncContextManager<Client> clients() {
    return ContextManager.closing(() -> RedisServer.newRedisServer().start(), RedisServer::stop)
        .async()
        .flatMap(server ->
            RedisRecipes.client()
                .map(client ->
                    new Client(client, RedisURI.create(server.getHost(), server.getBindPort()))));
  }

  private static AsyncContextManager<StatefulRedisConnection<String, String>> connection(
      Client client) {
    return RedisRecipes.connection(client.redis(), client.server());
  }

  private record Client(RedisClient redis, RedisURI server) {}
}
