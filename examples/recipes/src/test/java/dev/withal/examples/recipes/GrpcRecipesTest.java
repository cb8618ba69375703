package dev.withal.examples.recipes;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.common.util.concurrent.ListenableFuture;
import dev.withal.Async;
import dev.withal.AsyncContextManager;
import dev.withal.ContextManager;
import io.grpc.CallOptions;
import io.grpc.ConnectivityState;
import io.grpc.ManagedChannel;
import io.grpc.MethodDescriptor;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.Server;
import io.grpc.ServerServiceDefinition;
import io.grpc.inprocess.InProcessChannelBuilder;
import io.grpc.inprocess.InProcessServerBuilder;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.ServerCalls;
import io.grpc.stub.StreamObserver;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Test;

/** The recipes of gRPC, in this process. */
class GrpcRecipesTest {
  private static final Duration A_WHILE = Duration.ofMillis(100);
  private static final Duration LONG = Duration.ofSeconds(20);

  private static final MethodDescriptor<String, String> GREET =
      MethodDescriptor.<String, String>newBuilder()
          .setType(MethodType.UNARY)
          .setFullMethodName("Greeter/Greet")
          .setRequestMarshaller(new Text())
          .setResponseMarshaller(new Text())
          .build();

  /** The call that has reached the server, to be answered. */
  private final CompletableFuture<StreamObserver<String>> asked = new CompletableFuture<>();

  @Test
  void call_isAnswered_reachesItsCaller() throws Exception {
    String answer =
        server("answered", LONG)
            .use(server ->
                channel("answered")
                    .use(channel -> {
                      ListenableFuture<String> call = greet(channel);
                      asked.get(10, SECONDS).onNext("hello");
                      asked.get().onCompleted();
                      return call.get(10, SECONDS);
                    }));

    assertThat(answer).isEqualTo("hello");
  }

  @Test
  void server_callIsUnderWay_awaitsIt() throws Exception {
    channel("awaited")
        .run(channel -> {
          ListenableFuture<String> call =
              server("awaited", LONG)
                  .use(server -> {
                    ListenableFuture<String> begun = greet(channel);
                    StreamObserver<String> answer = asked.get(10, SECONDS);
                    // Answered a while after the channel has heard of the server's exit.
                    channel.notifyWhenStateChanged(
                        ConnectivityState.READY,
                        () -> Async.sleepAsync(A_WHILE).thenRun(() -> end(answer)));
                    assertThat(begun.isDone()).isFalse();
                    return begun;
                  });

          assertThat(call.get(10, SECONDS)).isEqualTo("at the end");
        });
  }

  @Test
  void server_callNeverEnds_isForcedAfterTheBound() throws Exception {
    var served = new CompletableFuture<Server>();
    var calls = new CompletableFuture<ListenableFuture<String>>();
    channel("forced")
        .run(channel ->
            assertThatThrownBy(() ->
                    server("forced", A_WHILE)
                        .run(server -> {
                          served.complete(server);
                          calls.complete(greet(channel));
                          asked.get(10, SECONDS);
                        }))
                .isInstanceOf(TimeoutException.class));

    assertThat(served.get().isTerminated()).isTrue();
    assertThatThrownBy(() -> calls.get().get(10, SECONDS))
        .isInstanceOf(ExecutionException.class)
        .hasMessageContaining("UNAVAILABLE");
  }

  @Test
  void channel_callIsLeft_cancelsIt() throws Exception {
    server("left", LONG)
        .run(server -> {
          var channels = new CompletableFuture<ManagedChannel>();
          ListenableFuture<String> call =
              channel("left")
                  .use(channel -> {
                    channels.complete(channel);
                    ListenableFuture<String> begun = greet(channel);
                    asked.get(10, SECONDS);
                    return begun;
                  });

          assertThat(channels.get().isTerminated()).isTrue();
          assertThatThrownBy(() -> call.get(10, SECONDS))
              .isInstanceOf(ExecutionException.class)
              .hasMessageContaining("Channel shutdownNow invoked");
        });
  }

  private AsyncContextManager<Server> server(String name, Duration patience) {
    var greeter =
        ServerServiceDefinition.builder("Greeter")
            .addMethod(GREET, ServerCalls.asyncUnaryCall((_, answer) -> asked.complete(answer)))
            .build();
    return GrpcRecipes.server(InProcessServerBuilder.forName(name).addService(greeter), patience);
  }

  private static ContextManager<ManagedChannel> channel(String name) {
    return GrpcRecipes.channel(InProcessChannelBuilder.forName(name));
  }

  private static ListenableFuture<String> greet(ManagedChannel channel) {
    return ClientCalls.futureUnaryCall(channel.newCall(GREET, CallOptions.DEFAULT), "me");
  }

  private static void end(StreamObserver<String> answer) {
    answer.onNext("at the end");
    answer.onCompleted();
  }

  private static final class Text implements MethodDescriptor.Marshaller<String> {
    @Override
    public InputStream stream(String value) {
      return new ByteArrayInputStream(value.getBytes(UTF_8));
    }

    @Override
    public String parse(InputStream stream) {
      try {
        return new String(stream.readAllBytes(), UTF_8);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }
}
