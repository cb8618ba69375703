package dev.withal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.withal.testkit.LeakCheck;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * L7: uses that wait for each other by futures that are derived from theirs are refused as well.
 */
@ExtendWith(LeakCheck.class)
class L7RingsOfDerivedFuturesTest {
  private static final String ITSELF = "the use of a would never end, as it waits for its own end";

  private final List<CompletableFuture<Object>> uses = new CopyOnWriteArrayList<>();
  private final CompletableFuture<String> gate = new CompletableFuture<>();

  /** Derives a future that ends after another one. */
  enum Deriving {
    THEN_APPLY {
      @Override
      CompletableFuture<Object> of(CompletableFuture<Object> use) {
        return use.thenApply(x -> x);
      }
    },
    TWICE {
      @Override
      CompletableFuture<Object> of(CompletableFuture<Object> use) {
        return use.thenCompose(CompletableFuture::completedFuture).thenApply(x -> x);
      }
    },
    THEN_COMPOSE {
      @Override
      CompletableFuture<Object> of(CompletableFuture<Object> use) {
        return use.thenCompose(CompletableFuture::completedFuture);
      }
    },
    THEN_COMBINE {
      @Override
      CompletableFuture<Object> of(CompletableFuture<Object> use) {
        return use.thenCombine(CompletableFuture.completedFuture("x"), (x, _) -> x);
      }
    },
    WHEN_COMPLETE {
      @Override
      CompletableFuture<Object> of(CompletableFuture<Object> use) {
        return use.whenComplete((_, _) -> {});
      }
    },
    HANDLE_ASYNC {
      @Override
      CompletableFuture<Object> of(CompletableFuture<Object> use) {
        return use.handleAsync((x, _) -> x, Runnable::run);
      }
    },
    EXCEPTIONALLY {
      @Override
      CompletableFuture<Object> of(CompletableFuture<Object> use) {
        return use.exceptionally(Throwable::getMessage);
      }
    },
    COPY {
      @Override
      CompletableFuture<Object> of(CompletableFuture<Object> use) {
        return use.copy();
      }
    };

    abstract CompletableFuture<Object> of(CompletableFuture<Object> use);
  }

  /** Derives a future that may end before another one. */
  enum Bounding {
    OR_TIMEOUT {
      @Override
      CompletableFuture<Object> of(CompletableFuture<Object> use) {
        return use.thenApply(x -> x).orTimeout(1, TimeUnit.DAYS);
      }
    },
    COMPLETE_ON_TIMEOUT {
      @Override
      CompletableFuture<Object> of(CompletableFuture<Object> use) {
        return use.thenApply(x -> x).completeOnTimeout("late", 1, TimeUnit.DAYS);
      }
    },
    APPLY_TO_EITHER {
      @Override
      CompletableFuture<Object> of(CompletableFuture<Object> use) {
        return use.applyToEither(new CompletableFuture<>(), x -> x);
      }
    },
    APPLY_TO_EITHER_OF_DERIVED {
      @Override
      CompletableFuture<Object> of(CompletableFuture<Object> use) {
        return use.thenApply(x -> x)
            .applyToEitherAsync(new CompletableFuture<>(), x -> x, Runnable::run);
      }
    };

    abstract CompletableFuture<Object> of(CompletableFuture<Object> use);
  }

  @ParameterizedTest
  @EnumSource
  void body_returnsWhatIsDerivedFromItsUse_isRefused(Deriving deriving) {
    uses.add(manager("a", gate).useAsync(_ -> deriving.of(uses.getFirst())));

    gate.complete("value");

    refused(ITSELF);
  }

  @ParameterizedTest
  @EnumSource
  void bodies_returnWhatIsDerivedFromEachOther_endByTheLast(Deriving deriving) {
    var last = new CompletableFuture<String>();
    uses.add(manager("a", gate).useAsync(_ -> deriving.of(uses.get(1))));
    uses.add(manager("b", last).useAsync(_ -> deriving.of(uses.getFirst())));

    gate.complete("value");
    last.complete("value");

    assertThat(uses).allMatch(CompletableFuture::isDone);
    assertThat(uses.get(1).exceptionNow())
        .hasMessage("the use of b would never end: it waits for that of a, which waits for it");
  }

  @ParameterizedTest
  @EnumSource
  void exit_returnsWhatIsDerivedFromItsUse_isRefused(Deriving deriving) {
    uses.add(
        AsyncContextManager.closing(() -> gate, _ -> deriving.of(uses.getFirst()))
            .named("a")
            .useAsync(CompletableFuture::completedFuture));

    gate.complete("value");

    refused(ITSELF);
  }

  @ParameterizedTest
  @EnumSource
  void exit_returnsWhatIsDerivedFromTheCloseOfAStackThatAwaitsIt_isRefused(Deriving deriving) {
    AsyncExitStack stack = AsyncExitStack.open();
    uses.add(
        AsyncContextManager.closing(
                () -> CompletableFuture.completedFuture("x"),
                _ -> deriving.of(stack.closeAsync().thenApply(_ -> "closed")))
            .named("a")
            .useAsync(_ -> gate.thenApply(x -> x)));
    stack.deferAsync(() -> deriving.of(uses.getFirst()));
    stack.succeeded();
    CompletableFuture<Void> closed = stack.closeAsync();

    gate.complete("value");

    refused(ITSELF);
    assertThat(closed).isDone();
  }

  @Test
  void body_joinsWhatIsDerivedFromItsUse_isRefused() {
    uses.add(
        manager("a", gate)
            .useAsync(
                _ -> CompletableFuture.completedFuture(uses.getFirst().thenApply(x -> x).join())));

    gate.complete("value");

    refused(ITSELF);
  }

  @Test
  void body_awaitsWhatIsDerivedFromItsUse_isRefused() {
    uses.add(
        manager("a", gate)
            .useAsync(_ ->
                CompletableFuture.completedFuture(Async.await(uses.getFirst().thenApply(x -> x)))));

    gate.complete("value");

    refused(ITSELF);
  }

  @ParameterizedTest
  @EnumSource
  void derivedFuture_thatMayEndBefore_isAwaited(Bounding bounding) {
    var derived = new CompletableFuture<CompletableFuture<Object>>();
    uses.add(
        manager("a", gate)
            .useAsync(_ -> {
              derived.complete(bounding.of(uses.getFirst()));
              return derived.join();
            }));
    gate.complete("value");
    assertThat(uses.getFirst()).isNotDone();

    derived.join().complete("bound");

    assertThat(uses.getFirst()).isCompletedWithValue("bound");
  }

  @Test
  void derivedFuture_ofAUseThatHasEnded_waitsForNothing() {
    CompletableFuture<Object> end = new CompletableFuture<>();
    CompletableFuture<Object> inner =
        manager("b", CompletableFuture.completedFuture("x")).useAsync(_ -> end);
    uses.add(manager("a", gate).useAsync(_ -> inner.thenCompose(_ -> inner)));
    gate.complete("value");

    end.complete("end");

    assertThat(uses.getFirst()).isCompletedWithValue("end");
  }

  private void refused(String message) {
    assertThat(uses.getFirst()).isDone();
    assertThat(uses.getFirst().exceptionNow())
        .isExactlyInstanceOf(IllegalStateException.class)
        .hasMessage(message);
  }

  private static AsyncContextManager<String> manager(String name, CompletableFuture<String> gate) {
    return AsyncContextManager.closing(() -> gate, _ -> CompletableFuture.completedFuture(null))
        .named(name);
  }
}
