package dev.withal.r2dbc;

import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Subscription;

/**
 * The subscription of one subscriber, which any thread may call, also before it has come.
 *
 * <p>Design: whoever finds {@code calls} at zero makes the calls on the subscription, those of the
 * others included, one after the other (Reactive Streams, §2.7). So a request that is made from
 * within a request is no recursion. Only a cancellation from within a request is passed on at once,
 * by the same thread: nobody may be told of the end while the publisher doesn't know of it.
 */
final class SerialSubscription {
  private final AtomicReference<@Nullable Subscription> subscription = new AtomicReference<>();
  private final AtomicInteger calls = new AtomicInteger();
  private final AtomicLong demand;
  private volatile boolean cancelled;
  private volatile boolean over;

  /**
   * The thread that is within a call on the subscription. Each thread only looks for itself, so it
   * needn't see what others write.
   */
  private final AtomicReference<@Nullable Thread> caller = new AtomicReference<>();

  private final Consumer<? super Throwable> broken;

  /**
   * @param elements how many to request at once
   * @param broken told what the subscription throws, which it must not
   */
  SerialSubscription(long elements, Consumer<? super Throwable> broken) {
    this.demand = new AtomicLong(elements);
    this.broken = broken;
  }

  /** Takes the first one; a second one is cancelled (§2.5). */
  void arrived(Subscription arrived) {
    if (subscription.compareAndSet(null, Objects.requireNonNull(arrived, "subscription"))) {
      makeCalls();
    } else {
      arrived.cancel();
    }
  }

  /** The publisher has ended it, so there is nothing left to ask (§2.4). */
  void ended() {
    over = true;
  }

  void request(long elements) {
    demand.addAndGet(elements);
    makeCalls();
  }

  void cancel() {
    cancelled = true;
    Subscription target = subscription.get();
    if (target != null && caller.getOpaque() == Thread.currentThread()) {
      makeCalls(target);
    } else {
      makeCalls();
    }
  }

  private void makeCalls() {
    if (over || calls.getAndIncrement() != 0) {
      return;
    }
    int seen = 1;
    while (seen != 0) {
      Subscription target = subscription.get();
      if (target != null) {
        makeCalls(target);
      }
      seen = calls.addAndGet(-seen);
    }
  }

  private void makeCalls(Subscription target) {
    if (over) {
      return;
    }
    caller.setOpaque(Thread.currentThread());
    try {
      if (cancelled) {
        over = true;
        target.cancel();
      } else {
        long elements = demand.getAndSet(0);
        if (elements > 0) {
          target.request(elements);
        }
      }
    } catch (Throwable error) {
      broken.accept(error);
    } finally {
      caller.setOpaque(null);
    }
  }
}
