package dev.withal.insight;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.argumentSet;

import dev.withal.Async;
import dev.withal.AsyncContextManager;
import dev.withal.AsyncExitStack;
import dev.withal.internal.Held;
import dev.withal.testkit.Gate;
import dev.withal.testkit.ManagerLaws;
import io.micrometer.observation.ObservationRegistry;
import java.time.Duration;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** The law suite while Insight is on and each use is observed. */
@Tag("slow")
class InsightLawsTest {
  private static final Duration LONG = Duration.ofHours(1);

  private final ObservationRegistry registry = ObservationRegistry.create();
  private final InsightObservations observations = new InsightObservations();
  private final WrittenObservations written = new WrittenObservations();

  @BeforeEach
  void start() {
    registry.observationConfig().observationHandler(written);
    observations.bindTo(registry);
    Insight.start();
  }

  @AfterEach
  void stop() {
    observations.close();
    Insight.stop();
  }

  private long told(String callback) {
    return written.events.stream().filter(event -> event.startsWith(callback + " ")).count();
  }

  @ParameterizedTest
  @MethodSource("managers")
  void manager_insightIsOn_keepsTheLawsAndNothingIsLeft(
      Function<Gate, AsyncContextManager<Object>> manager) throws InterruptedException {
    check(manager);
  }

  static Stream<Arguments> managers() {
    return Stream.of(
        manager("of", gate -> gate.manager("it")),
        manager(
            "generator",
            gate ->
                AsyncContextManager.<String>generator(yield ->
                    gate.manager("it")
                        .<String, Exception>use(value -> {
                          yield.value(value);
                          return value;
                        }))),
        manager("stack", gate -> gate.manager("it").flatMap(_ -> AsyncExitStack.manager())));
  }

  @Tag("stress")
  @ParameterizedTest
  @MethodSource("others")
  void otherManager_insightIsOn_keepsTheLawsAndNothingIsLeft(
      Function<Gate, AsyncContextManager<Object>> manager) throws InterruptedException {
    check(manager);
  }

  static Stream<Arguments> others() {
    return Stream.of(
        manager("map", gate -> gate.manager("it").map(String::length)),
        manager("flatMap", gate -> gate.manager("outer").flatMap(_ -> gate.manager("inner"))),
        manager("enterTimeout", gate -> gate.manager("it").enterTimeout(LONG)),
        manager("exitTimeout", gate -> gate.manager("it").exitTimeout(LONG)),
        manager(
            "all",
            gate -> AsyncContextManager.all(List.of(gate.manager("one"), gate.manager("two")))),
        manager("synchronous", gate -> gate.manager("it").blocking().async()),
        manager("timeout", gate -> gate.manager("it").flatMap(_ -> Async.timeout(LONG))));
  }

  private void check(Function<Gate, AsyncContextManager<Object>> manager)
      throws InterruptedException {
    ManagerLaws.of(manager).check();

    assertThat(Held.entries()).isEmpty();
    assertThat(told("start")).isPositive().isEqualTo(told("stop"));
    assertThat(told("open")).isEqualTo(told("close"));
  }

  private static Arguments manager(
      String name, Function<Gate, ? extends AsyncContextManager<?>> manager) {
    return argumentSet(name, manager);
  }
}
