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

/** A driver's result, whose rows may be abandoned at any moment, on any thread. */
final class GuardedResult implements Result {
  private final Result target;
  private final Passage passage;
  private final GuardedResult whole;

  GuardedResult(Result target, Passage passage) {
    this.target = target;
    this.passage = passage;
    this.whole = this;
  }

  private GuardedResult(Result target, GuardedResult whole) {
    this.target = target;
    this.passage = whole.passage;
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
      passage.failed(message.exception());
    }
    return segment;
  }

  private <T> Publisher<T> read(@Nullable Publisher<T> rows) {
    Objects.requireNonNull(rows, Consumption.NO_PUBLISHER);
    return subscriber -> {
      passage.readingBegins(whole);
      var reading = new Reading<T>(subscriber, passage);
      try {
        rows.subscribe(reading);
      } catch (Throwable error) {
        reading.over();
        throw error;
      }
    };
  }
}
