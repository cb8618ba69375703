package dev.withal.r2dbc;

import dev.withal.database.Bounds;
import dev.withal.database.internal.Bound;
import dev.withal.database.internal.Kept;
import io.r2dbc.spi.Connection;
import io.r2dbc.spi.Lifecycle;
import io.r2dbc.spi.R2dbcException;
import io.r2dbc.spi.R2dbcNonTransientResourceException;
import io.r2dbc.spi.ValidationDepth;
import io.r2dbc.spi.Wrapped;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Mono;

/**
 * A driver's connection for as long as it is open, and whether anybody may have it again.
 *
 * <p>Design: whoever doubts that it is sound dooms it, and needs to do nothing else: what lent it
 * throws it away. R2DBC has no call that aborts a connection. But a driver that is told to close
 * one has no reason to wait for answers, and PostgreSQL's fails all that is asked on it at once. So
 * that is called, where a server is silent, and nothing is asked of the driver after it.
 */
final class PhysicalConnection extends ForwardingConnection implements Kept {
  private final Bounds bounds;
  private final Session session;
  private final Age age = new Age();
  private final AtomicBoolean aborted = new AtomicBoolean();
  private volatile boolean doomed;

  PhysicalConnection(Connection target, Bounds bounds) {
    super(target);
    this.session = new Session(target);
    this.bounds = bounds;
  }

  /**
   * {@return the driver's connection below another one, for which nobody may have made this yet}
   */
  static PhysicalConnection of(Connection connection) {
    return switch (connection) {
      case PhysicalConnection physical -> physical;
      case Lease lease -> lease.physical();
      case TransactionConnection transaction -> transaction.physical();
      default ->
          connection instanceof Wrapped<?> wrapped && wrapped.unwrap() instanceof Connection inside
              ? of(inside)
              : new PhysicalConnection(connection, Bounds.DEFAULT);
    };
  }

  /** {@return what bodies may have left in its session} */
  Session session() {
    return session;
  }

  /** {@return how long the database may keep somebody waiting} */
  Bounds bounds() {
    return bounds;
  }

  @Override
  public Age age() {
    return age;
  }

  /** Says that nobody else may have it. */
  void doom() {
    doomed = true;
  }

  boolean isDoomed() {
    return doomed;
  }

  /** Closes it, so that whoever waits for the driver hears of an error. Returns at once. */
  void abort() {
    doom();
    if (aborted.compareAndSet(false, true)) {
      closing();
    }
  }

  /** {@return whether it was closed by force, so that nothing more may be asked of the driver} */
  boolean isAborted() {
    return aborted.get();
  }

  /** {@return what says that it was} */
  static R2dbcException closedByForce() {
    return new R2dbcNonTransientResourceException(
        "the connection was closed by force, as the database didn't answer in time", "08006");
  }

  /** {@return whether it says in time that it works} One that is silent is closed by force. */
  CompletableFuture<Boolean> isValid(ValidationDepth depth, Duration limit) {
    CompletableFuture<Boolean> answer;
    try {
      Publisher<Boolean> asked = validate(depth);
      answer = Mono.from(asked).toFuture().thenApply(valid -> valid != null && valid);
    } catch (Throwable error) {
      answer = CompletableFuture.failedFuture(error);
    }
    CompletableFuture<Boolean> told = answer;
    Bound.on(
        told,
        limit,
        () -> {
          abort();
          told.complete(false);
        });
    return told;
  }

  /** Tells a driver that wants to know that it is lent. {@return a stage of that} */
  CompletableFuture<@Nullable Void> lent() {
    return unwrap() instanceof Lifecycle lifecycle
        ? Step.take(lifecycle::postAllocate)
        : Failure.none();
  }

  /** Tells a driver that wants to know that it is back. {@return a stage of that} */
  CompletableFuture<@Nullable Void> isBack() {
    return unwrap() instanceof Lifecycle lifecycle
        ? Step.take(lifecycle::preRelease)
        : Failure.none();
  }

  /** On a thread of its own; the future fails if the driver does. */
  @Override
  public CompletableFuture<Void> closeAside(Duration limit) {
    doom();
    CompletableFuture<Void> closed =
        aborted.compareAndSet(false, true) ? closing() : CompletableFuture.completedFuture(null);
    Bound.on(closed, limit, () -> closed.complete(null));
    return closed;
  }

  /** Closes it as the driver does, on the calling thread. {@return what completes by the limit} */
  CompletableFuture<Void> closeHere(Duration limit) {
    CompletableFuture<Void> closed = Step.take(super::close).thenApply(_ -> null);
    Bound.on(closed, limit, () -> closed.complete(null));
    return closed;
  }

  private CompletableFuture<Void> closing() {
    var closed = new CompletableFuture<Void>();
    Bound.aside(() ->
        Step.take(super::close)
            .whenComplete((_, error) -> {
              if (error == null) {
                closed.complete(null);
              } else {
                closed.completeExceptionally(error);
              }
            }));
    return closed;
  }
}
