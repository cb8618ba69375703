package dev.withal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.withal.testkit.VirtualTime;
import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** L10: a million nested or stacked contexts need no deep stack. */
@Tag("slow")
class L10AnyDepthTest {
  private static final int DEPTH = 200_000;

  private final AtomicInteger exits = new AtomicInteger();

  private final AsyncContextManager<String> complete =
      AsyncContextManager.of(
          () -> CompletableFuture.completedFuture("value"),
          (_, _) -> {
            exits.incrementAndGet();
            return Verdict.PROPAGATE.now();
          });

  @Test
  void nestedUses_completeAtOnce_endInBoundedStack() {
    CompletableFuture<String> result = nest(DEPTH, CompletableFuture.completedFuture("innermost"));

    assertThat(result).isCompletedWithValue("innermost");
    assertThat(exits).hasValue(DEPTH);
  }

  @Test
  void nestedUses_innermostCompletesLater_endInBoundedStack() {
    var innermost = new CompletableFuture<String>();
    CompletableFuture<String> result = nest(DEPTH, innermost);
    assertThat(result).isNotDone();

    innermost.complete("innermost");

    assertThat(result).isCompletedWithValue("innermost");
    assertThat(exits).hasValue(DEPTH);
  }

  @Test
  void nestedUses_innermostFails_endInBoundedStack() {
    var error = new IOException("innermost");
    CompletableFuture<String> result = nest(DEPTH, CompletableFuture.failedFuture(error));

    assertThat(result.exceptionNow()).isSameAs(error);
    assertThat(exits).hasValue(DEPTH);
  }

  @Test
  void nestedUses_outermostIsCancelled_endInBoundedStack() {
    var innermost = new CompletableFuture<String>();
    CompletableFuture<String> result = nest(DEPTH, innermost);

    result.cancel(true);
    innermost.complete("ignored");

    assertThat(result).isCancelled();
    assertThat(exits).hasValue(DEPTH);
  }

  @Test
  void stack_ofManyActions_closesInBoundedStack() {
    AsyncExitStack stack = AsyncExitStack.open();
    for (int i = 0; i < DEPTH; i++) {
      stack.deferAsync(() -> {
        exits.incrementAndGet();
        return CompletableFuture.completedFuture(null);
      });
    }

    assertThat(stack.closeAsync()).isCompleted();
    assertThat(exits).hasValue(DEPTH);
  }

  @Test
  void stack_ofManyActionsOnForeignStages_closesInBoundedStack() {
    AsyncExitStack stack = AsyncExitStack.open();
    for (int i = 0; i < DEPTH; i++) {
      stack.pushAsync(_ -> {
        exits.incrementAndGet();
        return CompletableFuture.completedStage(Verdict.PROPAGATE);
      });
    }

    stack.close();

    assertThat(exits).hasValue(DEPTH);
  }

  @OnEveryCarrier
  void stack_ofManyContexts_unwindsInBoundedStack(Carrier carrier) throws Exception {
    try (VirtualTime time = VirtualTime.install()) {
      carrier.use(
          time,
          AsyncExitStack.manager(),
          stack -> {
            for (int i = 0; i < DEPTH / 100; i++) {
              stack.pushAsync(_ ->
                  carrier.step(() -> {
                    exits.incrementAndGet();
                    return Verdict.PROPAGATE;
                  }));
            }
            return null;
          });
    }

    assertThat(exits).hasValue(DEPTH / 100);
  }

  @Test
  void stack_whoseExitsAllFail_joinsTheirErrorsInLinearTime() {
    var body = new IOException("body");
    AsyncExitStack stack = AsyncExitStack.open();
    for (int i = 0; i < DEPTH / 10; i++) {
      stack.deferAsync(() -> CompletableFuture.failedFuture(new IOException("exit")));
    }

    stack.exitAsync(ExitCase.of(body)).toCompletableFuture().join();

    assertThat(body.getSuppressed()).hasSize(DEPTH / 10);
  }

  private CompletableFuture<String> nest(int depth, CompletableFuture<String> innermost) {
    return complete.useAsync(_ -> depth == 1 ? innermost : nest(depth - 1, innermost));
  }
}
