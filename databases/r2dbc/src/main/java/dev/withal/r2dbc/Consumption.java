package dev.withal.r2dbc;

import io.r2dbc.spi.Result;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BiConsumer;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import org.reactivestreams.Subscription;
import reactor.core.CoreSubscriber;

/**
 * Consumes a publisher into a future, one emitted result after the other.
 *
 * <p>Design: a driver sends a result only when the previous one has been read to its end, so one
 * element is requested at a time, and the next when reading the last one has ended. {@code running}
 * counts that reading; the end of the publisher or of a reading lowers it, and the signal that
 * brings it below zero completes the future. Completing the future in any way, including by a
 * caller's cancellation, cancels both subscriptions.
 *
 * @param <E> the type into which a result is read
 * @param <R> the type of the future's value
 */
final class Consumption<E, R extends @Nullable Object> implements CoreSubscriber<Object> {
  static final String NO_PUBLISHER = "the driver returned null instead of a publisher";

  private final Function<? super Result, ? extends Publisher<? extends E>> read;
  private final long demand;
  private final BiConsumer<? super Consumption<E, R>, ? super E> onElement;
  private final Supplier<? extends R> atEnd;

  private final CompletableFuture<R> future = new CompletableFuture<>();
  private final SerialSubscription publisher = new SerialSubscription(1, this::fail);
  private final AtomicInteger running = new AtomicInteger();
  private volatile @Nullable Reading reading;

  /**
   * @param read opens a result
   * @param demand the number of elements to request from an opened result
   * @param onElement consumes each element, one call at a time
   * @param atEnd makes the future's value if nothing has completed it until then
   */
  private Consumption(
      Function<? super Result, ? extends Publisher<? extends E>> read,
      long demand,
      BiConsumer<? super Consumption<E, R>, ? super E> onElement,
      Supplier<? extends R> atEnd) {
    this.read = read;
    this.demand = demand;
    this.onElement = onElement;
    this.atEnd = atEnd;
  }

  static CompletableFuture<@Nullable Void> toEnd(Publisher<?> publisher) {
    return new Consumption<Long, @Nullable Void>(
            Result::getRowsUpdated, Long.MAX_VALUE, (ignored, unused) -> {}, () -> null)
        .of(publisher);
  }

  static CompletableFuture<Long> rowsUpdated(Publisher<? extends Result> results) {
    var sum = new AtomicLong();
    return new Consumption<Long, Long>(
            Result::getRowsUpdated,
            Long.MAX_VALUE,
            (ignored, rows) -> sum.addAndGet(rows),
            sum::get)
        .of(results);
  }

  static <T> CompletableFuture<List<T>> list(
      Publisher<? extends Result> results, Function<? super Result, Publisher<T>> rows) {
    var list = new ArrayList<T>();
    return new Consumption<T, List<T>>(
            rows,
            Long.MAX_VALUE,
            (ignored, row) -> list.add(row),
            () -> Collections.unmodifiableList(list))
        .of(results);
  }

  static <T> CompletableFuture<@Nullable T> first(
      Publisher<? extends Result> results, Function<? super Result, Publisher<T>> rows) {
    return new Consumption<T, @Nullable T>(rows, 1, Consumption::complete, () -> null).of(results);
  }

  private CompletableFuture<R> of(Publisher<?> results) {
    try {
      Objects.requireNonNull(results, NO_PUBLISHER).subscribe(this);
    } catch (Throwable error) {
      fail(error);
    }
    // Until here only this object could complete it, and has already cancelled what had to be.
    if (!future.isDone()) {
      future.whenComplete((ignored, unused) -> cancel());
    }
    return future;
  }

  @Override
  public void onSubscribe(Subscription subscription) {
    publisher.arrived(subscription);
  }

  @Override
  public void onNext(Object element) {
    if (Objects.requireNonNull(element, "element") instanceof Result result) {
      if (!future.isDone()) {
        read(result);
      }
    } else {
      publisher.request();
    }
  }

  private void read(Result result) {
    var next = new Reading();
    reading = next;
    running.incrementAndGet();
    try {
      Objects.requireNonNull(read.apply(result), NO_PUBLISHER).subscribe(next);
    } catch (Throwable error) {
      fail(error);
    }
    // Guard against race with a caller who cancels before the reading was visible.
    if (future.isDone()) {
      next.rows.cancel();
    }
  }

  @Override
  public void onError(Throwable error) {
    publisher.ended();
    fail(Objects.requireNonNull(error, "error"));
  }

  @Override
  public void onComplete() {
    publisher.ended();
    endedOne();
  }

  private boolean endedOne() {
    boolean last = running.decrementAndGet() < 0;
    if (last) {
      future.complete(atEnd.get());
    }
    return last;
  }

  /** Cancels first, as dependents of the future may use the connection immediately. */
  private void complete(R value) {
    cancel();
    future.complete(value);
  }

  private void fail(Throwable error) {
    cancel();
    future.completeExceptionally(error);
  }

  private void cancel() {
    Reading current = reading;
    if (current != null) {
      current.rows.cancel();
    }
    publisher.cancel();
  }

  /** Reads one result. */
  private final class Reading implements CoreSubscriber<E> {
    final SerialSubscription rows = new SerialSubscription(demand, Consumption.this::fail);

    @Override
    public void onSubscribe(Subscription subscription) {
      rows.arrived(subscription);
    }

    @Override
    public void onNext(E row) {
      onElement.accept(Consumption.this, Objects.requireNonNull(row, "row"));
    }

    @Override
    public void onError(Throwable error) {
      rows.ended();
      fail(Objects.requireNonNull(error, "error"));
    }

    @Override
    public void onComplete() {
      rows.ended();
      if (!endedOne()) {
        publisher.request();
      }
    }
  }
}
