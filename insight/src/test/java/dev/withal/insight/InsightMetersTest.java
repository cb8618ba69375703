package dev.withal.insight;

import static org.assertj.core.api.Assertions.assertThat;

import dev.withal.Async;
import dev.withal.Report;
import dev.withal.Verdict;
import dev.withal.testkit.VirtualTime;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.config.MeterFilter;
import io.micrometer.core.instrument.config.MeterFilterReply;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What is measured by Micrometer. */
class InsightMetersTest {
  private final Traced traced = new Traced();
  private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
  private final InsightMeters meters = new InsightMeters();

  @AfterEach
  void close() {
    meters.close();
    traced.close();
  }

  private double gauge(String what, String manager) {
    return registry.get("withal.contexts." + what).tag("manager", manager).gauge().value();
  }

  @Test
  void contexts_areHeldAndEnded_areMeasuredByName() {
    meters.bindTo(registry);
    var body = new CompletableFuture<String>();
    Traced.manager("orders").useAsync(_ -> body);
    Traced.manager("orders").useAsync(_ -> body);
    traced.pass(1500);
    traced.look();
    assertThat(gauge("held", "orders")).isEqualTo(2);
    assertThat(gauge("entering", "orders")).isZero();
    assertThat(gauge("age", "orders")).isEqualTo(1.5);

    body.complete("done");
    traced.look();

    assertThat(gauge("held", "orders")).isZero();
    assertThat(gauge("age", "orders")).isZero();
  }

  @Test
  void names_areMoreThanAHundred_othersAreOne() {
    meters.bindTo(registry);
    var body = new CompletableFuture<String>();
    for (int i = 0; i < 150; i++) {
      Traced.manager("tenant " + i).useAsync(_ -> body);
    }
    traced.look();

    assertThat(registry.get("withal.contexts.held").gauges()).hasSize(101);
    assertThat(gauge("held", "others")).isEqualTo(50);
    body.complete("done");
  }

  @Test
  void exit_isAbandoned_isCounted() {
    meters.bindTo(registry);
    var exit = new CompletableFuture<Verdict>();
    Traced.exiting("file", exit)
        .exitTimeout(Duration.ofMillis(1))
        .useAsync(CompletableFuture::completedFuture)
        .handle((_, _) -> "ended")
        .join();

    assertThat(registry.get("withal.exits.abandoned").tag("manager", "file").counter().count())
        .isEqualTo(1);
  }

  @Test
  void context_endsWhileAllAreMeasured_isNotMeasured() {
    meters.bindTo(registry);
    var ending = new CompletableFuture<String>();
    var body = new CompletableFuture<String>();
    CompletableFuture<String> used = Traced.manager("orders").useAsync(_ -> ending);
    new Naming(ending).useAsync(_ -> body);

    traced.look();

    assertThat(used).isCompleted();
    assertThat(registry.get("withal.contexts.held").gauges())
        .extracting(gauge -> gauge.getId().getTag("manager"))
        .containsExactly("naming");
    body.complete("done");
  }

  @Test
  void context_leaksUnderARun_isCountedAsALeakAndNotAsHeld() throws Exception {
    meters.bindTo(registry);
    Async.run(
        Duration.ofSeconds(20),
        () -> {
          Traced.manager("orders").useAsync(_ -> new CompletableFuture<String>());
          traced.look();
          assertThat(gauge("held", "orders")).isEqualTo(1);

          traced.collectUntil(() -> traced.contexts.getLeaked() == 1);

          assertThat(traced.tree()).contains("LEAKED");
          assertThat(registry.get("withal.contexts.leaks").counter().count()).isEqualTo(1);
          assertThat(gauge("held", "orders")).isZero();
        });
  }

  @Test
  void meter_failsOnAReport_useEndsAndOtherRegistriesAndListenersAreTold() {
    var refusing = new SimpleMeterRegistry();
    refusing
        .config()
        .meterFilter(
            new MeterFilter() {
              @Override
              public Meter.Id map(Meter.Id id) {
                if (id.getName().equals("withal.exits.abandoned")) {
                  throw new IllegalStateException("no such meters here");
                }
                return id;
              }
            });
    meters.bindTo(refusing);
    meters.bindTo(registry);
    CompletableFuture<String> used;

    try (var time = VirtualTime.install()) {
      used =
          Traced.exiting("file", new CompletableFuture<>())
              .exitTimeout(Duration.ofSeconds(1))
              .useAsync(CompletableFuture::completedFuture);
      time.advance(Duration.ofSeconds(1));
    }

    assertThat(used.exceptionNow()).isInstanceOf(TimeoutException.class);
    assertThat(registry.get("withal.exits.abandoned").tag("manager", "file").counter().count())
        .isEqualTo(1);
    assertThat(traced.reported(Report.Kind.ABANDONED_EXIT)).hasSize(1);
  }

  @Test
  void meter_failsOnWhatIsHeld_isReportedAndOtherRegistriesAreTold() {
    var refusing = new SimpleMeterRegistry();
    meters.bindTo(refusing);
    meters.bindTo(registry);
    refusing
        .config()
        .meterFilter(
            new MeterFilter() {
              @Override
              public MeterFilterReply accept(Meter.Id id) {
                throw new IllegalStateException("no such meters here");
              }
            });
    var body = new CompletableFuture<String>();
    Traced.manager("orders").useAsync(_ -> body);

    traced.look();

    assertThat(gauge("held", "orders")).isEqualTo(1);
    assertThat(traced.reported(Report.Kind.FAILED_CALLBACK))
        .containsExactly("Insight: measuring what is held failed");
    body.complete("done");
  }
}
