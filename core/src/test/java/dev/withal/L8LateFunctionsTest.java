package dev.withal;

import static java.util.concurrent.CompletableFuture.completedFuture;
import static org.assertj.core.api.Assertions.assertThat;

import dev.withal.testkit.Journal;
import dev.withal.testkit.LeakCheck;
import dev.withal.testkit.ManualExecutor;
import dev.withal.testkit.VirtualTime;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** L8 and L3: what a function began that returns after it was given up is asked to end. */
@ExtendWith(LeakCheck.class)
class L8LateFunctionsTest {
  private final Journal journal = new Journal();
  private final CompletableFuture<Void> gate = new CompletableFuture<>();

  /** A use inside, whose body ends as it is asked to. */
  private CompletableFuture<String> inner() {
    return new Probe(journal, Carrier.STAGE_COMPLETE, "inner")
        .useAsync((_, cancellation) -> cancellation.cancelling(new CompletableFuture<>()));
  }

  @Test
  void body_functionReturnsAfterTheGracePeriod_whatItBeganIsAsked(VirtualTime time) {
    var manager = new ByHand(journal);
    manager.exit.complete(Verdict.PROPAGATE);
    CompletableFuture<String> use =
        manager.useAsync(_ -> {
          Async.await(gate);
          return inner();
        });
    time.start(manager::arrive);
    time.settle();
    use.cancel(true);
    time.advance(Duration.ofSeconds(1));
    assertThat(use).isCancelled();

    gate.complete(null);
    time.settle();

    assertThat(journal.events())
        .containsExactly(
            "enter",
            "exit cancelled CancellationException beside the body",
            "enter inner",
            "entered inner",
            "exit inner cancelled CancellationException",
            "exited inner");
  }

  @Test
  void enter_functionReturnsAfterTheBound_whatItBeganIsAsked(VirtualTime time) {
    var executor = new ManualExecutor();
    CompletableFuture<String> use =
        AsyncContextManager.closing(
                () -> {
                  Await.shielded(gate);
                  return inner();
                },
                _ -> completedFuture(null))
            .on(executor)
            .enterTimeout(Duration.ofMillis(50))
            .useAsync(CompletableFuture::completedFuture);
    time.start(executor::runAll);
    time.settle();
    time.advance(Duration.ofMillis(50));
    assertThat(use.exceptionNow()).isInstanceOf(TimeoutException.class);

    gate.complete(null);
    time.settle();

    assertThat(journal.events())
        .containsExactly(
            "enter inner",
            "entered inner",
            "exit inner cancelled TimeoutException",
            "exited inner");
  }

  @Test
  void enter_onAStackWithANegativeGracePeriod_isExitedAsItArrives(VirtualTime time) {
    var manager = new ByHand(journal);
    manager.exit.complete(Verdict.PROPAGATE);
    AsyncExitStack stack = AsyncExitStack.open();
    CompletableFuture<String> entered =
        stack.enterAsync(manager.grace(Duration.ofSeconds(Long.MIN_VALUE)));

    CompletableFuture<Void> closed = stack.closeAsync();
    time.advance(Duration.ofNanos(1));
    assertThat(closed).isCompleted();
    manager.arrive();

    assertThat(entered).isCompletedExceptionally();
    assertThat(journal.events()).containsExactly("enter", "exit cancelled IllegalStateException");
  }
}
