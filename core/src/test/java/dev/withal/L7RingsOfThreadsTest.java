package dev.withal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.withal.testkit.Journal;
import dev.withal.testkit.LeakCheck;
import dev.withal.testkit.VirtualTime;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.assertj.core.api.ThrowableAssertAlternative;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** L7: work on a thread of ours is refused a wait for a use that waits for this work. */
@ExtendWith(LeakCheck.class)
class L7RingsOfThreadsTest {
  private final Journal journal = new Journal();
  private final List<CompletableFuture<Object>> uses = new CopyOnWriteArrayList<>();
  private final CountDownLatch known = new CountDownLatch(1);

  private final AsyncContextManager<String> manager =
      AsyncContextManager.of(
              () -> CompletableFuture.completedFuture("value"),
              (_, how) -> {
                journal.add("exit " + Probe.describe(how));
                return Verdict.PROPAGATE.now();
              })
          .named("a");

  @Test
  void work_awaitsTheUseWhoseBodyItIs_isRefused() {
    uses.add(manager.useAsync(_ -> Async.callAsync(this::awaitTheFirst)));

    assertRefused(
        "the use of a would never end: it waits for that of Async.callAsync, which waits for it");
  }

  @Test
  void work_getsTheUseWhoseBodyItIs_isRefused() {
    uses.add(
        manager.useAsync(_ ->
            Async.callAsync(() -> {
              known.await();
              return uses.getFirst().get();
            })));

    assertRefused(
        "the use of a would never end: it waits for that of Async.callAsync, which waits for it");
  }

  @Test
  void work_joinsTheUseWhoseBodyItIsInADirectUse_isRefused() {
    uses.add(
        manager.useAsync(_ ->
            Async.callAsync(() -> {
              known.await();
              return AsyncContextManager.ofValue("inner").use(_ -> uses.getFirst().join());
            })));

    assertRefused(
        "the use of a would never end: it waits for that of Async.callAsync, which waits for it");
  }

  @Test
  void work_awaitsItself_isRefused() {
    uses.add(Async.callAsync(this::awaitTheFirst));

    assertFirstFailsWith("the use of Async.callAsync would never end, as it waits for its own end");
  }

  @Test
  void twoUses_whoseWorkAwaitsTheOther_endBoth() {
    uses.add(manager.useAsync(_ -> Async.callAsync(() -> awaits(1))));
    uses.add(manager.named("b").useAsync(_ -> Async.callAsync(() -> awaits(0))));
    known.countDown();

    for (CompletableFuture<Object> use : uses) {
      refusal(use)
          .withMessageContaining(" would never end: it waits for that of Async.callAsync, ");
    }
    assertThat(journal.events()).hasSize(2).allMatch(event -> event.startsWith("exit failed"));
  }

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

  @Test
  void runInsideOfWork_awaitsTheUse_isRefused() {
    uses.add(
        manager.useAsync(
            _ -> Async.callAsync(() -> Async.<Object, Exception>call(this::awaitTheFirst))));

    assertRefused(
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

  @Test
  void work_besideTheBody_mayAwaitTheUse() throws Exception {
    var gate = new CompletableFuture<Object>();
    uses.add(manager.useAsync(_ -> gate));
    CompletableFuture<Object> beside = Async.callAsync(this::awaitTheFirst);
    known.countDown();

    gate.complete("result");

    assertThat(beside.get(1, TimeUnit.MINUTES)).isEqualTo("result");
    assertThat(journal.events()).containsExactly("exit succeeded");
  }

  @Test
  void work_hasAwaitedAUse_mayBeAwaitedByIt(VirtualTime time) {
    uses.add(manager.useAsync(_ -> CompletableFuture.completedFuture("first")));
    known.countDown();
    CompletableFuture<Object> work = Async.callAsync(this::awaitTheFirst);

    uses.add(manager.useAsync(_ -> work));

    assertThat(uses.getLast()).succeedsWithin(1, TimeUnit.MINUTES).isEqualTo("first");
    assertThat(time.pendingTimers()).isZero();
  }

  private Verdict verdictOfTheFirst() throws Exception {
    awaitTheFirst();
    return Verdict.PROPAGATE;
  }

  private Object awaitTheFirst() throws Exception {
    return awaits(0);
  }

  private Object awaits(int use) throws Exception {
    known.await();
    return Async.await(uses.get(use));
  }

  private void assertRefused(String message) {
    assertFirstFailsWith(message);
    assertThat(journal.events()).containsExactly("exit failed " + message);
  }

  private void assertFirstFailsWith(String message) {
    known.countDown();
    refusal(uses.getFirst())
        .withMessage(message)
        .satisfies(error -> assertThat(error).hasNoSuppressedExceptions());
  }

  private static ThrowableAssertAlternative<?> refusal(CompletableFuture<?> use) {
    return assertThat(use)
        .failsWithin(1, TimeUnit.MINUTES)
        .withThrowableThat()
        .havingCause()
        .isExactlyInstanceOf(IllegalStateException.class);
  }
}
