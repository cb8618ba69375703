package dev.withal.insight;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.withal.Async;
import dev.withal.AsyncContextManager;
import dev.withal.AsyncExitStack;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationRegistry;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Uses that Micrometer observes. */
class InsightObservationsTest {
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

  private @Nullable Observation current() {
    return registry.getCurrentObservation();
  }

  private String key(String key) {
    return java.util.Objects.requireNonNull(
            java.util.Objects.requireNonNull(current()).getContext().getLowCardinalityKeyValue(key))
        .getValue();
  }

  @ParameterizedTest
  @EnumSource
  void use_succeeds_isObservedFromItsEnterToItsExit(Way way) throws Exception {
    way.use(() -> "done", null);

    assertThat(written.steps())
        .containsExactly(
            "start orders",
            "event entered orders",
            "event exiting orders",
            "stop succeeded orders");
  }

  @ParameterizedTest
  @EnumSource
  void body_fails_isItsErrorAndOutcome(Way way) {
    var failure = new IllegalArgumentException("no");

    Throwable thrown =
        catchThrowable(() ->
            way.use(
                () -> {
                  throw failure;
                },
                null));

    assertThat(thrown instanceof IllegalArgumentException ? thrown : thrown.getCause())
        .isSameAs(failure);
    assertThat(written.steps())
        .containsExactly(
            "start orders",
            "event entered orders",
            "event exiting orders",
            "error " + failure + " orders",
            "stop failed orders");
  }

  @ParameterizedTest
  @EnumSource
  void exit_fails_isItsErrorAndOutcome(Way way) {
    var failure = new IOException("no");

    Throwable thrown = catchThrowable(() -> way.use(() -> "done", failure));

    assertThat(thrown instanceof IOException ? thrown : thrown.getCause()).isSameAs(failure);
    assertThat(written.steps())
        .endsWith("error " + failure + " orders", "stop failed orders")
        .containsOnlyOnce("start orders")
        .hasSize(5);
  }

  @ParameterizedTest
  @EnumSource
  void body_runs_isInTheScopeOfItsUseAlone(Way way) throws Exception {
    var seen = new AtomicReference<String>();
    Observation caller = Observation.start("http", registry).contextualName("caller");
    try (var _ = caller.openScope()) {
      // What is continued elsewhere has no scope, and only one of these is.
      way.use(
          () -> {
            seen.set(current() == caller ? "caller" : key("manager"));
            return "done";
          },
          null);
      assertThat(current()).isSameAs(caller);
    }

    assertThat(seen).hasValue(way == Way.LATER ? "caller" : "orders");
    assertThat(events.stream().filter(event -> event.equals("open orders")).count())
        .isEqualTo(events.stream().filter(event -> event.equals("close orders")).count());
  }

  @Test
  void uses_areNested_areChildrenOfEachOtherAndOfTheCaller() {
    Observation caller = Observation.start("http", registry).contextualName("caller");
    try (var _ = caller.openScope()) {
      Traced.manager("orders")
          .useAsync(
              _ -> Traced.manager("lines").useAsync(_ -> CompletableFuture.completedFuture("done")))
          .join();
    }

    assertThat(written.parents).containsExactly("orders in caller", "lines in orders");
  }

  @Test
  void steps_runOneAfterTheOther_areEachInAScope() {
    Traced.manager("orders")
        .useAsync(_ -> {
          events.add("body");
          return CompletableFuture.completedFuture("done");
        })
        .join();

    assertThat(events)
        .containsExactly(
            "start orders",
            "open orders",
            "close orders",
            "event entered orders",
            "open orders",
            "body",
            "close orders",
            "event exiting orders",
            "open orders",
            "close orders",
            "stop succeeded orders");
  }

  @Test
  void enter_fails_isNotEntered() {
    var failure = new IOException("down");

    AsyncContextManager.<String>closing(
            () -> CompletableFuture.failedFuture(failure),
            _ -> CompletableFuture.completedFuture(null))
        .named("orders")
        .useAsync(_ -> CompletableFuture.completedFuture("done"))
        .handle((_, _) -> "ended")
        .join();

    assertThat(written.steps())
        .containsExactly("start orders", "error " + failure + " orders", "stop not entered orders");
  }

  @Test
  void body_isCancelled_isTheOutcomeWithItsReason() {
    var body = new CompletableFuture<String>();
    CompletableFuture<String> used = Traced.manager("orders").useAsync(_ -> body);

    used.cancel(false);
    body.completeExceptionally(new CancellationException("asked"));

    assertThat(used).isCancelled();
    assertThat(written.steps().getLast()).isEqualTo("stop cancelled orders");
    assertThat(written.steps()).filteredOn(event -> event.startsWith("error")).hasSize(1);
  }

  @Test
  void enter_isGivenUpAndArrivesLate_isStoppedOnceAsItArrives() {
    var entered = new CompletableFuture<String>();
    CompletableFuture<String> used =
        AsyncContextManager.<String>closing(
                () -> entered, _ -> CompletableFuture.completedFuture(null))
            .named("orders")
            .grace(Duration.ZERO)
            .useAsync(_ -> CompletableFuture.completedFuture("done"));

    used.cancel(false);
    assertThat(used.handle((_, _) -> "ended").join()).isEqualTo("ended");
    assertThat(written.steps()).containsExactly("start orders");
    entered.complete("late");

    assertThat(written.steps()).hasSize(3).endsWith("stop not entered orders");
  }

  @Test
  void stack_isClosed_stopsThoseThatWereEnteredOnIt() {
    AsyncExitStack.manager()
        .useAsync(stack ->
            stack
                .enterAsync(Traced.manager("orders"))
                .thenCompose(_ -> stack.enterAsync(Traced.manager("lines"))))
        .join();

    assertThat(written.steps())
        .filteredOn(event -> event.matches("st(art|op).*"))
        .containsExactly(
            "start exit stack",
            "start orders",
            "start lines",
            "stop succeeded lines",
            "stop succeeded orders",
            "stop succeeded exit stack");
  }

  @Test
  void insight_isSwitchedOffMeanwhile_isStoppedAllTheSame() {
    var body = new CompletableFuture<String>();
    CompletableFuture<String> used = Traced.manager("orders").useAsync(_ -> body);

    traced.close();
    body.complete("done");

    assertThat(used).isCompletedWithValue("done");
    assertThat(written.steps())
        .startsWith("start orders")
        .endsWith("stop succeeded orders")
        .hasSize(4);
  }

  @Test
  void insight_isSwitchedOffAsItEnters_isStoppedAllTheSame() {
    Traced.manager("orders").useAsync(_ -> CompletableFuture.completedFuture("first")).join();
    events.clear();
    AsyncContextManager.<String>closing(
            () -> {
              traced.close();
              return CompletableFuture.completedFuture("value");
            },
            _ -> CompletableFuture.completedFuture(null))
        .named("orders")
        .useAsync(_ -> CompletableFuture.completedFuture("done"))
        .join();

    assertThat(written.steps()).containsExactly("start orders", "stop unknown orders");
  }

  @Test
  void context_leaks_isStoppedOnceAsThat() {
    Traced.manager("orders").useAsync(_ -> new CompletableFuture<String>());

    traced.collectUntil(() -> traced.contexts.getLeaked() == 1);

    assertThat(written.steps()).endsWith("stop leaked orders").hasSize(3);
  }

  @Test
  void context_leaksAndIsExitedByItsRun_isStoppedOnce() throws Exception {
    Async.run(() -> {
      Traced.manager("orders").useAsync(_ -> new CompletableFuture<String>());
      traced.collectUntil(() -> traced.contexts.getLeaked() == 1);
    });

    assertThat(traced.contexts.getHeld()).isZero();
    assertThat(written.steps())
        .filteredOn(event -> event.startsWith("stop"))
        .containsExactly("stop leaked orders");
  }
}
