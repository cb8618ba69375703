package dev.withal.r2dbc;

import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Subscription;

/**
 * The subscription of one subscriber, which any thread may call, even before it has arrived.
 *
 * <p>Design: {@code due} counts the calls that are still to be made, less one, and is raised by
 * each request and each cancellation. The thread that raises it from {@code NONE} makes the calls
 * on the subscription, including those of other threads, one after the other (Reactive Streams,
 * §2.7). So a request made from within a request is no recursion. It begins with the first request,
 * which is made by the arrival of the subscription, so no calls are made before that. Only a
 * cancellation from within a request is passed on immediately, by the same thread: nobody may be
 * told of the end while the publisher doesn't know of it.
 *
 * <p>{@code over} and {@code caller} are plain. A thread that doesn't yet see that it is over makes
 * a call without effect (§2.4, §3.6), and each thread looks only for itself as the caller.
 */
final class SerialSubscription {
  /** The value of {@code due} when no call has to be made. */
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
   * @param first the number of elements to request on arrival
   * @param broken told of an error that the subscription throws, although it must not throw
   */
  SerialSubscription(long first, Consumer<? super Throwable> broken) {
    this.first = first;
    this.broken = broken;
  }

  /** Accepts the first subscription; a second one is cancelled (§2.5). */
  void arrived(Subscription arrived) {
    if (subscription != null) {
      arrived.cancel();
      return;
    }
    subscription = Objects.requireNonNull(arrived, "subscription");
    makeCalls(first);
  }

  /** Records that the publisher has ended it, so that no calls are left to make (§2.4). */
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
