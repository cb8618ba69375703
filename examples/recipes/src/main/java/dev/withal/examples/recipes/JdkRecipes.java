package dev.withal.examples.recipes;

import dev.withal.AsyncContextManager;
import dev.withal.ContextManager;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** What the JDK opens and closes. */
public final class JdkRecipes {
  private JdkRecipes() {}

  /** {@return an executor whose tasks are awaited} */
  public static ContextManager<ExecutorService> executor() {
    // @start region="executor"
    return ContextManager.executor(Executors::newCachedThreadPool, Duration.ofSeconds(5));
    // @end
  }

  /** {@return a client whose exchanges are awaited} */
  public static ContextManager<HttpClient> httpClient() {
    // @start region="http-client"
    return ContextManager.closing(HttpClient::newHttpClient);
    // @end
  }

  /**
   * {@return a connection that is closed by both sides}
   *
   * @param client opens it
   * @param uri where
   * @param listener hears of the close
   */
  public static AsyncContextManager<WebSocket> webSocket(
      HttpClient client, URI uri, Closes listener) {
    // @start region="web-socket"
    return AsyncContextManager.closing(
        () -> client.newWebSocketBuilder().buildAsync(uri, listener),
        socket ->
            socket
                .sendClose(WebSocket.NORMAL_CLOSURE, "")
                .thenRun(() -> socket.request(1))
                .thenCompose(_ -> listener.closed));
    // @end
  }

  /** A listener that says when the other side has closed. */
  public static final class Closes implements WebSocket.Listener {
    final CompletableFuture<Integer> closed = new CompletableFuture<>();

    /** Hears of nothing yet. */
    public Closes() {}

    @Override
    public CompletionStage<?> onClose(WebSocket socket, int status, String reason) {
      closed.complete(status);
      return closed;
    }

    @Override
    public void onError(WebSocket socket, Throwable error) {
      closed.completeExceptionally(error);
    }
  }
}
