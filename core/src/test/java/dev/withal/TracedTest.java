package dev.withal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.withal.internal.Span;
import dev.withal.internal.Tracer;
import dev.withal.testkit.Gate;
import dev.withal.testkit.LeakCheck;
import dev.withal.testkit.ManagerLaws;
import dev.withal.testkit.VirtualTime;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** While somebody traces, the laws hold, and each step of a use is told once and in order. */
@ExtendWith(LeakCheck.class)
class TracedTest {
  private WrittenTrace trace;
  private List<String> events;
  private List<Span> spans;

  @BeforeEach
  void trace() {
    trace = new WrittenTrace();
    events = trace.events;
    spans = trace.spans;
  }

  @AfterEach
  void traceNoMore() {
    trace.close();
    assertThat(Tracer.isOn()).isFalse();
  }

  @OnEveryCarrier
  void use_succeeds_isToldStepByStep(Carrier carrier, VirtualTime time) throws Exception {
    carrier.<Object, Object>use(time, manager(carrier, null), _ -> events.add("body"));

    assertThat(events)
        .containsExactly("entered", "body", "exiting SUCCEEDED", "ended orders SUCCEEDED");
    assertThat(spans.getFirst().site()).contains("(Carrier.java:");
  }

  @OnEveryCarrier
  void use_bodyFails_isToldWithItsError(Carrier carrier, VirtualTime time) {
    var error = new IOException("body");

    Throwable thrown =
        catchThrowable(() ->
            carrier.<Object, Object>use(
                time,
                manager(carrier, null),
                _ -> {
                  throw error;
                }));

    assertThat(thrown).isSameAs(error);
    assertThat(events).containsExactly("entered", "exiting FAILED", "ended orders FAILED");
    assertThat(spans.getFirst().error()).isSameAs(error);
  }

  @OnEveryCarrier
  void use_enterFails_isNotEntered(Carrier carrier, VirtualTime time) {
    var error = new IOException("enter");

    Throwable thrown =
        catchThrowable(() ->
            carrier.<Object, Object>use(time, manager(carrier, error), _ -> events.add("body")));

    assertThat(thrown).isSameAs(error);
    assertThat(events).containsExactly("ended orders NOT_ENTERED");
  }

  @Test
  void use_isCancelled_isToldWithItsReason() {
    var body = new CompletableFuture<Object>();
    CompletableFuture<Object> use =
        manager(Carrier.STAGE_COMPLETE, null)
            .useAsync((_, cancellation) -> cancellation.cancelling(body));

    use.cancel(true);

    assertThat(use).isCancelled();
    assertThat(events).containsExactly("entered", "exiting CANCELLED", "ended orders CANCELLED");
  }

  @Test
  void uses_insideOneAnother_areToldAsSuch() {
    AsyncContextManager<Object> manager = manager(Carrier.STAGE_COMPLETE, null);

    manager
        .useAsync(_ -> manager.useAsync(_ -> CompletableFuture.completedFuture(spans.size())))
        .join();

    assertThat(spans).hasSize(2);
    assertThat(spans.getFirst().isParentUnknown()).isFalse();
    assertThat(events)
        .containsExactly(
            "entered",
            "entered",
            "exiting SUCCEEDED",
            "ended orders SUCCEEDED",
            "exiting SUCCEEDED",
            "ended orders SUCCEEDED");
  }

  @Tag("slow")
  @ParameterizedTest
  @MethodSource("managers")
  void manager_whileTraced_keepsTheLaws(Function<Gate, AsyncContextManager<Object>> manager)
      throws InterruptedException {
    ManagerLaws.of(manager).check();
  }

  static Stream<Arguments> managers() {
    List<String> some = List.of("of", "generator", "all", "synchronous", "flatMap", "stack");
    return OwnManagersTest.managers()
        .filter(arguments ->
            arguments instanceof Arguments.ArgumentSet set && some.contains(set.getName()));
  }

  private static AsyncContextManager<Object> manager(Carrier carrier, @Nullable Exception refusal) {
    return AsyncContextManager.<Object>closing(
            () ->
                carrier.step(() -> {
                  if (refusal != null) {
                    throw refusal;
                  }
                  return "it";
                }),
            _ -> carrier.step(() -> null))
        .named("orders");
  }
}
