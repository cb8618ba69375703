package dev.withal.context;

import static org.assertj.core.api.Assertions.assertThat;

import dev.withal.AsyncContextManager;
import dev.withal.insight.Insight;
import dev.withal.insight.InsightObservations;
import io.micrometer.context.ContextRegistry;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationRegistry;
import io.micrometer.observation.contextpropagation.ObservationThreadLocalAccessor;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The observation of a use, where its caller's is carried along. */
class ObservedUseTest {
  private final ObservationRegistry registry = ObservationRegistry.create();
  private final InsightObservations observations = new InsightObservations();
  private final List<String> events = new CopyOnWriteArrayList<>();

  @BeforeEach
  void observe() {
    registry.observationConfig().observationHandler(_ -> true);
    ContextRegistry.getInstance()
        .registerThreadLocalAccessor(new ObservationThreadLocalAccessor(registry));
    Insight.start();
    observations.bindTo(registry);
  }

  @AfterEach
  void observeNoMore() {
    observations.close();
    Insight.stop();
    ContextRegistry.getInstance().removeThreadLocalAccessor(ObservationThreadLocalAccessor.KEY);
  }

  private void tell(String step) {
    Observation current = registry.getCurrentObservation();
    events.add(step + " in " + (current == null ? "nothing" : current.getContext().getName()));
  }

  @Test
  void use_goesOnAfterItsCaller_runsItsStepsInItsOwnObservation() {
    var entered = new CompletableFuture<String>();
    CompletableFuture<String> use;
    Observation caller = Observation.start("request", registry);
    try (var _ = caller.openScope()) {
      use =
          AsyncContextManager.<String>closing(
                  () -> {
                    tell("enter");
                    return entered;
                  },
                  _ -> {
                    tell("exit");
                    return CompletableFuture.completedFuture(null);
                  })
              .useAsync(value -> {
                tell("body");
                return CompletableFuture.completedFuture(value);
              });
      tell("caller");
    }

    entered.complete("value");
    tell("completer");

    assertThat(use).isCompletedWithValue("value");
    assertThat(events)
        .containsExactly(
            "enter in withal.use",
            "caller in request",
            "body in withal.use",
            "exit in withal.use",
            "completer in nothing");
  }
}
