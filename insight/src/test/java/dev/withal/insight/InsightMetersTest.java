package dev.withal.insight;

import static org.assertj.core.api.Assertions.assertThat;

import dev.withal.Verdict;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
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
}
