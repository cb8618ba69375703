package dev.withal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.withal.testkit.Journal;
import dev.withal.testkit.LeakCheck;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** L10: what is too deep for the stack is put aside, and done before anybody can miss it. */
@ExtendWith(LeakCheck.class)
class L10PutAsideTest {
  /** Past the depth at which steps are put aside, and far from where a stack ends. */
  private static final int TOO_DEEP = 150;

  private final AtomicInteger exits = new AtomicInteger();
  private final AsyncContextManager<String> manager =
      AsyncContextManager.of(
          () -> CompletableFuture.completedFuture("value"),
          (_, _) -> {
            exits.incrementAndGet();
            return Verdict.PROPAGATE.now();
          });

  @Test
  void nestedUses_deeperThanAnyStack_endBeforeTheCallReturns() {
    CompletableFuture<String> result = nest(20_000);

    assertThat(result).isCompletedWithValue("innermost");
    assertThat(exits).hasValue(20_000);
  }

  @Test
  void uses_oneAfterTheOther_eachEndBeforeTheCallReturns() {
    for (int i = 1; i <= TOO_DEEP; i++) {
      assertThat(manager.useAsync(CompletableFuture::completedFuture)).isCompleted();
      assertThat(exits).hasValue(i);
    }
  }

  @Test
  void join_deepInABody_waitsForNoUseThatWasPutAside() {
    assertThat(nestWaiting(TOO_DEEP, CompletableFuture::join)).isCompletedWithValue("innermost");
    assertThat(exits).hasValue(TOO_DEEP);
  }

  @Test
  void get_deepInABody_waitsForNoUseThatWasPutAside() {
    assertThat(nestWaiting(TOO_DEEP, Future::get)).isCompletedWithValue("innermost");
    assertThat(exits).hasValue(TOO_DEEP);
  }

  @Test
  void timedGet_deepInABody_waitsForNoUseThatWasPutAside() {
    assertThat(nestWaiting(TOO_DEEP, use -> use.get(1, TimeUnit.DAYS)))
        .isCompletedWithValue("innermost");
    assertThat(exits).hasValue(TOO_DEEP);
  }

  @Test
  void flatMap_pastTheHundredth_inDirectStyle_keepsTheOrder(Journal journal) throws Exception {
    AsyncContextManager<Integer> chain = AsyncContextManager.of(0);
    for (int i = 0; i < TOO_DEEP; i++) {
      chain = chain.flatMap(at -> numbered(journal, at + 1)).map(at -> at);
    }

    int top = chain.<Integer, Exception>use(value -> value);

    assertThat(top).isEqualTo(TOO_DEEP);
    assertThat(journal.events()).hasSize(TOO_DEEP).startsWith("150", "149").endsWith("2", "1");
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
