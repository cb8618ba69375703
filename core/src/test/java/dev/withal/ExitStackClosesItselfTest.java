package dev.withal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.withal.testkit.Journal;
import dev.withal.testkit.LeakCheck;
import dev.withal.testkit.VirtualTime;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** L11: a stack that is closed by one of its own exits doesn't wait for itself. */
@ExtendWith(LeakCheck.class)
class ExitStackClosesItselfTest {
  private final Journal journal = new Journal();
  private final AsyncExitStack stack = AsyncExitStack.open();

  /** How a stack is closed from outside. */
  enum Close {
    DIRECT {
      @Override
      CompletableFuture<Void> begin(VirtualTime time, AsyncExitStack stack) {
        var closed = new CompletableFuture<Void>();
        time.start(() -> {
          try {
            stack.close();
            closed.complete(null);
          } catch (Throwable error) {
            closed.completeExceptionally(error);
          }
        });
        return closed;
      }
    },
    STAGE {
      @Override
      CompletableFuture<Void> begin(VirtualTime time, AsyncExitStack stack) {
        return stack.closeAsync();
      }
    };

    abstract CompletableFuture<Void> begin(VirtualTime time, AsyncExitStack stack);
  }

  @ParameterizedTest
  @EnumSource
  void exit_closesItsStack_endsAtOnce(Close close, VirtualTime time) throws Exception {
    closesFrom(close, time, stack::closeAsync);
  }

  @ParameterizedTest
  @EnumSource
  void exit_exitsItsStack_endsAtOnce(Close close, VirtualTime time) throws Exception {
    closesFrom(close, time, () -> stack.exitAsync(ExitCase.success()));
  }

  @ParameterizedTest
  @EnumSource
  void exit_closesItsStackAndGoesOn_endsAtOnce(Close close, VirtualTime time) throws Exception {
    closesFrom(close, time, () -> stack.closeAsync().thenApply(_ -> "more"));
  }

  @ParameterizedTest
  @EnumSource
  void exit_closesItsStackLater_endsAllTheSame(Close close, VirtualTime time) throws Exception {
    closesFrom(
        close,
        time,
        () ->
            Async.sleepAsync(Carrier.STEP)
                .thenCompose(_ -> Async.sleepAsync(Carrier.STEP))
                .thenCompose(_ -> stack.closeAsync()));
  }

  @ParameterizedTest
  @EnumSource
  void exit_closesItsStackByAUse_endsAllTheSame(Close close, VirtualTime time) throws Exception {
    closesFrom(
        close,
        time,
        () ->
            AsyncContextManager.ofValue("value")
                .useAsync(
                    _ -> Async.sleepAsync(Carrier.STEP).thenCompose(_ -> stack.closeAsync())));
  }

  @ParameterizedTest
  @EnumSource
  void exit_blocksInACloseOfItsStack_endsAllTheSame(Close close, VirtualTime time)
      throws Exception {
    closesFrom(
        close,
        time,
        () -> {
          stack.close();
          return CompletableFuture.completedFuture(null);
        });
  }

  @ParameterizedTest
  @EnumSource
  void generator_closesItsStack_endsAllTheSame(Close close, VirtualTime time) throws Exception {
    time.await(
        stack.enterAsync(
            AsyncContextManager.<String>generator(yield -> {
              try {
                yield.value("value");
              } catch (IllegalStateException told) {
                journal.add("exits");
              }
              stack.close();
              journal.add("closed");
            })));
    stack.deferAsync(() -> note("above"));

    time.await(close.begin(time, stack));

    assertThat(journal.events()).containsExactly("above", "exits", "closed");
  }

  @ParameterizedTest
  @EnumSource
  void synchronousExit_closesItsStack_endsAllTheSame(Close close, VirtualTime time)
      throws Exception {
    ContextManager<AutoCloseable> closing =
        ContextManager.closing(() ->
            () -> {
              stack.close();
              journal.add("closed");
            });
    stack.enter(closing.async());
    time.await(stack.enterAsync(closing.async()));

    time.await(close.begin(time, stack));

    assertThat(journal.events()).containsExactly("closed", "closed");
  }

  @ParameterizedTest
  @EnumSource
  void stacks_thatCloseEachOther_endBoth(Close close, VirtualTime time) throws Exception {
    AsyncExitStack other = AsyncExitStack.open();
    stack.deferAsync(() -> note("below"));
    stack.deferAsync(() -> Async.sleepAsync(Carrier.STEP).thenCompose(_ -> other.closeAsync()));
    other.deferAsync(() -> note("other's below"));
    other.deferAsync(() -> Async.sleepAsync(Carrier.STEP).thenCompose(_ -> stack.closeAsync()));

    time.await(close.begin(time, stack));

    assertThat(journal.events()).containsExactly("other's below", "below");
    assertThat(other.closeAsync()).isCompletedWithValue(null);
  }

  @ParameterizedTest
  @EnumSource
  void stacks_thatHoldEachOther_endBoth(Close close, VirtualTime time) throws Exception {
    AsyncExitStack other = AsyncExitStack.open();
    stack.deferAsync(() -> note("below"));
    stack.enter(() -> CompletableFuture.completedFuture(other));
    other.enter(() -> CompletableFuture.completedFuture(stack));
    other.enter(() -> CompletableFuture.completedFuture(other));
    other.deferAsync(() -> note("other's"));

    time.await(close.begin(time, stack));

    assertThat(journal.events()).containsExactly("other's", "below");
  }

  @ParameterizedTest
  @EnumSource
  void heir_closesItselfAndTheStackItIsFrom_endsAllTheSame(Close close, VirtualTime time)
      throws Exception {
    var heirs = new CompletableFuture<AsyncExitStack>();
    stack.deferAsync(() -> note("below"));
    stack.deferAsync(() -> heirs.join().closeAsync().thenCompose(_ -> stack.closeAsync()));
    AsyncExitStack heir = stack.popAll();
    heirs.complete(heir);

    time.await(close.begin(time, heir));

    assertThat(journal.events()).containsExactly("below");
    assertThat(stack.closeAsync()).isCompletedWithValue(null);
  }

  @ParameterizedTest
  @EnumSource
  void anotherClose_meanwhile_waitsForTheEnd(Close close, VirtualTime time) throws Exception {
    stack.deferAsync(() -> Async.sleepAsync(Carrier.STEP.multipliedBy(500)));
    CompletableFuture<Void> first = close.begin(time, stack);
    time.settle();
    var second =
        Async.sleepAsync(Carrier.STEP).thenCompose(_ -> stack.closeAsync()).thenApply(_ -> "all");

    String result = time.await(second);
    time.await(first);

    assertThat(result).isEqualTo("all");
    assertThat(time.elapsed()).isEqualTo(Carrier.STEP.multipliedBy(500));
  }

  private void closesFrom(
      Close close, VirtualTime time, Supplier<? extends CompletionStage<?>> exit) throws Exception {
    stack.deferAsync(() -> note("below"));
    stack.deferAsync(() -> {
      journal.add("closes itself");
      return exit.get();
    });
    stack.deferAsync(() -> note("above"));
    stack.succeeded();

    time.await(close.begin(time, stack));

    assertThat(journal.events()).containsExactly("above", "closes itself", "below");
  }

  private CompletionStage<String> note(String event) {
    journal.add(event);
    return CompletableFuture.completedFuture(event);
  }

  @Test
  void exit_closesItsStackFromADeepNest_endsAllTheSame() {
    stack.pushAsync(_ -> nest(200).thenApply(_ -> Verdict.PROPAGATE));

    CompletableFuture<Void> closed = stack.closeAsync();

    assertThat(closed).isCompleted();
  }

  private CompletableFuture<Void> nest(int depth) {
    return AsyncContextManager.ofValue("x")
        .useAsync(_ -> depth == 0 ? stack.closeAsync() : nest(depth - 1));
  }

  @Test
  void exitAfterATimer_closesTheStackAroundItsOwn_endsAllTheSame(VirtualTime time) {
    AsyncExitStack inner = AsyncExitStack.open();
    inner.pushAsync(_ -> stack.closeAsync().thenApply(_ -> Verdict.PROPAGATE));
    CompletableFuture<String> entered =
        inner.enterAsync(new ByHand(journal).grace(Duration.ofSeconds(1)));
    stack.pushAsync(inner::exitAsync);

    CompletableFuture<Void> closed = stack.closeAsync();
    time.advance(Duration.ofSeconds(2));

    assertThat(closed).isCompleted();
    assertThat(entered).isCompletedExceptionally();
  }
}
