package dev.withal;

import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/** A future that stands for a part of another one, and passes on to it what it is asked for. */
final class Relay<R extends @Nullable Object> extends RequestFuture<R> {
  private final AtomicBoolean asked = new AtomicBoolean();
  private volatile @Nullable RequestFuture<?> source;
  private volatile @Nullable Request request;

  /** Says what is asked in this future's place. */
  void passTo(RequestFuture<?> other) {
    source = other;
    Request early = request;
    // Guard against race with a request that did not find the other future yet.
    if (early != null) {
      other.ask(early);
    }
  }

  @Override
  boolean keepsGrace() {
    RequestFuture<?> other = source;
    return other == null || other.keepsGrace();
  }

  @Override
  @Nullable RequestFuture<?> awaitedUse() {
    return source;
  }

  @Override
  boolean accepts(Request asking) {
    return !isDone() && asked.compareAndSet(false, true);
  }

  @Override
  @Nullable RequestFuture<?> onAccepted(Request asking) {
    request = asking;
    return source;
  }
}
