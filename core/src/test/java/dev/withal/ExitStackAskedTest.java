package dev.withal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.withal.testkit.LeakCheck;
import dev.withal.testkit.VirtualTime;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** L3, L8: the body of a stack is asked to end while it waits for an enter on that very stack. */
@ExtendWith(LeakCheck.class)
class ExitStackAskedTest extends StacksAskedToEnd {
  @Test
  void cancel_enterOfAGeneratorIsPending_endsItAtOnce(VirtualTime time) {
    CompletableFuture<String> use = use(slow);
    time.settle();

    use.cancel(true);
    Throwable thrown = catchThrowable(() -> time.await(use));

    assertThat(thrown).isInstanceOf(CancellationException.class).hasNoSuppressedExceptions();
    assertThat(journal.events())
        .containsExactly(
            "enter first",
            "entered first",
            "slow asked",
            "exit first cancelled CancellationException",
            "exited first");
    endedAtOnce(time);
  }

  @Test
  void cancel_enterIsAChain_endsItAtOnce(VirtualTime time) {
    var inner = new Probe(journal, Carrier.STAGE_COMPLETE, "inner");
    CompletableFuture<String> use = use(inner.flatMap(_ -> slow));
    time.settle();

    use.cancel(true);
    var _ = catchThrowable(() -> time.await(use));

    assertThat(journal.events())
        .endsWith(
            "slow asked",
            "exit inner cancelled CancellationException",
            "exited inner",
            "exit first cancelled CancellationException",
            "exited first");
    endedAtOnce(time);
  }

  @Test
  void orTimeout_enterIsPending_endsWithTheTimeout(VirtualTime time) {
    CompletableFuture<String> use = use(slow).orTimeout(100, TimeUnit.MILLISECONDS);

    Throwable thrown = catchThrowable(() -> time.await(use));

    assertThat(thrown).isExactlyInstanceOf(TimeoutException.class).hasNoSuppressedExceptions();
    assertThat(journal.events()).contains("exit first cancelled TimeoutException");
    assertThat(reports).isEmpty();
    assertThat(time.elapsed()).isEqualTo(Duration.ofMillis(100));
  }

  @Test
  void timeoutOnTheStack_enterIsPending_endsWithTheTimeout(VirtualTime time) {
    CompletableFuture<String> use =
        AsyncExitStack.manager()
            .useAsync(stack ->
                stack
                    .enterAsync(Async.timeout(Duration.ofMillis(100)))
                    .thenCompose(_ -> stack.enterAsync(slow)));

    Throwable thrown = catchThrowable(() -> time.await(use));

    assertThat(thrown).isExactlyInstanceOf(TimeoutException.class).hasNoSuppressedExceptions();
    assertThat(journal.events()).containsExactly("slow asked");
    assertThat(reports).isEmpty();
    assertThat(time.elapsed()).isEqualTo(Duration.ofMillis(100));
  }

  @Test
  void cancel_enterOfSomebodyElseIsPending_waitsForItOnly(VirtualTime time) {
    var foreign = new ByHand(journal);
    CompletableFuture<String> use = use(foreign);

    use.cancel(true);
    time.advance(Duration.ofSeconds(1));

    assertThat(use.isCancelled()).isTrue();
    assertThat(reports).isEmpty();
    assertThat(journal.events())
        .containsExactly(
            "enter first",
            "entered first",
            "enter",
            "exit first cancelled CancellationException",
            "exited first");
    foreign.exit.complete(Verdict.PROPAGATE);
    foreign.arrive();
    assertThat(journal.events()).endsWith("exit cancelled CancellationException");
  }

  @Test
  void cancel_enterOfSomebodyElseArrivesInTime_isExitedBeforeTheResult(VirtualTime time) {
    var foreign = new ByHand(journal);
    CompletableFuture<String> use = use(foreign);

    use.cancel(true);
    foreign.arrive();
    assertThat(use).isNotDone();
    foreign.exit.complete(Verdict.PROPAGATE);

    assertThat(use.isCancelled()).isTrue();
    assertThat(reports).isEmpty();
    assertThat(journal.events())
        .endsWith(
            "exit cancelled CancellationException",
            "exit first cancelled CancellationException",
            "exited first");
  }

  @Test
  void cancel_enterFailsAsItIsAsked_itsErrorIsAdded(VirtualTime time) {
    var cleanup = new IOException("cleanup");
    AsyncContextManager<String> failing =
        AsyncContextManager.closing(
                () -> CompletableFuture.completedFuture("outer"),
                _ -> CompletableFuture.failedFuture(cleanup))
            .flatMap(_ ->
                AsyncContextManager.of(
                    () ->
                        AsyncContextManager.ofValue("x")
                            .<String>useAsync(
                                (_, asked) -> asked.cancelling(new CompletableFuture<>())),
                    (_, _) -> Verdict.PROPAGATE.now()));
    CompletableFuture<String> use = use(failing);

    use.cancel(true);
    Throwable thrown = catchThrowable(() -> time.await(use));

    assertThat(thrown).isInstanceOf(CancellationException.class);
    assertThat(thrown.getSuppressed()).containsExactly(cleanup);
    assertThat(reports).isEmpty();
  }

  @Test
  void cancel_stackIsInsideOthers_reachesThePendingEnter(VirtualTime time) {
    List<Function<AsyncContextManager<AsyncExitStack>, AsyncContextManager<AsyncExitStack>>> forms =
        List.of(
            manager -> manager.named("named"),
            manager -> manager.enterTimeout(LONG),
            manager -> manager.exitTimeout(LONG),
            manager -> manager.suppressing(IllegalStateException.class),
            manager -> manager.map(stack -> stack),
            manager -> AsyncContextManager.ofValue("outer").flatMap(_ -> manager),
            manager -> AsyncContextManager.all(List.of(manager)).map(List::getFirst),
            manager -> AsyncContextManager.all(List.of(manager.map(x -> x))).map(List::getFirst),
            manager -> manager.flatMap(_ -> manager).enterTimeout(LONG));
    forms.forEach(form -> {
      CompletableFuture<String> use =
          form.apply(AsyncExitStack.manager())
              .useAsync(stack -> stack.enterAsync(slow).thenApply(x -> x));
      time.settle();

      use.cancel(true);
      Throwable thrown = catchThrowable(() -> time.await(use));

      assertThat(thrown).isInstanceOf(CancellationException.class).hasNoSuppressedExceptions();
    });
    assertThat(journal.events()).hasSize(forms.size()).containsOnly("slow asked");
    endedAtOnce(time);
  }

  @Test
  void cancel_stackOnAStack_reachesThePendingEnter(VirtualTime time) {
    CompletableFuture<String> use =
        AsyncExitStack.manager()
            .useAsync(outer ->
                outer
                    .enterAsync(AsyncExitStack.manager().map(x -> x))
                    .thenCompose(inner -> inner.enterAsync(slow)));
    time.settle();

    use.cancel(true);
    Throwable thrown = catchThrowable(() -> time.await(use));

    assertThat(thrown).isInstanceOf(CancellationException.class).hasNoSuppressedExceptions();
    assertThat(journal.events()).containsExactly("slow asked");
    endedAtOnce(time);
  }

  @Test
  void enterAsync_afterTheRequest_entersNothing(VirtualTime time) {
    var go = new CompletableFuture<Void>();
    CompletableFuture<String> use =
        AsyncExitStack.manager().useAsync(stack -> go.thenCompose(_ -> stack.enterAsync(first)));

    use.cancel(true);
    go.complete(null);

    assertThat(use.isCancelled()).isTrue();
    assertThat(journal.events()).isEmpty();
    assertThat(reports).isEmpty();
  }

  @Test
  void cancel_pendingEnterWasTransferred_isNotAsked(VirtualTime time) throws Exception {
    var heirs = new CompletableFuture<AsyncExitStack>();
    var arriving = new CompletableFuture<String>();
    var body = new CompletableFuture<String>();
    var foreign = new ByHand(journal);
    CompletableFuture<String> use =
        AsyncExitStack.manager()
            .useAsync((stack, cancellation) -> {
              stack.enterAsync(foreign).thenAccept(arriving::complete);
              heirs.complete(stack.popAll());
              return cancellation.cancelling(body);
            });

    use.cancel(true);
    foreign.arrive();

    assertThat(arriving).isCompletedWithValue("value");
    assertThat(journal.events()).containsExactly("enter");
    foreign.exit.complete(Verdict.PROPAGATE);
    heirs.join().close();
    assertThat(use.isCancelled()).isTrue();
  }

  private CompletableFuture<String> use(AsyncContextManager<String> second) {
    return AsyncExitStack.manager()
        .useAsync(stack -> stack.enterAsync(first).thenCompose(_ -> enter(stack, second)));
  }

  private static CompletionStage<String> enter(
      AsyncExitStack stack, AsyncContextManager<String> second) {
    return stack.enterAsync(second).thenApply(value -> value);
  }

  private void endedAtOnce(VirtualTime time) {
    assertThat(reports).isEmpty();
    assertThat(time.elapsed()).isZero();
  }
}
