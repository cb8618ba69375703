package dev.withal.r2dbc;

import io.r2dbc.spi.Readable;
import io.r2dbc.spi.Result;
import io.r2dbc.spi.Row;
import io.r2dbc.spi.RowMetadata;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.function.Predicate;
import org.reactivestreams.Publisher;

/** A result that is read from a publisher of the test's, in whichever way it is read. */
@SuppressWarnings("unchecked") // it emits what the test says
record ManualResult(Publisher<?> rows) implements Result {

  @Override
  public Publisher<Long> getRowsUpdated() {
    return (Publisher<Long>) rows;
  }

  @Override
  public <T> Publisher<T> map(Function<? super Readable, ? extends T> mapping) {
    return (Publisher<T>) rows;
  }

  @Override
  public <T> Publisher<T> map(BiFunction<Row, RowMetadata, ? extends T> mapping) {
    return (Publisher<T>) rows;
  }

  @Override
  public Result filter(Predicate<Segment> filter) {
    return this;
  }

  @Override
  public <T> Publisher<T> flatMap(Function<Segment, ? extends Publisher<? extends T>> mapping) {
    return (Publisher<T>) rows;
  }
}
