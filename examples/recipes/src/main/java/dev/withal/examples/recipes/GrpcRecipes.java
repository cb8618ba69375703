package dev.withal.examples.recipes;

import dev.withal.AsyncContextManager;
import dev.withal.ContextManager;
import io.grpc.ManagedChannel;
import io.grpc.ManagedChannelBuilder;
import io.grpc.Server;
import io.grpc.ServerBuilder;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** What gRPC opens and closes. */
public final class GrpcRecipes {
  private GrpcRecipes() {}

  /**
   * {@return a server that serves, and ends once its calls have}
   *
   * @param builder says how
   * @param patience how long calls are awaited before they are cancelled
   */
  public static AsyncContextManager<Server> server(ServerBuilder<?> builder, Duration patience) {
    // @start region="server"
    return ContextManager.closing(
            () -> builder.build().start(), server -> server.shutdown().awaitTermination())
        .async()
        .exitTimeout(patience, server -> CompletableFuture.completedStage(server.shutdownNow()));
    // @end
  }

  /**
   * {@return a channel, which ends at once, with whatever calls are left}
   *
   * @param builder says how
   */
  public static ContextManager<ManagedChannel> channel(ManagedChannelBuilder<?> builder) {
    // @start region="channel"
    return ContextManager.closing(
        builder::build, channel -> channel.shutdownNow().awaitTermination(5, TimeUnit.SECONDS));
    // @end
  }
}
