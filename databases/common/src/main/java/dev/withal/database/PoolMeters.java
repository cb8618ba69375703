package dev.withal.database;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.binder.MeterBinder;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.function.ToIntFunction;

/**
 * Measures a pool with Micrometer, which the application provides.
 *
 * <p>The meters are {@code withal.connections.active}, {@code idle}, {@code pending} and {@code
 * max}, as gauges; {@code wait}, {@code usage} and {@code creation}, as timers; and {@code
 * timeouts}, as a counter. Each has the tag {@code pool}. They are removed from their registry when
 * the pool is closed. A pool that isn't bound is not measured.
 *
 * <p>Immutable and thread-safe.
 */
@SuppressWarnings("exports") // who calls this has Micrometer, and nobody else needs it
public final class PoolMeters implements MeterBinder {
  private static final String PREFIX = "withal.connections.";

  private final ObservablePool pool;
  private final String name;

  /**
   * Creates the meters of a pool, which measure it once they are bound.
   *
   * @param pool the pool
   * @param name the name of the pool, as the meters' tag {@code pool}
   * @throws NullPointerException if an argument is null
   */
  public PoolMeters(ObservablePool pool, String name) {
    this.pool = Objects.requireNonNull(pool, "pool");
    this.name = Objects.requireNonNull(name, "name");
  }

  @Override
  public void bindTo(MeterRegistry registry) {
    Tags tags = Tags.of("pool", name);
    List<Meter> gauges =
        List.of(
            gauge(registry, tags, "active", "connections in use", ObservablePool::inUse),
            gauge(registry, tags, "idle", "idle connections", ObservablePool::idle),
            gauge(registry, tags, "pending", "callers that wait", ObservablePool::waiting),
            gauge(registry, tags, "max", "maximum number of connections", ObservablePool::size));
    pool.listen(
        new Recording(
            registry,
            gauges,
            timer(registry, tags, "wait", "how long an enter took"),
            timer(registry, tags, "usage", "how long a context had its connection"),
            timer(registry, tags, "creation", "how long it took to open a connection"),
            Counter.builder(PREFIX + "timeouts")
                .description("enters that got no connection in time")
                .tags(tags)
                .register(registry)));
  }

  private Gauge gauge(
      MeterRegistry registry,
      Tags tags,
      String what,
      String description,
      ToIntFunction<ObservablePool> value) {
    return Gauge.builder(PREFIX + what, pool, value::applyAsInt)
        .description(description)
        .tags(tags)
        .register(registry);
  }

  private static Timer timer(MeterRegistry registry, Tags tags, String what, String description) {
    return Timer.builder(PREFIX + what).description(description).tags(tags).register(registry);
  }

  @Override
  public String toString() {
    return "meters of " + name;
  }

  private record Recording(
      MeterRegistry registry,
      List<Meter> gauges,
      Timer waits,
      Timer usage,
      Timer creation,
      Counter timeouts)
      implements PoolListener {
    @Override
    public void opened(Duration took) {
      creation.record(took);
    }

    @Override
    public void entered(Duration waited) {
      waits.record(waited);
    }

    @Override
    public void exited(Duration used) {
      usage.record(used);
    }

    @Override
    public void timedOut() {
      timeouts.increment();
    }

    @Override
    public void closed() {
      gauges.forEach(registry::remove);
      List.of(waits, usage, creation, timeouts).forEach(registry::remove);
    }
  }
}
