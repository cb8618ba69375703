package dev.withal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.withal.testkit.Journal;
import dev.withal.testkit.LeakCheck;
import dev.withal.testkit.VirtualTime;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** L11: an exit that goes on after a timer of ours closes its own stack. */
@ExtendWith(LeakCheck.class)
class ExitStackClosesItselfAfterATimerTest {
  private static final long NANOS = Carrier.STEP.toNanos();

  private final Journal journal = new Journal();
  private final AsyncExitStack stack = AsyncExitStack.open();

  /** What an exit awaits that a timer ends, and closes the stack then. */
  record Timer(String name, Function<AsyncExitStack, CompletionStage<?>> begin) {
    static Stream<Timer> all() {
      return Stream.of(
          new Timer("or timeout", _ -> pending(opened()).orTimeout(NANOS, TimeUnit.NANOSECONDS)),
          new Timer(
              "complete on timeout",
              _ -> pending(opened()).completeOnTimeout("late", NANOS, TimeUnit.NANOSECONDS)),
          new Timer("timeout of a body", _ -> pending(Async.timeout(Carrier.STEP))),
          new Timer("bound on an enter", _ -> use(neverOpened().enterTimeout(Carrier.STEP))),
          new Timer(
              "bound on an enter on a stack",
              _ ->
                  AsyncExitStack.manager()
                      .useAsync(
                          inner -> inner.enterAsync(neverOpened().enterTimeout(Carrier.STEP)))),
          new Timer("bound on an exit", _ -> use(neverClosed().exitTimeout(Carrier.STEP))),
          new Timer(
              "bound on an exit by hand",
              _ ->
                  neverClosed()
                      .exitTimeout(Carrier.STEP)
                      .enterAsync()
                      .thenCompose(context -> context.exitAsync(ExitCase.success()))),
          new Timer(
              "forced exit",
              stack -> use(neverClosed().exitTimeout(Carrier.STEP, _ -> stack.closeAsync()))),
          new Timer(
              "grace period of a body",
              _ -> {
                CompletableFuture<?> use =
                    opened().grace(Carrier.STEP).useAsync(_ -> new CompletableFuture<String>());
                onAForeignThread(() -> use.cancel(true));
                return use;
              }),
          new Timer(
              "grace period of an enter on a stack",
              _ -> {
                AsyncExitStack inner = AsyncExitStack.open();
                CompletableFuture<?> entered = inner.enterAsync(neverOpened().grace(Carrier.STEP));
                return inner.closeAsync().thenCompose(_ -> entered);
              }),
          new Timer(
              "grace period of a group",
              _ -> {
                CompletionStage<?> group =
                    AsyncContextManager.all(List.of(neverOpened()))
                        .grace(Carrier.STEP)
                        .enterAsync();
                onAForeignThread(() -> group.toCompletableFuture().cancel(true));
                return group;
              }));
    }

    @Override
    public String toString() {
      return name;
    }

    private static AsyncContextManager<String> opened() {
      return AsyncContextManager.ofValue("value");
    }

    private static AsyncContextManager<String> neverOpened() {
      return AsyncContextManager.closing(
          () -> new CompletableFuture<String>(), _ -> CompletableFuture.completedFuture(null));
    }

    private static AsyncContextManager<String> neverClosed() {
      return AsyncContextManager.closing(
          () -> CompletableFuture.completedFuture("value"), _ -> new CompletableFuture<>());
    }

    private static CompletableFuture<String> pending(AsyncContextManager<?> manager) {
      return manager.useAsync(
          (_, cancellation) -> cancellation.cancelling(new CompletableFuture<>()));
    }

    private static CompletableFuture<?> use(AsyncContextManager<?> manager) {
      return manager.useAsync(_ -> CompletableFuture.completedFuture("done"));
    }

    private static void onAForeignThread(Runnable action) {
      CompletableFuture.runAsync(action, task -> Thread.ofPlatform().start(task)).join();
    }
  }

  static Stream<Arguments> everywhere() {
    return Timer.all()
        .flatMap(timer ->
            Stream.of(ExitStackClosesItselfTest.Close.values())
                .map(close -> Arguments.of(timer, close)));
  }

  @ParameterizedTest
  @MethodSource("everywhere")
  void exit_closesItsStackAfterATimer_endsAllTheSame(
      Timer timer, ExitStackClosesItselfTest.Close close, VirtualTime time) throws Exception {
    stack.defer(() -> journal.add("below"));
    stack.pushAsync(_ -> {
      journal.add("closes");
      return timer
          .begin()
          .apply(stack)
          .handle((_, _) -> null)
          .thenCompose(_ -> stack.closeAsync())
          .thenApply(_ -> {
            journal.add("closed");
            return Verdict.PROPAGATE;
          });
    });

    time.await(close.begin(time, stack));

    assertThat(journal.events()).containsExactly("closes", "closed", "below");
  }
}
