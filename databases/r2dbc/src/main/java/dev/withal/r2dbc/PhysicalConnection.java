package dev.withal.r2dbc;

import dev.withal.database.Bounds;
import dev.withal.database.internal.Bound;
import dev.withal.database.internal.Kept;
import dev.withal.database.internal.Place;
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
 * A driver's connection while it is open, with the knowledge whether it may be lent again.
 *
 * <p>Design: code that doubts whether the connection is sound dooms it, and needs to do nothing
 * else: its lender discards it. R2DBC has no call that aborts a connection. But a driver that is
 * told to close one has no reason to wait for answers, and PostgreSQL's fails all pending requests
 * immediately. So a connection to a silent server is closed, and the driver isn't called after
 * that.
 */
final class PhysicalConnection extends ForwardingConnection implements Kept {
  private final Bounds bounds;
  private final Session session;
  private final Age age = new Age();
  private final AtomicBoolean aborted = new AtomicBoolean();
  private volatile boolean doomed;

  /** The place of the holder who has it from a pool; null if nobody has it. */
  private volatile @Nullable Place place;

  PhysicalConnection(Connection target, Bounds bounds) {
    super(target);
    this.session = new Session(target);
    this.bounds = bounds;
  }

  /**
   * {@return the driver's connection below another one, for which this object is created if
   * necessary}
   */
  static PhysicalConnection of(Connection connection) {
    return switch (connection) {
      case PhysicalConnection physical -> physical;
      case Lease lease -> lease.physical();
      case TransactionConnection transaction -> transaction.physical();
      case NestedConnection nested -> nested.inner().physical();
      case BorrowedConnection borrowed -> of(borrowed.target());
      default ->
          connection instanceof Wrapped<?> wrapped && wrapped.unwrap() instanceof Connection inside
              ? of(inside)
              : new PhysicalConnection(connection, Bounds.DEFAULT);
    };
  }

  /** {@return the record of the changes that bodies may have left in the session} */
  Session session() {
    return session;
  }

  /** {@return how long the database may make a caller wait} */
  Bounds bounds() {
    return bounds;
  }

  @Override
  public Age age() {
    return age;
  }

  /** Records the place of the holder. */
  void lentTo(Place holder) {
    place = holder;
  }

  /** Records that an exit has begun. */
  void exits() {
    Place holder = place;
    if (holder != null) {
      holder.exits();
    }
  }

  /** Records that nobody else may have the connection. */
  void doom() {
    doomed = true;
  }

  boolean isDoomed() {
    return doomed;
  }

  /**
   * Closes the connection, so that pending calls to the driver get an error. Returns immediately.
   */
  void abort() {
    doom();
    if (aborted.compareAndSet(false, true)) {
      closing();
    }
  }

  /** {@return whether it was closed by force, so that the driver must not be called any more} */
  boolean isAborted() {
    return aborted.get();
  }

  /** {@return the error for a connection that was closed by force} */
  static R2dbcException closedByForce() {
    return new R2dbcNonTransientResourceException(
        "the connection was closed by force, as the database didn't answer in time", "08006");
  }

  /**
   * {@return whether the connection answers in time that it works} A silent one is closed by force.
   */
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

  /** Tells a driver that listens for it that the connection is lent. {@return the stage of that} */
  CompletableFuture<@Nullable Void> lent() {
    return unwrap() instanceof Lifecycle lifecycle
        ? Step.take(lifecycle::postAllocate)
        : Failure.none();
  }

  /** Tells a driver that listens for it that the connection is back. {@return the stage of that} */
  CompletableFuture<@Nullable Void> isBack() {
    return unwrap() instanceof Lifecycle lifecycle
        ? Step.take(lifecycle::preRelease)
        : Failure.none();
  }

  /** Closes on a thread of its own; the future fails if the driver does. */
  @Override
  public CompletableFuture<Void> closeAside(Duration limit) {
    doom();
    CompletableFuture<Void> closed =
        aborted.compareAndSet(false, true) ? closing() : CompletableFuture.completedFuture(null);
    Bound.on(closed, limit, () -> closed.complete(null));
    return closed;
  }

  /**
   * Closes it by the driver, on the calling thread. {@return a future that completes by the limit}
   */
  CompletableFuture<Void> closeHere(Duration limit) {
    CompletableFuture<Void> closed = Step.take(super::close).thenApply(ignored -> null);
    Bound.on(closed, limit, () -> closed.complete(null));
    return closed;
  }

  private CompletableFuture<Void> closing() {
    var closed = new CompletableFuture<Void>();
    Bound.aside(() ->
        Step.take(super::close)
            .whenComplete((ignored, error) -> {
              if (error == null) {
                closed.complete(null);
              } else {
                closed.completeExceptionally(error);
              }
            }));
    return closed;
  }
}
