package dev.withal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.withal.testkit.Journal;
import dev.withal.testkit.LeakCheck;
import dev.withal.testkit.VirtualTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** L11 and L7: stacks that are closing already, and whose exits close each other, end. */
@ExtendWith(LeakCheck.class)
class ExitStacksCloseEachOtherTest {
  private final Journal journal = new Journal();
  private final List<CompletableFuture<Object>> uses = new CopyOnWriteArrayList<>();

  @ParameterizedTest
  @EnumSource
  void stacks_areAllClosedAndEachClosesTheNext_endAll(
      ExitStackClosesItselfTest.Close close, VirtualTime time) throws Exception {
    List<AsyncExitStack> stacks =
        List.of(AsyncExitStack.open(), AsyncExitStack.open(), AsyncExitStack.open());
    for (int i = 0; i < 3; i++) {
      AsyncExitStack next = stacks.get((i + 1) % 3);
      stacks.get(i).defer(() -> journal.add("below"));
      stacks
          .get(i)
          .deferAsync(() -> Async.sleepAsync(Carrier.STEP).thenCompose(_ -> next.closeAsync()));
    }

    var ends = new ArrayList<CompletableFuture<Void>>();
    stacks.forEach(stack -> ends.add(close.begin(time, stack)));
    for (CompletableFuture<Void> end : ends) {
      time.await(end);
    }

    assertThat(journal.events()).containsExactly("below", "below", "below");
    assertThat(time.elapsed()).isEqualTo(Carrier.STEP);
  }

  @Test
  void stacks_thatBlockInAnExitClosingTheOther_endBoth(VirtualTime time) throws Exception {
    AsyncExitStack one = AsyncExitStack.open();
    AsyncExitStack other = AsyncExitStack.open();
    one.defer(() -> {
      Async.sleep(Carrier.STEP);
      other.close();
      journal.add("closed the other");
    });
    other.defer(() -> {
      Async.sleep(Carrier.STEP.multipliedBy(2));
      one.close();
      journal.add("closed the one");
    });

    CompletableFuture<Void> first = ExitStackClosesItselfTest.Close.DIRECT.begin(time, one);
    time.await(ExitStackClosesItselfTest.Close.DIRECT.begin(time, other));
    time.await(first);

    assertThat(journal.events()).containsExactly("closed the one", "closed the other");
  }

  @Test
  void stack_closesTwoOthersWhileOneOfThemClosesIt_endsAll(VirtualTime time) throws Exception {
    AsyncExitStack stack = AsyncExitStack.open();
    AsyncExitStack free = AsyncExitStack.open();
    AsyncExitStack other = AsyncExitStack.open();
    free.deferAsync(() -> Async.sleepAsync(Carrier.STEP.multipliedBy(9)));
    other.deferAsync(
        () -> Async.sleepAsync(Carrier.STEP.multipliedBy(2)).thenCompose(_ -> stack.closeAsync()));
    stack.deferAsync(() ->
        Async.sleepAsync(Carrier.STEP)
            .thenCompose(_ -> CompletableFuture.allOf(other.closeAsync(), free.closeAsync())));
    other.closeAsync();

    time.await(stack.closeAsync());

    assertThat(other.closeAsync()).isCompletedWithValue(null);
    assertThat(time.elapsed()).isEqualTo(Carrier.STEP.multipliedBy(10));
  }

  @Test
  void stack_isClosedByAnExitThatItDoesNotWaitFor_isAwaited(VirtualTime time) throws Exception {
    AsyncExitStack outer = AsyncExitStack.open();
    AsyncExitStack inner = AsyncExitStack.open();
    inner.deferAsync(() -> Async.sleepAsync(Carrier.STEP.multipliedBy(9)));
    inner.closeAsync();
    outer.deferAsync(inner::closeAsync);

    time.await(outer.closeAsync());

    assertThat(time.elapsed()).isEqualTo(Carrier.STEP.multipliedBy(9));
  }

  @Test
  void use_whoseExitClosesAStackThatAwaitsIt_isRefused() {
    AsyncExitStack stack = AsyncExitStack.open();
    var gate = new CompletableFuture<Object>();
    uses.add(closing(stack, CompletableFuture.completedFuture("a")).useAsync(_ -> gate));
    stack.deferAsync(this::below);
    stack.deferAsync(uses::getFirst);
    stack.succeeded();
    CompletableFuture<Void> closed = stack.closeAsync();

    gate.complete("done");

    refused(uses.getFirst(), "the use of a would never end, as it waits for its own end");
    assertThat(closed.exceptionNow()).isSameAs(uses.getFirst().exceptionNow());
    assertThat(journal.events()).containsExactly("below");
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void stack_whoseExitAwaitsTheUseThatClosesIt_endsAll(boolean isPending) {
    AsyncExitStack stack = AsyncExitStack.open();
    var enter = new CompletableFuture<String>();
    var exit = new CompletableFuture<Object>();
    stack.deferAsync(this::below);
    stack.deferAsync(uses::getFirst);
    stack.deferAsync(() -> exit);
    stack.succeeded();
    uses.add(closing(stack, enter).useAsync(CompletableFuture::completedFuture));
    if (isPending) {
      enter.complete("a");
      exit.complete(null);
    } else {
      exit.complete(null);
      enter.complete("a");
    }

    refused(uses.getFirst(), "the use of a would never end, as it waits for its own end");
    assertThat(journal.events()).containsExactly("below");
    assertThat(stack.closeAsync()).isDone();
  }

  @Test
  void use_whoseExitClosesAStackThatBlocksForIt_isRefused(VirtualTime time) {
    AsyncExitStack stack = AsyncExitStack.open();
    stack.deferAsync(this::below);
    stack.deferAsync(uses::getFirst);
    uses.add(
        closing(stack, CompletableFuture.completedFuture("a"))
            .useAsync(_ -> Async.sleepAsync(Carrier.STEP).thenApply(_ -> "done")));
    CompletableFuture<Void> closed = ExitStackClosesItselfTest.Close.DIRECT.begin(time, stack);

    Throwable thrown = catchThrowable(() -> time.await(closed));

    refused(uses.getFirst(), "the use of a would never end, as it waits for its own end");
    assertThat(thrown).isSameAs(uses.getFirst().exceptionNow());
    assertThat(journal.events()).containsExactly("below");
  }

  @Test
  void stack_blocksForTheUseThatClosesIt_isRefused() {
    AsyncExitStack stack = AsyncExitStack.open();
    var gate = new CompletableFuture<Object>();
    uses.add(closing(stack, CompletableFuture.completedFuture("a")).useAsync(_ -> gate));
    stack.deferAsync(this::below);
    stack.deferAsync(uses::getFirst);
    stack.defer(() -> Thread.ofPlatform().start(() -> gate.complete("done")).join());

    Throwable thrown = catchThrowable(stack::close);

    refused(uses.getFirst(), "the use of a would never end, as it waits for its own end");
    assertThat(thrown).isSameAs(uses.getFirst().exceptionNow());
    assertThat(journal.events()).containsExactly("below");
  }

  @Test
  void work_awaitsTheCloseOfAStackThatAwaitsIt_isRefused() throws Exception {
    AsyncExitStack stack = AsyncExitStack.open();
    var closing = new CompletableFuture<CompletableFuture<Void>>();
    uses.add(Async.callAsync(() -> Async.<Object, Exception>await(closing.join())));
    stack.deferAsync(uses::getFirst);
    stack.succeeded();
    CompletableFuture<Void> closed = stack.closeAsync();
    closing.complete(closed);

    assertThat(closed)
        .failsWithin(Duration.ofSeconds(20))
        .withThrowableThat()
        .withMessageContaining("would never end");
  }

  private CompletableFuture<Void> below() {
    journal.add("below");
    return CompletableFuture.completedFuture(null);
  }

  private static AsyncContextManager<String> closing(
      AsyncExitStack stack, CompletableFuture<String> enter) {
    return AsyncContextManager.closing(() -> enter, _ -> stack.closeAsync()).named("a");
  }

  private static void refused(CompletableFuture<Object> use, String message) {
    assertThat(use).isDone();
    assertThat(use.exceptionNow())
        .isExactlyInstanceOf(IllegalStateException.class)
        .hasMessage(message);
  }
}
