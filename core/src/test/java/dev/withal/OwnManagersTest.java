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
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import java.util.function.Supplier;
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
            gate ->
                AsyncContextManager.closing(
                    () -> gate.step("open"), ignored -> gate.step("close"))),
        own("map", gate -> gate.manager("it").map(String::length)),
        own("flatMap", gate -> gate.manager("outer").flatMap(ignored -> gate.manager("inner"))),
        own("named", gate -> gate.manager("it").named("other")),
        own("suppressing", gate -> gate.manager("it").suppressing(IOException.class)),
        own("enterTimeout", gate -> gate.manager("it").enterTimeout(LONG)),
        own("exitTimeout", gate -> gate.manager("it").exitTimeout(LONG)),
        own(
            "forced exitTimeout",
            gate -> gate.manager("it").exitTimeout(LONG, ignored -> new CompletableFuture<>())),
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
        own("stack", gate -> gate.manager("it").flatMap(ignored -> AsyncExitStack.manager())),
        own("timeout", gate -> gate.manager("it").flatMap(ignored -> Async.timeout(LONG))));
  }

  @ParameterizedTest
  @MethodSource("valuesAndFunctions")
  void managerOfValuesAndFunctions_keepsTheLaws(Function<Gate, AsyncContextManager<Object>> manager)
      throws InterruptedException {
    ManagerLaws.of(manager).check();
  }

  static Stream<Arguments> valuesAndFunctions() {
    return Stream.of(
        own("both", gate -> AsyncContextManager.both(gate.manager("one"), gate.manager("two"))),
        own(
            "closing value",
            gate -> AsyncContextManager.closingValue(() -> "it", ignored -> gate.step("close"))),
        own("value", gate -> gate.manager("it").flatMap(AsyncContextManager::ofValue)),
        own("stack of plain exits", gate -> gate.manager("it").flatMap(ignored -> filled(gate))),
        own("functions", gate -> functions(gate).async()),
        own(
            "functions on an executor",
            gate -> functions(gate).async(task -> Time.current().start("executor", task))),
        own(
            "synchronous closing",
            gate ->
                ContextManager.<AutoCloseable>closing(
                        () -> {
                          Async.await(gate.step("open"));
                          return () -> Async.await(gate.step("close"));
                        })
                    .async()),
        own(
            "synchronous closing by a method",
            gate ->
                ContextManager.<String>closing(
                        () -> {
                          Async.await(gate.step("open"));
                          return "it";
                        },
                        ignored -> Async.await(gate.step("close")))
                    .async()),
        own("lock", gate -> beside(gate, () -> ContextManager.lock(new ReentrantLock()).async())),
        own(
            "lock with patience",
            gate -> beside(gate, () -> ContextManager.lock(new ReentrantLock(), LONG).async())),
        own(
            "lock with bounds",
            gate ->
                beside(
                    gate,
                    () ->
                        ContextManager.lock(new ReentrantLock())
                            .async()
                            .enterTimeout(LONG)
                            .exitTimeout(LONG))),
        own("permit", gate -> beside(gate, () -> ContextManager.permit(new Semaphore(1)).async())),
        own(
            "permit on an executor",
            gate ->
                beside(
                    gate,
                    () ->
                        ContextManager.permit(new Semaphore(1), LONG)
                            .async(task -> Time.current().start("executor", task)))),
        own(
            "executor",
            gate ->
                beside(
                    gate,
                    () ->
                        ContextManager.executor(Executors::newVirtualThreadPerTaskExecutor, LONG)
                            .async())));
  }

  /**
   * {@return managers without steps inside one whose steps the suite knows}
   *
   * @param manager makes one for each use: uses of one lock inside one another would wait for
   *     themselves
   */
  private static AsyncContextManager<?> beside(
      Gate gate, Supplier<AsyncContextManager<?>> manager) {
    return gate.manager("it").flatMap(ignored -> manager.get().map(value -> value));
  }

  private static AsyncContextManager<AsyncExitStack> filled(Gate gate) {
    return AsyncExitStack.manager()
        .map(stack -> {
          stack.defer(() -> Async.await(gate.step("defer")));
          return stack;
        });
  }

  private static ContextManager<String> functions(Gate gate) {
    return ContextManager.of(
        () -> {
          Async.await(gate.step("enter"));
          return "value";
        },
        (ignored, unused) -> {
          Async.await(gate.step("exit"));
          return Verdict.PROPAGATE;
        });
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
