package dev.withal.examples.recipes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.common.util.concurrent.SettableFuture;
import dev.withal.Async;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

/** The recipes, on servers in this process. */
class RecipesTest {

  @Test
  void executor_awaitsItsTasks() throws Exception {
    var ran = new AtomicBoolean();
    JdkRecipes.executor().run(executor -> executor.execute(() -> ran.set(true)));

    assertThat(ran).isTrue();
  }

  @Test
  void httpClient_asksAServerOfVertx() throws Exception {
    String answer =
        VertxRecipes.vertx()
            .flatMap(VertxRecipes::server)
            .use(server ->
                JdkRecipes.httpClient()
                    .use(client ->
                        client
                            .send(
                                HttpRequest.newBuilder(
                                        URI.create("http://localhost:" + server.actualPort()))
                                    .build(),
                                BodyHandlers.ofString())
                            .body()));

    assertThat(answer).isEqualTo("hello");
  }

  @Test
  void webSocket_isClosedByBothSides() throws Exception {
    var closes = new JdkRecipes.Closes();
    VertxRecipes.vertx()
        .flatMap(VertxRecipes::server)
        .run(server ->
            JdkRecipes.httpClient()
                .run(client ->
                    JdkRecipes.webSocket(
                            client, URI.create("ws://localhost:" + server.actualPort()), closes)
                        .run(socket -> assertThat(socket.isOutputClosed()).isFalse())));

    assertThat(closes.closed).isCompleted();
  }

  @Test
  void channel_isOpenInsideAndClosedAfter() throws Exception {
    try (var server = new ServerSocket(0)) {
      var channel =
          NettyRecipes.group(() -> new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory()))
              .flatMap(group ->
                  NettyRecipes.channel(
                      new Bootstrap()
                          .group(group)
                          .channel(NioSocketChannel.class)
                          .handler(new Nothing()),
                      "localhost",
                      server.getLocalPort()))
              .use(open -> {
                assertThat(open.isOpen()).isTrue();
                return open;
              });

      assertThat(channel.isOpen()).isFalse();
    }
  }

  private static final class Nothing extends ChannelInitializer<SocketChannel> {
    @Override
    protected void initChannel(SocketChannel channel) {}
  }

  @Test
  void listenableFuture_isAStage() throws Exception {
    var future = SettableFuture.<String>create();
    var stage = GuavaRecipes.stage(future);
    future.set("v");
    assertThat(Async.await(stage)).isEqualTo("v");

    var failing = SettableFuture.<String>create();
    failing.setException(new IllegalStateException("no"));
    assertThatThrownBy(() -> Async.await(GuavaRecipes.stage(failing))).hasMessage("no");
  }
}
