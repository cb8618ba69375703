package dev.withal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.withal.testkit.LeakCheck;
import dev.withal.testkit.VirtualTime;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** L3: a body is asked to end that got its stack from a manager of another kind. */
@ExtendWith(LeakCheck.class)
class ExitStackHandedOutTest extends StacksAskedToEnd {
  @Test
  void cancel_enterOnItIsPending_endsItAtOnce(VirtualTime time) {
    AsyncContextManager<AsyncExitStack> wrapping =
        () -> AsyncExitStack.manager().enterAsync().thenApply(Wrapper::new);
    List<AsyncContextManager<AsyncExitStack>> managers =
        List.of(
            AsyncContextManager.generator(
                yield -> AsyncExitStack.manager().run(stack -> yield.value(stack))),
            AsyncContextManager.generator(yield -> {
              try (var stack = AsyncExitStack.open()) {
                yield.value(stack);
                stack.succeeded();
              }
            }),
            AsyncExitStack.manager().blocking().async(Runnable::run),
            ContextManager.closing(AsyncExitStack::open).async(),
            AsyncContextManager.closing(
                () -> CompletableFuture.completedFuture(AsyncExitStack.open()),
                AsyncExitStack::closeAsync),
            AsyncContextManager.of(
                () -> CompletableFuture.completedFuture(AsyncExitStack.open()),
                AsyncExitStack::exitAsync),
            wrapping);
    managers.forEach(manager -> {
      CompletableFuture<String> use =
          manager.useAsync(stack -> stack.enterAsync(slow).thenApply(x -> x));
      time.settle();

      use.cancel(true);
      var _ = catchThrowable(() -> time.await(use));

      assertThat(use).isCancelled();
    });
    assertThat(journal.events()).hasSize(managers.size()).containsOnly("slow asked");
    assertThat(reports).isEmpty();
    assertThat(time.elapsed()).isZero();
  }

  @Test
  void cancel_itIsSomebodyElses_isNotAsked(VirtualTime time) {
    var body = new CompletableFuture<String>();
    AsyncExitStack shared = AsyncExitStack.open();
    CompletableFuture<String> use =
        AsyncContextManager.ofValue(shared)
            .useAsync((_, cancellation) -> cancellation.cancelling(body));

    use.cancel(true);
    CompletableFuture<String> entered = shared.enterAsync(first);
    shared.succeeded();
    shared.close();

    assertThat(use).isCancelled();
    assertThat(entered).isCompletedWithValue("first");
    assertThat(journal.events())
        .containsExactly("enter first", "entered first", "exit first succeeded", "exited first");
  }

  /** A context of one's own around another one. */
  private record Wrapper<T>(AsyncContext<T> wrapped) implements AsyncContext<T> {
    @Override
    public T value() {
      return wrapped.value();
    }

    @Override
    public CompletionStage<?> lost() {
      return wrapped.lost();
    }

    @Override
    public CompletionStage<Verdict> exitAsync(ExitCase how) {
      return wrapped.exitAsync(how);
    }
  }
}
