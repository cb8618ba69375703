package dev.withal.r2dbc;

import dev.withal.AsyncContextManager;
import io.r2dbc.spi.Connection;
import java.util.Objects;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Subscriber;
import org.reactivestreams.Subscription;
import reactor.core.publisher.Operators;
import reactor.util.context.Context;

/**
 * One of our connections, from the request of a subscriber until the subscriber closes it.
 *
 * <p>Design: it is a use whose body lasts until the connection is closed. So a connection that
 * arrives after a cancellation goes back, one that is never closed is found, and the end of the
 * process cancels it like any other use. A connection that is available immediately is emitted once
 * the use has begun, and not inside its body: a subscriber that blocks until it is closed, as code
 * on an embedded database may, would wait for itself there.
 */
final class Borrowing implements Subscription {

  private enum Phase {
    IDLE,
    ENTERING,
    HANDED_OUT,
    CANCELLED
  }

  private final AsyncContextManager<Connection> connections;
  private final Subscriber<? super Connection> subscriber;
  private final AtomicReference<Phase> phase = new AtomicReference<>(Phase.IDLE);

  /** Ends the body. */
  private final CompletableFuture<@Nullable Void> closed = new CompletableFuture<>();

  /** Completes with the use. */
  private final CompletableFuture<@Nullable Void> ended = new CompletableFuture<>();

  private volatile @Nullable Thread beginning;

  /** Only touched by the thread that begins the use. */
  private @Nullable BorrowedConnection arrived;

  private volatile @Nullable CompletableFuture<?> use;

  /** The reason given to a use that ends while a statement runs; seen by nobody else. */
  private volatile @Nullable CancellationException interruption;

  Borrowing(
      AsyncContextManager<Connection> connections, Subscriber<? super Connection> subscriber) {
    this.connections = connections;
    this.subscriber = Objects.requireNonNull(subscriber, "subscriber");
  }

  @Override
  public void request(long elements) {
    if (elements <= 0) {
      if (phase.getAndSet(Phase.CANCELLED) == Phase.IDLE) {
        subscriber.onError(
            new IllegalArgumentException("request more than 0 elements, not " + elements));
      } else {
        cancelUse();
      }
    } else if (phase.compareAndSet(Phase.IDLE, Phase.ENTERING)) {
      begin();
    }
  }

  private void begin() {
    beginning = Thread.currentThread();
    CompletableFuture<?> begun =
        connections.useAsync((connection, cancellation) -> {
          // Runs if the process ends, or if other code asks the use to end.
          cancellation.onRequest(ignored -> closed.complete(null));
          var borrowed = new BorrowedConnection(connection, this);
          if (beginning == Thread.currentThread()) {
            arrived = borrowed;
          } else {
            handOut(borrowed);
          }
          return closed;
        });
    use = begun;
    begun.whenComplete((ignored, error) -> ended(error));
    beginning = null;
    // Guard against race with a subscriber who cancels before there was anything to cancel.
    if (phase.get() == Phase.CANCELLED) {
      begun.cancel(true);
    }
    BorrowedConnection here = arrived;
    if (here != null) {
      handOut(here);
    }
  }

  private void handOut(BorrowedConnection connection) {
    if (!phase.compareAndSet(Phase.ENTERING, Phase.HANDED_OUT)) {
      closed.complete(null);
      return;
    }
    try {
      subscriber.onNext(connection);
      subscriber.onComplete();
    } catch (Throwable error) {
      // It must not throw (§2.13); so nobody closes the connection that it was given.
      closed.complete(null);
      Operators.onErrorDropped(error, Context.empty());
    }
  }

  private void ended(@Nullable Throwable failure) {
    Throwable error = failure == null ? null : Failure.unwrapped(failure);
    if (error == null || (error == interruption && error.getSuppressed().length == 0)) {
      ended.complete(null);
      return;
    }
    ended.completeExceptionally(error);
    if (phase.compareAndSet(Phase.ENTERING, Phase.CANCELLED)) {
      subscriber.onError(error);
    }
  }

  @Override
  public void cancel() {
    Phase before = phase.getAndUpdate(now -> now == Phase.HANDED_OUT ? now : Phase.CANCELLED);
    if (before == Phase.ENTERING) {
      cancelUse();
    }
  }

  private void cancelUse() {
    CompletableFuture<?> begun = use;
    if (begun != null) {
      begun.cancel(true);
    }
  }

  /** {@return whether the connection was closed or taken back} */
  boolean isClosed() {
    return closed.isDone();
  }

  /**
   * Gives the connection back, once. {@return a stage that completes when it is back}
   *
   * @param busy whether a statement runs, whose results nobody will read
   */
  CompletionStage<@Nullable Void> close(BooleanSupplier busy) {
    if (busy.getAsBoolean()) {
      var closing =
          new CancellationException("the connection was closed while a statement was running");
      interruption = closing;
      closed.completeExceptionally(closing);
    } else {
      closed.complete(null);
    }
    return ended.minimalCompletionStage();
  }
}
