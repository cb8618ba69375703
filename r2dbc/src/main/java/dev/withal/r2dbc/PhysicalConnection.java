package dev.withal.r2dbc;

import io.r2dbc.spi.Connection;
import io.r2dbc.spi.ConnectionFactory;
import io.r2dbc.spi.ConnectionFactoryMetadata;
import io.r2dbc.spi.Lifecycle;
import io.r2dbc.spi.ValidationDepth;
import io.r2dbc.spi.Wrapped;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Mono;

/**
 * What a pool keeps: a connection, and whether it may be lent again.
 *
 * <p>Design: r2dbc-pool looks whether what comes back is valid, and closes it if it isn't, but
 * takes no word of anybody else on it. So one that is doomed says that it is not valid. What has a
 * {@link Lifecycle} is told of it at each turn, so only a connection that has one says so.
 */
sealed class PhysicalConnection extends ForwardingConnection {
  private volatile boolean doomed;

  private PhysicalConnection(Connection target) {
    super(target);
  }

  private static Connection of(Connection target) {
    return target instanceof Lifecycle lifecycle
        ? new Alive(target, lifecycle)
        : new PhysicalConnection(target);
  }

  /** {@return a factory that makes these of another one's connections} */
  static ConnectionFactory factory(ConnectionFactory factory) {
    return new ConnectionFactory() {
      @Override
      public Publisher<? extends Connection> create() {
        return Mono.from(factory.create()).map(PhysicalConnection::of);
      }

      @Override
      public ConnectionFactoryMetadata getMetadata() {
        return factory.getMetadata();
      }
    };
  }

  /** Says that the pool must not lend this connection again; does nothing to one of no pool. */
  static void doom(Connection connection) {
    PhysicalConnection pooled = in(connection);
    if (pooled != null) {
      pooled.doomed = true;
    }
  }

  static boolean isDoomed(Connection connection) {
    PhysicalConnection pooled = in(connection);
    return pooled != null && pooled.doomed;
  }

  private static @Nullable PhysicalConnection in(Connection connection) {
    Connection at = connection;
    while (!(at instanceof PhysicalConnection)) {
      if (!(at instanceof Wrapped<?> wrapped && wrapped.unwrap() instanceof Connection inner)) {
        return null;
      }
      at = inner;
    }
    return (PhysicalConnection) at;
  }

  @Override
  public Publisher<Boolean> validate(ValidationDepth depth) {
    return doomed ? Mono.just(false) : super.validate(depth);
  }

  /** One that is told when it is lent and when it comes back. */
  private static final class Alive extends PhysicalConnection implements Lifecycle {
    private final Lifecycle lifecycle;

    Alive(Connection target, Lifecycle lifecycle) {
      super(target);
      this.lifecycle = lifecycle;
    }

    @Override
    public Publisher<Void> postAllocate() {
      return lifecycle.postAllocate();
    }

    @Override
    public Publisher<Void> preRelease() {
      return lifecycle.preRelease();
    }
  }
}
