package dev.withal.insight;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.withal.AsyncContextManager;
import dev.withal.Report;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationHandler;
import io.micrometer.observation.ObservationRegistry;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Handlers of observations, and the names that they are told. */
class ObservationHandlersTest {
  private final Traced traced = new Traced();
  private final ObservationRegistry registry = ObservationRegistry.create();
  private final InsightObservations observations = new InsightObservations();
  private final WrittenObservations written = new WrittenObservations();
  private final List<String> events = written.events;

  @BeforeEach
  void bind() {
    registry.observationConfig().observationHandler(written);
    observations.bindTo(registry);
  }

  @AfterEach
  void close() {
    observations.close();
    traced.close();
    assertThat(registry.getCurrentObservationScope()).isNull();
  }

  @Test
  void observations_areClosed_usesUnderWayAreStoppedAndOthersNotStarted() {
    var body = new CompletableFuture<String>();
    CompletableFuture<String> used = Traced.manager("orders").useAsync(_ -> body);

    observations.close();
    Traced.manager("late").useAsync(_ -> CompletableFuture.completedFuture("done")).join();
    body.complete("done");

    assertThat(used).isCompletedWithValue("done");
    assertThat(written.steps())
        .endsWith("stop succeeded orders")
        .noneMatch(event -> event.contains("late"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"start", "event", "open", "close", "error", "stop"})
  void handler_fails_isReportedOnceForAUseThatGoesOn(String callback) {
    written.failing = callback;
    var exited = new CopyOnWriteArrayList<String>();
    var failure = new IOException("body");

    Throwable thrown =
        catchThrowable(() ->
            AsyncContextManager.<String>closing(
                    () -> CompletableFuture.completedFuture("value"),
                    value -> {
                      exited.add(value);
                      return CompletableFuture.completedFuture(null);
                    })
                .named("orders")
                .use(_ -> {
                  throw failure;
                }));

    assertThat(thrown).isSameAs(failure).hasNoSuppressedExceptions();
    assertThat(exited).containsExactly("value");
    assertThat(written.steps()).endsWith("stop failed orders");
    assertThat(traced.reports)
        .extracting(report -> report.kind() + " " + report.context())
        .containsExactly(Report.Kind.FAILED_CALLBACK + " orders");
  }

  @Test
  void handler_usesAManager_thatUseIsNotObserved() {
    registry
        .observationConfig()
        .observationHandler(
            new ObservationHandler<>() {
              @Override
              public void onStop(Observation.Context context) {
                Traced.manager("log")
                    .useAsync(_ -> CompletableFuture.completedFuture("written"))
                    .join();
              }

              @Override
              public boolean supportsContext(Observation.Context context) {
                return true;
              }
            });

    Traced.manager("orders").useAsync(_ -> CompletableFuture.completedFuture("done")).join();

    assertThat(written.steps()).hasSize(4).endsWith("stop succeeded orders");
  }

  /** Prints what nobody else may see. */
  private static final class Secret implements AsyncContextManager<String> {
    @Override
    public CompletableFuture<dev.withal.AsyncContext<String>> enterAsync() {
      return CompletableFuture.failedFuture(new IOException("down"));
    }

    @Override
    public String toString() {
      return "password 42";
    }
  }

  @Test
  void manager_hasNoName_isItsClassOrItsLine() {
    new Secret()
        .useAsync(_ -> CompletableFuture.completedFuture("done"))
        .handle((_, _) -> "ended")
        .join();
    new Secret()
        .map(value -> value)
        .useAsync(_ -> CompletableFuture.completedFuture("done"))
        .handle((_, _) -> "")
        .join();
    AsyncContextManager.<String>closing(
            () -> CompletableFuture.completedFuture("value"),
            _ -> CompletableFuture.completedFuture(null))
        .useAsync(_ -> CompletableFuture.completedFuture("done"))
        .join();

    assertThat(events)
        .filteredOn(event -> event.startsWith("start"))
        .satisfiesExactlyInAnyOrder(
            event -> assertThat(event).isEqualTo("start " + Secret.class.getName()),
            event -> assertThat(event).isEqualTo("start " + Secret.class.getName()),
            event ->
                assertThat(event).matches("start closing at ObservationHandlersTest.java:\\d+"));
  }

  @Test
  void names_areMoreThanAHundred_othersAreOne() {
    for (int i = 0; i < 150; i++) {
      Traced.manager("tenant " + i).useAsync(_ -> CompletableFuture.completedFuture("done")).join();
    }

    assertThat(events).filteredOn(event -> event.equals("start others")).hasSize(50);
  }
}
