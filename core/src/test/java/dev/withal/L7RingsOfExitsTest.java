package dev.withal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.withal.testkit.LeakCheck;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** L7: an enter or exit on a thread is refused a wait for the use that it is part of. */
@ExtendWith(LeakCheck.class)
class L7RingsOfExitsTest extends RingsOfThreads {
  @Test
  void enterOfAGenerator_awaitsItsUse_isRefused() {
    AsyncContextManager<Object> generator =
        AsyncContextManager.generator(yield -> yield.value(awaitTheFirst()));
    uses.add(generator.named("a").useAsync(CompletableFuture::completedFuture));

    assertFirstFailsWith("the use of a would never end, as it waits for its own end");
  }

  @Test
  void exitOfAGenerator_awaitsItsUse_isRefused() {
    AsyncContextManager<String> generator =
        AsyncContextManager.generator(yield -> {
          yield.value("value");
          journal.add("exit");
          awaitTheFirst();
        });
    uses.add(generator.named("a").useAsync(CompletableFuture::completedFuture));

    assertFirstFailsWith("the use of a would never end, as it waits for its own end");
    assertThat(journal.events()).containsExactly("exit");
  }

  @Test
  void exitOnAnExecutor_awaitsItsUse_isRefused() {
    try (var executor = Executors.newSingleThreadExecutor()) {
      uses.add(
          ContextManager.of(() -> "value", (_, _) -> verdictOfTheFirst())
              .async(executor)
              .named("a")
              .useAsync(CompletableFuture::completedFuture));

      assertFirstFailsWith("the use of a would never end, as it waits for its own end");
    }
  }

  @Test
  void exitIsWork_thatAwaitsItsUse_isRefused() {
    uses.add(
        AsyncContextManager.of(
                () -> CompletableFuture.completedFuture("value"),
                (_, _) -> Async.callAsync(this::verdictOfTheFirst))
            .named("a")
            .useAsync(CompletableFuture::completedFuture));

    assertFirstFailsWith(
        "the use of a would never end: it waits for that of Async.callAsync, which waits for it");
  }

  @ParameterizedTest
  @EnumSource
  void exitInsideOfOthers_awaitsTheUse_isRefused(Around around) {
    AsyncContextManager<String> generator =
        AsyncContextManager.generator(yield -> {
          yield.value("value");
          awaitTheFirst();
        });
    uses.add(around.of(generator).named("a").useAsync(CompletableFuture::completedFuture));

    known.countDown();
    refusal(uses.getFirst()).withMessageStartingWith("the use of a would never end");
  }

  /** What hides from a use which exits it waits for. */
  enum Around {
    GROUP {
      @Override
      AsyncContextManager<?> of(AsyncContextManager<String> inner) {
        return AsyncContextManager.all(List.of(AsyncContextManager.ofValue("first"), inner));
      }
    },
    STACK {
      @Override
      AsyncContextManager<?> of(AsyncContextManager<String> inner) {
        return new AsyncContextManager<AsyncExitStack>() {
          @Override
          public CompletionStage<AsyncContext<AsyncExitStack>> enterAsync() {
            AsyncExitStack stack = AsyncExitStack.open();
            return stack.enterAsync(inner).thenApply(_ -> stack);
          }
        };
      }
    },
    SUPPRESSING {
      @Override
      AsyncContextManager<?> of(AsyncContextManager<String> inner) {
        return inner.suppressing(TimeoutException.class);
      }
    },
    FLAT_MAP {
      @Override
      AsyncContextManager<?> of(AsyncContextManager<String> inner) {
        return AsyncContextManager.ofValue("first").flatMap(_ -> inner);
      }
    };

    abstract AsyncContextManager<?> of(AsyncContextManager<String> inner);
  }
}
