package dev.withal.r2dbc;

import io.r2dbc.spi.Connection;
import io.r2dbc.spi.ConnectionFactory;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.reactivestreams.Subscription;
import reactor.core.CoreSubscriber;

/**
 * Waits for the one connection that a factory's publisher emits.
 *
 * <p>Design: the subscription is never cancelled. A driver that is cancelled while it connects may
 * already have a connection, which it neither emits nor closes; a driver that is left alone emits
 * it, and it is exited. For the same reason no code outside can complete the stage. It completes
 * with the first element and not with the end of the publisher, which needn't come: only one
 * element is requested. all that is requested.
 */
final class Arrival implements CoreSubscriber<Connection> {
  private static final Logger LOG = System.getLogger("dev.withal.r2dbc");

  private final String name;
  private final Secrets secrets;
  private final CompletableFuture<Connection> connection = new CompletableFuture<>();
  private boolean subscribed;

  private Arrival(String name, Secrets secrets) {
    this.name = name;
    this.secrets = secrets;
  }

  /**
   * {@return a stage of a new connection}
   *
   * @param name the factory's name, for messages
   * @param secrets the secrets to keep out of its errors
   */
  static CompletionStage<Connection> from(ConnectionFactory factory, String name, Secrets secrets) {
    var arrival = new Arrival(name, secrets);
    try {
      Objects.requireNonNull(
              factory.create(), () -> name + ": ConnectionFactory.create() returned null")
          .subscribe(arrival);
    } catch (Throwable error) {
      arrival.onError(error);
    }
    return Step.readOnly(arrival.connection);
  }

  @Override
  public void onSubscribe(Subscription subscription) {
    if (subscribed) {
      subscription.cancel();
      return;
    }
    subscribed = true;
    subscription.request(1);
  }

  @Override
  public void onNext(Connection arrived) {
    if (!connection.complete(Objects.requireNonNull(arrived, "connection"))) {
      LOG.log(Level.WARNING, "{0} got a second connection unrequested, and closes it", name);
      Step.take(arrived::close)
          .whenComplete((ignored, error) -> {
            if (error != null) {
              LOG.log(Level.WARNING, name + " failed to close a second connection", error);
            }
          });
    }
  }

  @Override
  public void onError(Throwable error) {
    Throwable shown = secrets.hidden(Objects.requireNonNull(error, "error"));
    if (!connection.completeExceptionally(shown)) {
      LOG.log(Level.WARNING, name + " received an error after it had a connection", shown);
    }
  }

  @Override
  public void onComplete() {
    if (!connection.isDone()) {
      connection.completeExceptionally(
          new IllegalStateException(
              name
                  + " got no connection: the publisher of ConnectionFactory.create() completed"
                  + " without one, but must emit one or fail"));
    }
  }
}
