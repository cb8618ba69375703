package dev.withal.examples.recipes;

import dev.withal.AsyncContextManager;
import dev.withal.Verdict;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisURI;
import io.lettuce.core.api.StatefulConnection;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.api.async.RedisAsyncCommands;
import io.lettuce.core.codec.StringCodec;

/** What Lettuce opens and closes. */
public final class RedisRecipes {
  private RedisRecipes() {}

  /** {@return a client, with its event loops} */
  public static AsyncContextManager<RedisClient> client() {
    // @start region="client"
    return AsyncContextManager.closingValue(RedisClient::create, RedisClient::shutdownAsync);
    // @end
  }

  /**
   * {@return a connection}
   *
   * @param client opens it
   * @param uri where
   */
  public static AsyncContextManager<StatefulRedisConnection<String, String>> connection(
      RedisClient client, RedisURI uri) {
    // @start region="connection"
    return AsyncContextManager.closing(
        () -> client.connectAsync(StringCodec.UTF8, uri), StatefulConnection::closeAsync);
    // @end
  }

  /**
   * {@return a transaction, whose commands run at its end}
   *
   * @param redis the commands of a connection that nobody else uses meanwhile
   */
  public static AsyncContextManager<RedisAsyncCommands<String, String>> transaction(
      RedisAsyncCommands<String, String> redis) {
    // @start region="transaction"
    return AsyncContextManager.of(
        () -> redis.multi().thenApply(_ -> redis),
        (_, how) ->
            (how.succeeded() ? redis.exec() : redis.discard()).thenApply(_ -> Verdict.PROPAGATE));
    // @end
  }
}
