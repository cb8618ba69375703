package dev.withal.r2dbc;

import dev.withal.AsyncContextManager;
import io.r2dbc.spi.Connection;
import io.r2dbc.spi.ConnectionFactory;
import io.r2dbc.spi.ConnectionFactoryMetadata;
import org.reactivestreams.Publisher;

/**
 * A connection factory for foreign code, which closes each connection itself.
 *
 * @param connections the manager of the connections
 * @param metadata the metadata that names the database
 */
record BorrowingConnectionFactory(
    AsyncContextManager<Connection> connections, ConnectionFactoryMetadata metadata)
    implements ConnectionFactory {

  @Override
  public Publisher<Connection> create() {
    return subscriber -> subscriber.onSubscribe(new Borrowing(connections, subscriber));
  }

  @Override
  public ConnectionFactoryMetadata getMetadata() {
    return metadata;
  }

  @Override
  public String toString() {
    return connections.toString();
  }
}
