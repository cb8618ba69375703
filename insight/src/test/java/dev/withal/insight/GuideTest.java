package dev.withal.insight;

import static org.assertj.core.api.Assertions.assertThat;

import dev.withal.AsyncContextManager;
import dev.withal.ContextManager;
import dev.withal.Report;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationHandler;
import io.micrometer.observation.ObservationRegistry;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Semaphore;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What the guide shows. */
class GuideTest {
  private final Semaphore places = new Semaphore(3);
  private final AsyncContextManager<Semaphore> orders =
      ContextManager.permit(places).async().named("orders db");
  private final CompletableFuture<String> answer = new CompletableFuture<>();

  @AfterEach
  void stop() {
    Insight.warnAfter(Duration.ZERO);
    Insight.stop();
  }

  @Test
  void pool_isExhausted_theTreeLeadsToTheLine() throws Exception {
    // @start region="start"
    Insight.start();
    // @end
    List<CompletableFuture<String>> reports =
        List.of(report("may"), report("june"), report("july"));
    CompletableFuture<String> waiting = serve();
    while (Insight.contexts().getHeld() < 4) {
      Thread.onSpinWait();
    }
    // @start region="tree"
    String tree = Insight.contexts().tree(40);
    // @end

    assertThat(tree).startsWith("4 contexts held\n");
    while (!Traced.plain(Insight.contexts().tree(40)).contains("orders db ×3  in body")) {
      Thread.onSpinWait();
    }
    assertThat(Traced.plain(Insight.contexts().tree(40)).lines())
        .anyMatch(
            line -> line.matches(".*orders db ×3  in body since .*  at report\\(GuideTest\\)"))
        .anyMatch(
            line -> line.matches(".*orders db  entering since .*  at serve\\(GuideTest\\).*"));
    answer.complete("all");
    assertThat(waiting.get()).isEqualTo("served");
    for (CompletableFuture<String> report : reports) {
      assertThat(report.get()).endsWith("all");
    }
  }

  // @start region="culprit"
  CompletableFuture<String> report(String month) {
    return orders.useAsync(_ -> mail(month).thenApply(sent -> month + ": " + sent));
  }

  // @end

  private CompletableFuture<String> mail(String month) {
    return month.isEmpty() ? CompletableFuture.completedFuture("") : answer;
  }

  private CompletableFuture<String> serve() {
    return orders.useAsync(_ -> CompletableFuture.completedFuture("served"));
  }

  @Test
  void limits_areSet_areTold() throws Exception {
    List<String> told = new CopyOnWriteArrayList<>();
    Insight.start();
    // @start region="warn"
    Insight.warnAfter(Duration.ofSeconds(30));
    Insight.warnAfter("orders db", Duration.ofMillis(1));
    // @end
    try (var _ = Report.listen(report -> told.add(report.kind() + " " + report.context()))) {
      orders.run(_ -> {
        while (told.isEmpty()) {
          Thread.onSpinWait();
        }
      });
    } finally {
      Insight.warnAfter("orders db", Duration.ZERO);
    }

    assertThat(told).containsExactly("LONG_HELD orders db");
  }

  @Test
  void meters_areBound_areThere() {
    var registry = new SimpleMeterRegistry();
    // @start region="meters"
    var meters = new InsightMeters();
    meters.bindTo(registry);
    // @end
    meters.close();
    assertThat(registry.getMeters()).isEmpty();
  }

  @Test
  void observations_areBound_eachUseIsOne() {
    List<String> told = new CopyOnWriteArrayList<>();
    var registry = ObservationRegistry.create();
    registry
        .observationConfig()
        .observationHandler(
            new ObservationHandler<>() {
              @Override
              public void onStop(Observation.Context context) {
                told.add(context.getName() + " " + context.getLowCardinalityKeyValues());
              }

              @Override
              public boolean supportsContext(Observation.Context context) {
                return true;
              }
            });
    // @start region="observations"
    Insight.start();
    var observations = new InsightObservations();
    observations.bindTo(registry);
    // @end
    assertThat(serve().join()).isEqualTo("served");
    observations.close();
    assertThat(serve().join()).isEqualTo("served");

    assertThat(told)
        .containsExactly("withal.use [keyValue(manager=orders db),keyValue(outcome=succeeded)]");
  }
}
