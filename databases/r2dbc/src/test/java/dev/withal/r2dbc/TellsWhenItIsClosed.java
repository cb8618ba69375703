package dev.withal.r2dbc;

import io.r2dbc.spi.Connection;
import java.util.concurrent.CompletableFuture;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Mono;

/** A connection that tells when it is closed. */
final class TellsWhenItIsClosed extends ForwardingConnection {
  private final CompletableFuture<Void> closed;

  TellsWhenItIsClosed(Connection target, CompletableFuture<Void> closed) {
    super(target);
    this.closed = closed;
  }

  @Override
  public Publisher<Void> close() {
    return Mono.from(super.close()).doOnSuccess(_ -> closed.complete(null));
  }
}
