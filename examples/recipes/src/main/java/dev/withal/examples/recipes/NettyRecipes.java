package dev.withal.examples.recipes;

import dev.withal.Async;
import dev.withal.AsyncContextManager;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.EventLoopGroup;
import io.netty.util.concurrent.Future;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;

/** What Netty opens and closes. */
public final class NettyRecipes {
  private NettyRecipes() {}

  // @start region="stage"
  static <T> CompletableFuture<T> stage(Future<T> future) {
    return Async.stage(
        stage -> future.addListener(_ -> stage.completeAsync(future::resultNow, Runnable::run)));
  }

  // @end

  /**
   * {@return a group of event loops, which ends at once when it is idle}
   *
   * @param open makes it
   */
  public static AsyncContextManager<EventLoopGroup> group(Supplier<EventLoopGroup> open) {
    // @start region="group"
    return AsyncContextManager.closingValue(
        open,
        group -> stage(group.shutdownGracefully(0, 5, java.util.concurrent.TimeUnit.SECONDS)));
    // @end
  }

  /**
   * {@return a channel to a host}
   *
   * @param bootstrap says how
   * @param host where
   * @param port where
   */
  public static AsyncContextManager<Channel> channel(Bootstrap bootstrap, String host, int port) {
    // @start region="channel"
    return AsyncContextManager.closing(
        () -> {
          var connecting = bootstrap.connect(host, port);
          return stage(connecting).thenApply(_ -> connecting.channel());
        },
        channel -> stage(channel.close()));
    // @end
  }
}
