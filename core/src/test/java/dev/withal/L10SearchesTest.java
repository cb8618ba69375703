package dev.withal;

import static java.util.concurrent.CompletableFuture.completedFuture;
import static java.util.concurrent.CompletableFuture.failedFuture;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.withal.testkit.VirtualTime;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** L10: what is searched through as errors are joined grows with their number. */
class L10SearchesTest {
  private static final int MANY = 200;
  private static final Duration GRACE = Duration.ofMillis(200);

  private final AtomicLong read = new AtomicLong();

  /** Counts how often somebody looks for what is behind it. */
  private final class Counted extends IOException {
    private static final long serialVersionUID = 1;

    Counted(Throwable cause) {
      super("counted", cause);
    }

    @Override
    public synchronized Throwable getCause() {
      read.incrementAndGet();
      return super.getCause();
    }
  }

  record Way(String name, Failing of) {
    interface Failing {
      void run(L10SearchesTest test, int many);
    }

    @Override
    public String toString() {
      return name;
    }
  }

  static Stream<Way> ways() {
    return Stream.of(
        new Way("exits of a stack", L10SearchesTest::stack),
        new Way("exits of a stack, in direct style", L10SearchesTest::directUses),
        new Way("exits of a nest", L10SearchesTest::nest),
        new Way("exits of a group", L10SearchesTest::group),
        new Way("exits of a cancelled nest", L10SearchesTest::cancelledNest),
        new Way("members of a cancelled group", L10SearchesTest::cancelledGroup),
        new Way("one exit that wraps many times", L10SearchesTest::longChain));
  }

  @ParameterizedTest
  @MethodSource("ways")
  void errors_areTwiceAsMany_areSearchedTwiceAsOften(Way way) {
    long few = reads(way, MANY);

    long many = reads(way, 2 * MANY);

    assertThat(few).isPositive();
    assertThat(many).isLessThan(3 * few);
  }

  private long reads(Way way, int many) {
    read.set(0);
    way.of.run(this, many);
    return read.get();
  }

  private void stack(int many) {
    AsyncExitStack stack = AsyncExitStack.open();
    for (int i = 0; i < many; i++) {
      stack.deferAsync(this::failingUse);
    }

    assertThat(stack.closeAsync().exceptionNow().getSuppressed())
        .hasSizeGreaterThanOrEqualTo(many - 1);
  }

  private void directUses(int many) {
    AsyncExitStack stack = AsyncExitStack.open();
    for (int i = 0; i < many; i++) {
      stack.defer(() -> {
        failingToExit().use(_ -> Probe.raise(new Counted(null)));
      });
    }

    assertThat(catchThrowable(stack::close).getSuppressed()).hasSizeGreaterThanOrEqualTo(many - 1);
  }

  private void nest(int many) {
    CompletableFuture<String> use = nest(exitingByAUse(), many, failedFuture(new Counted(null)));

    assertThat(use.exceptionNow().getSuppressed()).hasSizeGreaterThanOrEqualTo(many - 1);
  }

  private void group(int many) {
    CompletableFuture<String> use =
        AsyncContextManager.all(IntStream.range(0, many).mapToObj(_ -> exitingByAUse()).toList())
            .useAsync(_ -> failedFuture(new Counted(null)));

    assertThat(use.exceptionNow().getSuppressed()).hasSizeGreaterThanOrEqualTo(many - 1);
  }

  private void cancelledNest(int many) {
    int depth = 5 * many;
    AsyncContextManager<String> wrapping =
        AsyncContextManager.of(
            () -> completedFuture("x"),
            (_, how) -> Verdict.replaceWith(new Counted(how.error())).now());
    try (VirtualTime time = VirtualTime.install()) {
      CompletableFuture<String> use = nest(wrapping.grace(GRACE), depth, new CompletableFuture<>());

      use.cancel(true);
      time.advance(GRACE);

      assertThat(use).isCompletedExceptionally();
    }
  }

  private void cancelledGroup(int many) {
    List<CompletableFuture<String>> gates =
        IntStream.range(0, many).mapToObj(_ -> new CompletableFuture<String>()).toList();
    try (VirtualTime time = VirtualTime.install()) {
      CompletableFuture<String> use =
          AsyncContextManager.all(
                  gates.stream()
                      .map(gate ->
                          AsyncContextManager.closing(() -> gate, _ -> completedFuture(null))
                              .enterTimeout(Duration.ofHours(1)))
                      .toList())
              .useAsync(_ -> completedFuture("y"));

      use.cancel(true);
      gates.forEach(gate -> gate.completeExceptionally(new Counted(null)));
      time.settle();

      assertThat(use).isCancelled();
      assertThat(use.handle((_, error) -> error).join().getSuppressed())
          .hasSizeGreaterThanOrEqualTo(many - 1);
    }
  }

  private void longChain(int many) {
    AsyncContextManager<String> wrapping =
        AsyncContextManager.of(
            () -> completedFuture("x"), (_, how) -> failedFuture(wrapped(how.error(), many)));

    CompletableFuture<String> use = wrapping.useAsync(_ -> failedFuture(new Counted(null)));

    assertThat(use.exceptionNow().getSuppressed()).hasSize(1);
    assertThat(use.exceptionNow().getSuppressed()[0].getSuppressed()).hasSize(many - 1);
  }

  private Throwable wrapped(Throwable error, int times) {
    Throwable wrapped = error;
    for (int i = 0; i < times; i++) {
      wrapped = new Counted(wrapped);
    }
    return wrapped;
  }

  private CompletableFuture<String> failingUse() {
    return failingToExit().useAsync(_ -> failedFuture(new Counted(null)));
  }

  private AsyncContextManager<String> exitingByAUse() {
    return AsyncContextManager.closing(() -> completedFuture("x"), _ -> failingUse());
  }

  private AsyncContextManager<String> failingToExit() {
    return AsyncContextManager.closing(
        () -> completedFuture("x"), _ -> failedFuture(new Counted(null)));
  }

  private static CompletableFuture<String> nest(
      AsyncContextManager<String> manager, int depth, CompletableFuture<String> innermost) {
    return manager.useAsync(_ -> depth == 1 ? innermost : nest(manager, depth - 1, innermost));
  }
}
