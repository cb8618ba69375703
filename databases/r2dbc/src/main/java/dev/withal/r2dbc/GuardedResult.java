package dev.withal.r2dbc;

import io.r2dbc.spi.Readable;
import io.r2dbc.spi.Result;
import io.r2dbc.spi.Row;
import io.r2dbc.spi.RowMetadata;
import java.util.Objects;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Flux;

/** A driver's result, whose rows may be abandoned at any moment, on any thread. */
final class GuardedResult implements Result {
  private final Result target;
  private final Readings readings;
  private final GuardedResult whole;

  /** Whether it was read for nobody, so that the driver could continue. */
  private volatile boolean dropped;

  GuardedResult(Result target, Readings readings) {
    this.target = target;
    this.readings = readings;
    this.whole = this;
  }

  private GuardedResult(Result target, GuardedResult whole) {
    this.target = target;
    this.readings = whole.readings;
    this.whole = whole;
  }

  @Override
  public Publisher<Long> getRowsUpdated() {
    return read(target.getRowsUpdated());
  }

  @Override
  public <T> Publisher<T> map(BiFunction<Row, RowMetadata, ? extends T> mapping) {
    return read(target.<T>map(mapping));
  }

  @Override
  public <T> Publisher<T> map(Function<? super Readable, ? extends T> mapping) {
    return read(target.<T>map(mapping));
  }

  @Override
  public Result filter(Predicate<Segment> filter) {
    return new GuardedResult(target.filter(segment -> filter.test(seen(segment))), whole);
  }

  @Override
  public <T> Publisher<T> flatMap(Function<Segment, ? extends Publisher<? extends T>> mapping) {
    return read(target.<T>flatMap(segment -> mapping.apply(seen(segment))));
  }

  /** An error is a segment as well, which its reader may ignore. */
  private Segment seen(Segment segment) {
    if (segment instanceof Message message) {
      readings.failed(message.exception());
    }
    return segment;
  }

  private <T> Publisher<T> read(@Nullable Publisher<T> rows) {
    Objects.requireNonNull(rows, Consumption.NO_PUBLISHER);
    return subscriber ->
        subscriber.onSubscribe(new Reading<>(rows, subscriber, this::begins, readings));
  }

  private @Nullable Throwable begins() {
    return whole.dropped
        ? new IllegalStateException(
            "the result was dropped, as its statement was cancelled and a later one or an exit came"
                + " before the reader: read it first")
        : readings.begins(whole);
  }

  /** Reads it to its end for nobody, so that the driver continues. It counts as read already. */
  void drop() {
    dropped = true;
    Publisher<Long> rows = target.getRowsUpdated();
    Flux.<Long>from(subscriber ->
            subscriber.onSubscribe(new Reading<>(rows, subscriber, () -> null, readings)))
        .onErrorComplete()
        .subscribe();
  }
}
