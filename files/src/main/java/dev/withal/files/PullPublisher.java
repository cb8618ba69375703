package dev.withal.files;

import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Flow;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Publishes elements that it pulls, one after the other, and never more than were requested.
 *
 * <p>Design. A thread that has something for a subscription to do (a request, a cancellation, a
 * pull that is done) raises {@code work}; the one that raised it from 0 loops until it is 0 again.
 * So one thread at a time is in {@link Pull#step}, without recursion, and nothing there needs a
 * lock.
 *
 * @param <T> the type of the elements
 */
final class PullPublisher<T> implements Flow.Publisher<T> {

  /** The source of the elements of one subscription. */
  interface Source<T> {
    /** {@return the next element if it is in memory; null if only {@link #next} can tell} */
    default @Nullable T ready() {
      return null;
    }

    /** {@return a future of the next element, which isn't ready; of null at the end} */
    CompletableFuture<@Nullable T> next();

    /** Nothing more is pulled. */
    default void end() {}

    /** Runs calls to the subscriber: here, unless they might block a thread that must not wait. */
    default void execute(Runnable rounds) {
      rounds.run();
    }
  }

  private final Supplier<? extends Source<T>> sources;

  PullPublisher(Supplier<? extends Source<T>> sources) {
    this.sources = sources;
  }

  @Override
  public void subscribe(Flow.Subscriber<? super T> subscriber) {
    Objects.requireNonNull(subscriber, "subscriber");
    var pull = new Pull<T>(subscriber, sources.get());
    subscriber.onSubscribe(pull);
    pull.begin();
  }

  private static final class Pull<T> implements Flow.Subscription {
    private final Flow.Subscriber<? super T> subscriber;
    private final Source<T> source;
    private final AtomicLong demand = new AtomicLong();
    // 1 while the subscriber is told of the subscription, before all else.
    private final AtomicInteger work = new AtomicInteger(1);
    private volatile boolean cancelled;
    private volatile @Nullable IllegalArgumentException misuse;

    // Of the thread in step.
    private @Nullable CompletableFuture<@Nullable T> pending;
    private boolean ended;

    Pull(Flow.Subscriber<? super T> subscriber, Source<T> source) {
      this.subscriber = subscriber;
      this.source = source;
    }

    void begin() {
      source.execute(this::rounds);
    }

    @Override
    public void request(long count) {
      if (count <= 0) {
        misuse =
            new IllegalArgumentException(
                "request(" + count + "): request at least one element (Reactive Streams, 3.9)");
      } else {
        demand.accumulateAndGet(count, (sum, more) -> sum + more < 0 ? Long.MAX_VALUE : sum + more);
      }
      go();
    }

    @Override
    public void cancel() {
      cancelled = true;
      go();
    }

    private void go() {
      if (work.getAndIncrement() == 0) {
        source.execute(this::rounds);
      }
    }

    private void rounds() {
      int done = 1;
      do {
        try {
          step();
        } catch (Throwable broken) {
          // A subscriber must not throw: it gets nothing more.
          cancelled = true;
          end();
          Uncaught.tell(broken);
        }
        done = work.addAndGet(-done);
      } while (done != 0);
    }

    private void step() {
      while (!ended) {
        if (cancelled) {
          end();
          return;
        }
        if (misuse != null) {
          end();
          subscriber.onError(misuse);
          return;
        }
        if (pending == null) {
          if (demand.get() == 0) {
            return;
          }
          T ready = source.ready();
          if (ready != null) {
            emit(ready);
            continue;
          }
          pending = source.next();
          if (!pending.isDone()) {
            pending.whenComplete((ignored, unused) -> go());
            return;
          }
        } else if (!pending.isDone()) {
          return;
        }
        deliver(pending);
      }
    }

    private void deliver(CompletableFuture<@Nullable T> done) {
      pending = null;
      if (done.isCompletedExceptionally()) {
        end();
        subscriber.onError(unwrapped(done.handle((ignored, failure) -> failure).join()));
        return;
      }
      T element = done.join();
      if (element == null) {
        end();
        subscriber.onComplete();
        return;
      }
      emit(element);
    }

    private static Throwable unwrapped(Throwable failure) {
      Throwable cause = failure instanceof CompletionException ? failure.getCause() : null;
      return cause == null ? failure : cause;
    }

    private void emit(T element) {
      if (demand.get() != Long.MAX_VALUE) {
        demand.decrementAndGet();
      }
      subscriber.onNext(element);
    }

    private void end() {
      if (ended) {
        return;
      }
      ended = true;
      CompletableFuture<?> wanted = pending;
      pending = null;
      if (wanted != null) {
        wanted.cancel(true);
      }
      source.end();
    }
  }
}
