package dev.withal.r2dbc;

import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Subscription;

/**
 * The subscription of one subscriber, which any thread may call, also before it has come.
 *
 * <p>Design: {@code due} counts the calls that are still to be made, less one, and is raised by
 * each request and each cancellation. Whoever raises it from {@code NONE} makes them on the
 * subscription, those of the others included, one after the other (Reactive Streams, §2.7). So a
 * request that is made from within a request is no recursion. It begins with the first request,
 * which is made by the arrival of the subscription, and so nobody makes calls before that. Only a
 * cancellation from within a request is passed on at once, by the same thread: nobody may be told
 * of the end while the publisher doesn't know of it.
 *
 * <p>{@code over} and {@code caller} are plain. Who doesn't see yet that it is over asks in vain,
 * which does nothing (§2.4, §3.6), and each thread looks only for itself as the caller.
 */
final class SerialSubscription {
  /** What {@code due} says when there is no call to be made. */
  private static final int NONE = -1;

  private final long first;
  private final Consumer<? super Throwable> broken;
  private final AtomicInteger due = new AtomicInteger();

  /** Written before the calls that use it are due, or by the thread that makes them. */
  private @Nullable Subscription subscription;

  /** The thread that is within a call on the subscription. */
  private @Nullable Thread caller;

  private volatile boolean cancelled;
  private boolean over;

  /**
   * @param first how many elements to request as it arrives
   * @param broken told what the subscription throws, which it must not
   */
  SerialSubscription(long first, Consumer<? super Throwable> broken) {
    this.first = first;
    this.broken = broken;
  }

  /** Takes the first one; a second one is cancelled (§2.5). */
  void arrived(Subscription arrived) {
    if (subscription != null) {
      arrived.cancel();
      return;
    }
    subscription = Objects.requireNonNull(arrived, "subscription");
    makeCalls(first);
  }

  /** The publisher has ended it, so there is nothing left to ask (§2.4). */
  void ended() {
    over = true;
  }

  /** Requests one more element. */
  void request() {
    if (due.getAndIncrement() == NONE) {
      makeCalls(1);
    }
  }

  void cancel() {
    if (over) {
      return;
    }
    cancelled = true;
    if (caller == Thread.currentThread()) {
      call(0);
    } else if (due.getAndIncrement() == NONE) {
      makeCalls(0);
    }
  }

  private void makeCalls(long elements) {
    long asked = elements;
    int made = 1;
    while (made != 0) {
      call(asked);
      made = due.addAndGet(-made) - NONE;
      asked = made;
    }
  }

  private void call(long elements) {
    if (over) {
      return;
    }
    Subscription target = Objects.requireNonNull(subscription);
    caller = Thread.currentThread();
    try {
      if (cancelled) {
        over = true;
        target.cancel();
      } else {
        target.request(elements);
      }
    } catch (Throwable error) {
      broken.accept(error);
    } finally {
      caller = null;
    }
  }
}
