package dev.withal.examples.recipes;

import dev.withal.AsyncContextManager;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;

/** What Vert.x opens and closes. */
public final class VertxRecipes {
  private VertxRecipes() {}

  /** {@return Vert.x itself, with its event loops} */
  public static AsyncContextManager<Vertx> vertx() {
    // @start region="vertx"
    return AsyncContextManager.closingValue(
        Vertx::vertx, vertx -> vertx.close().toCompletionStage());
    // @end
  }

  /**
   * {@return a server that listens on a free port}
   *
   * @param vertx runs it
   */
  public static AsyncContextManager<HttpServer> server(Vertx vertx) {
    // @start region="server"
    return AsyncContextManager.closing(
        () ->
            vertx
                .createHttpServer()
                .requestHandler(r -> r.response().end("hello"))
                .webSocketHandler(_ -> {})
                .listen(0)
                .toCompletionStage(),
        server -> server.close().toCompletionStage());
    // @end
  }
}
