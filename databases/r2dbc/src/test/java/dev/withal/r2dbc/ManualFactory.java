package dev.withal.r2dbc;

import io.r2dbc.spi.Connection;
import io.r2dbc.spi.ConnectionFactory;
import io.r2dbc.spi.ConnectionFactoryMetadata;
import org.reactivestreams.Publisher;

/** A factory whose publisher is the test's, and may be null. */
record ManualFactory(Publisher<? extends Connection> publisher) implements ConnectionFactory {

  @Override
  public Publisher<? extends Connection> create() {
    return publisher;
  }

  @Override
  public ConnectionFactoryMetadata getMetadata() {
    return () -> "by hand";
  }
}
