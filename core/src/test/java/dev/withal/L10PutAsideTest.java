package dev.withal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.withal.testkit.Journal;
import dev.withal.testkit.LeakCheck;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * L10: what is too deep for the stack is put aside, and done before anybody can miss it. Each test
 * has a thread of its own, as what is put aside belongs to one.
 */
@ExtendWith(LeakCheck.class)
class L10PutAsideTest {
  /** Past the depth at which steps are put aside, and far from where a stack ends. */
  private static final int TOO_DEEP = 150;

  /** Past where a stack ends. */
  private static final int MUCH_TOO_DEEP = 20_000;

  private final AtomicInteger exits = new AtomicInteger();
  private final AsyncContextManager<String> manager =
      AsyncContextManager.of(
          () -> CompletableFuture.completedFuture("value"),
          (_, _) -> {
            exits.incrementAndGet();
            return Verdict.PROPAGATE.now();
          });

  @Test
  void nestedUses_deeperThanAnyStack_endBeforeTheCallReturns() throws Exception {
    CompletableFuture<String> result = onANewThread(() -> nest(MUCH_TOO_DEEP));

    assertThat(result).isCompletedWithValue("innermost");
    assertThat(exits).hasValue(MUCH_TOO_DEEP);
  }

  @Test
  void uses_oneAfterTheOther_eachEndBeforeTheCallReturns() throws Exception {
    int ended =
        onANewThread(() -> {
          int done = 0;
          for (int i = 0; i < TOO_DEEP; i++) {
            done += manager.useAsync(CompletableFuture::completedFuture).isDone() ? 1 : 0;
          }
          return done;
        });

    assertThat(ended).isEqualTo(TOO_DEEP);
    assertThat(exits).hasValue(TOO_DEEP);
  }

  @Test
  void join_deepInABody_waitsForNoUseThatWasPutAside() throws Exception {
    assertThat(onANewThread(() -> nestWaiting(TOO_DEEP, CompletableFuture::join)))
        .isCompletedWithValue("innermost");
    assertThat(exits).hasValue(TOO_DEEP);
  }

  @Test
  void get_deepInABody_waitsForNoUseThatWasPutAside() throws Exception {
    assertThat(onANewThread(() -> nestWaiting(TOO_DEEP, Future::get)))
        .isCompletedWithValue("innermost");
    assertThat(exits).hasValue(TOO_DEEP);
  }

  @Test
  void timedGet_deepInABody_waitsForNoUseThatWasPutAside() throws Exception {
    assertThat(onANewThread(() -> nestWaiting(TOO_DEEP, use -> use.get(1, TimeUnit.DAYS))))
        .isCompletedWithValue("innermost");
    assertThat(exits).hasValue(TOO_DEEP);
  }

  @Test
  void await_deepInABody_ofWhatWasMadeOfAUse_waitsForNoUseThatWasPutAside() throws Exception {
    assertThat(
            onANewThread(() ->
                nestWaiting(
                    TOO_DEEP, use -> Async.<String, Exception>await(use.thenApply(x -> x)))))
        .isCompletedWithValue("innermost");
    assertThat(exits).hasValue(TOO_DEEP);
  }

  @Test
  void join_deepInABody_ofWhatWasMadeOfAUse_waitsForNoUseThatWasPutAside() throws Exception {
    assertThat(
            onANewThread(
                () -> nestWaiting(TOO_DEEP, use -> use.thenApply(x -> x).thenApply(x -> x).join())))
        .isCompletedWithValue("innermost");
    assertThat(exits).hasValue(TOO_DEEP);
  }

  /** What a stack returns. */
  enum OfAStack {
    CLOSE {
      @Override
      Future<?> begin(AsyncExitStack stack) {
        return stack.closeAsync();
      }
    },
    EXIT {
      @Override
      Future<?> begin(AsyncExitStack stack) {
        return stack.exitAsync(ExitCase.success()).toCompletableFuture();
      }
    },
    ENTER {
      @Override
      Future<?> begin(AsyncExitStack stack) {
        return stack.enterAsync(AsyncContextManager.ofValue("x").enterTimeout(Duration.ofDays(1)));
      }
    };

    abstract Future<?> begin(AsyncExitStack stack);
  }

  @ParameterizedTest
  @EnumSource
  void join_deepInABody_ofWhatAStackReturns_waitsForNothingThatWasPutAside(OfAStack what)
      throws Exception {
    assertThat(onANewThread(() -> nestJoining(TOO_DEEP, what))).isCompletedWithValue("innermost");
    assertThat(exits).hasValue(2 * TOO_DEEP);
  }

  private CompletableFuture<String> nestJoining(int depth, OfAStack what) {
    return manager.useAsync(_ -> {
      AsyncExitStack stack = AsyncExitStack.open();
      stack.enter(manager);
      var _ = ((CompletableFuture<?>) what.begin(stack)).join();
      stack.close();
      return depth == 1
          ? CompletableFuture.completedFuture("innermost")
          : CompletableFuture.completedFuture(
              Async.<String, Exception>await(
                  nestJoining(depth - 1, what).thenApply(value -> value)));
    });
  }

  @Test
  void flatMap_pastTheHundredth_inDirectStyle_keepsTheOrder(Journal journal) throws Exception {
    AsyncContextManager<Integer> chain = AsyncContextManager.ofValue(0);
    for (int i = 0; i < TOO_DEEP; i++) {
      chain = chain.flatMap(at -> numbered(journal, at + 1)).map(at -> at);
    }

    int top = chain.<Integer, Exception>use(value -> value);

    assertThat(top).isEqualTo(TOO_DEEP);
    assertThat(journal.events()).hasSize(TOO_DEEP).startsWith("150", "149").endsWith("2", "1");
  }

  @Test
  void flatMap_ofALongChain_inDirectStyle_endsInBoundedStack() throws Exception {
    AsyncContextManager<String> chain = manager;
    for (int i = 1; i < MUCH_TOO_DEEP; i++) {
      chain = chain.flatMap(_ -> manager);
    }
    AsyncContextManager<String> all = chain;

    String result = onANewThread(() -> all.use(value -> value));

    assertThat(result).isEqualTo("value");
    assertThat(exits).hasValue(MUCH_TOO_DEEP);
  }

  @Test
  void flatMap_insideItself_inDirectStyle_endsInBoundedStack() throws Exception {
    AsyncContextManager<String> all = inside(MUCH_TOO_DEEP);

    String result = onANewThread(() -> all.use(value -> value));

    assertThat(result).isEqualTo("value");
    assertThat(exits).hasValue(MUCH_TOO_DEEP);
  }

  private AsyncContextManager<String> inside(int depth) {
    return depth == 1 ? manager : manager.flatMap(_ -> inside(depth - 1));
  }

  private static <T> T onANewThread(Callable<T> call) throws Exception {
    var result = new FutureTask<>(call);
    Thread.ofPlatform().daemon().start(result);
    return result.get();
  }

  private CompletableFuture<String> nest(int depth) {
    return manager.useAsync(
        _ -> depth == 1 ? CompletableFuture.completedFuture("innermost") : nest(depth - 1));
  }

  private interface Wait {
    String on(CompletableFuture<String> use) throws Exception;
  }

  private CompletableFuture<String> nestWaiting(int depth, Wait wait) {
    return manager.useAsync(_ ->
        depth == 1
            ? CompletableFuture.completedFuture("innermost")
            : CompletableFuture.completedFuture(wait.on(nestWaiting(depth - 1, wait))));
  }

  private static AsyncContextManager<Integer> numbered(Journal journal, int number) {
    return AsyncContextManager.closing(
        () -> CompletableFuture.completedFuture(number),
        value -> {
          journal.add(value.toString());
          return CompletableFuture.completedFuture(null);
        });
  }
}
