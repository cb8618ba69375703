package dev.withal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.withal.testkit.VirtualTime;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** L10: what many failures cost grows with their number, and not with its square. */
@Tag("slow")
@Timeout(60)
class L10FailuresTest {
  private static final int MANY = 10_000;

  @Test
  void nestedExits_replaceTheErrorByOneThatWrapsIt_endInLinearTime() {
    AsyncContextManager<String> wrapping =
        AsyncContextManager.of(
            () -> CompletableFuture.completedFuture("x"),
            (_, how) -> Verdict.replaceWith(new RuntimeException("layer", how.error())).now());

    CompletableFuture<String> result = nest(wrapping, MANY, failing());

    assertThat(depth(result.exceptionNow())).isEqualTo(MANY);
  }

  @Test
  void nestedExits_failWithOneThatWrapsTheError_endInLinearTime() {
    AsyncContextManager<String> wrapping =
        AsyncContextManager.of(
            () -> CompletableFuture.completedFuture("x"),
            (_, how) -> CompletableFuture.failedFuture(new RuntimeException("layer", how.error())));

    CompletableFuture<String> result = nest(wrapping, MANY, failing());

    assertThat(result.exceptionNow().getSuppressed()).hasSize(MANY);
  }

  @Test
  void nestedExits_replaceAndFailInTurns_endInLinearTime() {
    var turn = new AtomicInteger();
    AsyncContextManager<String> wrapping =
        AsyncContextManager.of(
            () -> CompletableFuture.completedFuture("x"),
            (_, how) ->
                turn.incrementAndGet() % 2 == 0
                    ? Verdict.replaceWith(new RuntimeException("layer", how.error())).now()
                    : CompletableFuture.failedFuture(new IOException("exit")));

    CompletableFuture<String> result = nest(wrapping, MANY, failing());

    assertThat(depth(result.exceptionNow())).isEqualTo(MANY / 2);
  }

  @Test
  void nestedUses_cancelled_exitsFail_endInLinearTime() {
    CompletableFuture<String> use =
        nestCancellable(failingToExit(), MANY, new CompletableFuture<>());

    use.cancel(true);

    assertThat(use).isCancelled();
    assertThat(use.handle((_, error) -> error).join().getSuppressed()).hasSize(MANY);
  }

  @Test
  void uses_cancelledForOneReason_exitsFail_endInLinearTime() {
    var reason = new IOException("the process ends");
    List<CompletableFuture<String>> uses =
        IntStream.range(0, MANY)
            .mapToObj(_ -> nestCancellable(failingToExit(), 1, new CompletableFuture<>()))
            .toList();

    uses.forEach(use -> use.completeExceptionally(reason));

    assertThat(uses).allMatch(use -> use.exceptionNow().getSuppressed().length == 1);
  }

  @Test
  void stackClosedByHand_exitsFail_endsInLinearTime() {
    AsyncExitStack stack = AsyncExitStack.open();
    for (int i = 0; i < 5 * MANY; i++) {
      stack.deferAsync(() -> CompletableFuture.failedFuture(new IOException("exit")));
    }

    CompletableFuture<Void> closed = stack.closeAsync();

    assertThat(closed.exceptionNow().getSuppressed()).hasSize(5 * MANY - 1);
    assertThat(stack.closeAsync().exceptionNow()).isSameAs(closed.exceptionNow());
    assertThat(closed.exceptionNow().getSuppressed()).hasSize(5 * MANY - 1);
  }

  @Test
  void stackClosedByHand_exitsWrapWhatTheyAreTold_endsInLinearTime() {
    AsyncExitStack stack = AsyncExitStack.open();
    for (int i = 0; i < 5 * MANY; i++) {
      stack.pushAsync(
          how -> CompletableFuture.failedFuture(new RuntimeException("layer", how.error())));
    }

    Throwable thrown = catchThrowable(stack::close);

    assertThat(thrown.getSuppressed()).hasSize(5 * MANY - 1);
  }

  @Test
  void group_manyArriveAndFailLate_endsInLinearTime() {
    var exits = new AtomicInteger();
    var reports = new ArrayList<Report>();
    List<CompletableFuture<String>> gates =
        IntStream.range(0, MANY).mapToObj(_ -> new CompletableFuture<String>()).toList();
    var group =
        AsyncContextManager.all(
            gates.stream()
                .map(gate ->
                    AsyncContextManager.closing(
                        () -> gate,
                        _ -> CompletableFuture.completedFuture(exits.incrementAndGet())))
                .toList());
    try (VirtualTime time = VirtualTime.install();
        var _ = Report.listen(reports::add)) {
      CompletableFuture<Integer> use =
          group.useAsync(values -> CompletableFuture.completedFuture(values.size()));
      use.cancel(true);
      time.advance(Duration.ofSeconds(1));
      assertThat(use).isCancelled();

      for (int i = 0; i < MANY; i++) {
        if (i % 2 == 0) {
          gates.get(i).complete("late");
        } else {
          gates.get(i).completeExceptionally(new IOException("late"));
        }
      }
    }

    assertThat(exits).hasValue(MANY / 2);
    assertThat(reports).hasSize(MANY / 2);
  }

  private static CompletableFuture<String> failing() {
    return CompletableFuture.failedFuture(new IOException("body"));
  }

  private static AsyncContextManager<String> failingToExit() {
    return AsyncContextManager.closing(
        () -> CompletableFuture.completedFuture("x"),
        _ -> CompletableFuture.failedFuture(new IOException("exit")));
  }

  private static CompletableFuture<String> nest(
      AsyncContextManager<String> manager, int depth, CompletableFuture<String> innermost) {
    return manager.useAsync(_ -> depth == 1 ? innermost : nest(manager, depth - 1, innermost));
  }

  private static CompletableFuture<String> nestCancellable(
      AsyncContextManager<String> manager, int depth, CompletableFuture<String> innermost) {
    return manager.useAsync((_, cancellation) ->
        depth == 1
            ? cancellation.cancelling(innermost)
            : nestCancellable(manager, depth - 1, innermost));
  }

  private static int depth(Throwable error) {
    int depth = 0;
    for (Throwable at = error.getCause(); at != null; at = at.getCause()) {
      depth++;
    }
    return depth;
  }
}
