package dev.withal;

import static org.junit.jupiter.params.provider.Arguments.argumentSet;

import dev.withal.internal.Time;
import dev.withal.testkit.Gate;
import dev.withal.testkit.LeakCheck;
import dev.withal.testkit.ManagerLaws;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** The law suite on each manager that core makes of others, of functions, and of generators. */
@ExtendWith(LeakCheck.class)
@Tag("slow")
class OwnManagersTest {
  private static final Duration LONG = Duration.ofHours(1);

  @ParameterizedTest
  @MethodSource("managers")
  void manager_keepsTheLaws(Function<Gate, AsyncContextManager<Object>> manager)
      throws InterruptedException {
    ManagerLaws.of(manager).check();
  }

  static Stream<Arguments> managers() {
    return Stream.of(
        own("of", gate -> gate.manager("it")),
        own(
            "closing",
            gate -> AsyncContextManager.closing(() -> gate.step("open"), _ -> gate.step("close"))),
        own("map", gate -> gate.manager("it").map(String::length)),
        own("flatMap", gate -> gate.manager("outer").flatMap(_ -> gate.manager("inner"))),
        own("named", gate -> gate.manager("it").named("other")),
        own("suppressing", gate -> gate.manager("it").suppressing(IOException.class)),
        own("enterTimeout", gate -> gate.manager("it").enterTimeout(LONG)),
        own("exitTimeout", gate -> gate.manager("it").exitTimeout(LONG)),
        own(
            "forced exitTimeout",
            gate -> gate.manager("it").exitTimeout(LONG, _ -> new CompletableFuture<>())),
        own("on", gate -> gate.manager("it").on(Runnable::run)),
        own(
            "all",
            gate -> AsyncContextManager.all(List.of(gate.manager("one"), gate.manager("two")))),
        own(
            "generator",
            gate ->
                AsyncContextManager.<String>generator(yield ->
                    gate.manager("it")
                        .<String, Exception>use(value -> {
                          yield.value(value);
                          return value;
                        }))),
        own("synchronous", gate -> synchronous(gate).async()),
        own(
            "synchronous on an executor",
            gate -> synchronous(gate).async(task -> Time.current().start("executor", task))),
        own("there and back", gate -> gate.manager("it").blocking().async()),
        own("stack", gate -> gate.manager("it").flatMap(_ -> AsyncExitStack.manager())),
        own("timeout", gate -> gate.manager("it").flatMap(_ -> Async.timeout(LONG))));
  }

  private static Arguments own(String name, Function<Gate, AsyncContextManager<?>> manager) {
    return argumentSet(name, manager);
  }

  private static ContextManager<String> synchronous(Gate gate) {
    return () -> {
      Async.await(gate.step("enter"));
      return new Context<>() {
        @Override
        public String value() {
          return "value";
        }

        @Override
        public Verdict exit(ExitCase how) throws Exception {
          Async.await(gate.step("exit"));
          return Verdict.PROPAGATE;
        }
      };
    };
  }
}
