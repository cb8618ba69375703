package dev.withal.database.testing.stories;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.withal.database.Holder;
import dev.withal.database.Holder.Step;
import dev.withal.database.ObservablePool;
import dev.withal.database.PoolMeters;
import dev.withal.database.testing.DroppingProxy;
import dev.withal.database.testing.PostgresServer;
import dev.withal.database.testing.stories.Plan.Hook;
import dev.withal.database.testing.stories.Plan.Hooks;
import dev.withal.testkit.Journal;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;

/** What is measured of a pool, and who holds its connections. */
@SuppressWarnings("NullAway.Init") // JUnit calls begin() first
public abstract class MeterStories implements Stories {
  protected SimpleMeterRegistry registry;

  @BeforeEach
  void begin() {
    registry = new SimpleMeterRegistry();
  }

  protected double gauge(String name) {
    return registry.get("withal.connections." + name).tag("pool", "orders").gauge().value();
  }

  private long count(String name) {
    return registry.get("withal.connections." + name).tag("pool", "orders").timer().count();
  }

  private double longest(String name) {
    return registry.get("withal.connections." + name).timer().max(TimeUnit.NANOSECONDS);
  }

  private double timeouts() {
    return registry.get("withal.connections.timeouts").tag("pool", "orders").counter().count();
  }

  @OnEveryWay
  void pool_isBound_isMeasured(Way way) throws Exception {
    way.pool(
        Plan.ofSize(2).within(Duration.ofSeconds(5)), // opening takes a while on a busy machine
        pool -> {
          new PoolMeters(pool.seen(), "orders").bindTo(registry);
          var first = new Held(pool, "first");
          var second = new Held(pool, "second");

          Throwable refused =
              catchThrowable(
                  () -> pool.connection("third", _ -> CompletableFuture.completedStage("")).get());
          assertThat(refused).isInstanceOf(way.exhausted());
          assertThat(gauge("active")).isEqualTo(2);
          assertThat(gauge("idle")).isZero();
          first.letGo();
          second.letGo();

          assertThat(gauge("active")).isZero();
          assertThat(gauge("idle")).isEqualTo(2);
          assertThat(gauge("pending")).isZero();
          assertThat(gauge("max")).isEqualTo(2);
          assertThat(count("wait")).isEqualTo(2);
          assertThat(count("usage")).isEqualTo(2);
          assertThat(count("creation")).isEqualTo(2);
          assertThat(longest("usage")).isPositive();
          assertThat(timeouts()).isEqualTo(1);
        });

    assertThat(registry.getMeters()).as("the pool is closed").extracting(Meter::getId).isEmpty();
  }

  @OnPostgres
  void timeouts_databaseIsSilent_areCounted(Way way) throws Exception {
    try (var proxy = new DroppingProxy(PostgresServer.port())) {
      proxy.drop();
      way.pool(
          Plan.ofSize(1).within(Duration.ofMillis(300)).overPort(proxy.port()),
          pool -> {
            new PoolMeters(pool.seen(), "orders").bindTo(registry);
            assertThat(catchThrowable(() -> new Held(pool, "report"))).isNotNull();

            assertThat(timeouts()).isEqualTo(1);
            assertThat(count("creation")).isZero();
            assertThat(count("usage")).isZero();
          });
    }
  }

  @OnEveryWay
  void holders_ofTwoUses_sayWhoAndSinceWhen(Way way) throws Exception {
    way.pool(
        Plan.ofSize(2),
        pool -> {
          var report = new Held(pool, "report");
          var orders = new Held(pool, "orders");

          assertThat(pool.seen().holders())
              .extracting(Holder::name)
              .containsExactly("report", "orders");
          assertThat(pool.seen().holders())
              .extracting(Holder::step)
              .containsExactly(Step.BODY, Step.BODY);
          assertThat(pool.seen().holders())
              .extracting(Holder::age)
              .allSatisfy(age -> assertThat(age).isPositive());
          assertThat(pool.seen().holders())
              .extracting(holder -> holder.thread() != null)
              .containsOnly(way.isDirect());
          report.letGo();
          orders.letGo();
        });
  }

  @OnEveryWay
  void holders_connectionIsOpenedUsedAndGivenBack_sayInWhichStep(Way way) throws Exception {
    var there = new CompletableFuture<ObservablePool>();
    var steps = new Journal();
    Hook note =
        _ -> {
          steps.add(String.valueOf(there.join().holders().getFirst().step()));
          return CompletableFuture.completedStage(null);
        };
    way.pool(
        Plan.ofSize(1).hooked(Hooks.NONE.onOpen(note).onReturn(note)),
        pool -> {
          there.complete(pool.seen());
          pool.transaction(Deal.PLAIN, note::call).get();
        });

    assertThat(steps.events())
        .containsExactly(Step.ENTER.name(), Step.BODY.name(), Step.EXIT.name());
  }

  /** A connection in use until it is let go. */
  private static final class Held {
    private final CompletableFuture<Void> end = new CompletableFuture<>();
    private final Running<Void> use;

    Held(Lender pool, String name) throws Exception {
      var lent = new CompletableFuture<Void>();
      use =
          pool.connection(
              name,
              _ -> {
                lent.complete(null);
                return end;
              });
      use.result()
          .whenComplete((_, error) -> {
            if (error != null) {
              lent.completeExceptionally(error);
            }
          });
      lent.get(1, TimeUnit.MINUTES);
    }

    void letGo() throws Exception {
      end.complete(null);
      use.get();
    }
  }
}
