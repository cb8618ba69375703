package dev.withal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.withal.testkit.Journal;
import dev.withal.testkit.LeakCheck;
import dev.withal.testkit.VirtualTime;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Generators in stage style, on a virtual thread of their own. */
@ExtendWith(LeakCheck.class)
class CoroutineTest {

  @Test
  void coroutine_isCancelledWhileItEnters_givesBackWhatItHas(VirtualTime time, Journal journal) {
    AsyncContextManager<String> manager =
        AsyncContextManager.generator(yield -> {
          journal.add("acquired");
          try {
            Async.sleep(Carrier.STEP);
            yield.value("value");
          } finally {
            journal.add("released");
          }
        });
    CompletableFuture<String> result = manager.useAsync(CompletableFuture::completedFuture);
    time.settle();

    result.cancel(true);
    time.settle();

    assertThat(result).isCancelled();
    assertThat(journal.events()).containsExactly("acquired", "released");
  }

  @Test
  void coroutine_bodyIsCancelled_throwsTheReasonAtTheYield(VirtualTime time, Journal journal) {
    var seen = new AtomicReference<Throwable>();
    AsyncContextManager<String> manager =
        AsyncContextManager.generator(yield -> {
          try {
            yield.value("value");
          } catch (CancellationException e) {
            seen.set(e);
            throw e;
          }
        });
    var body = new CompletableFuture<String>();
    CompletableFuture<String> result =
        manager.useAsync((_, cancellation) -> cancellation.cancelling(body));
    time.settle();

    result.cancel(true);
    time.settle();

    assertThat(result).isCancelled();
    assertThat(body).isCancelled();
    assertThat(seen.get()).hasMessage("cancelled by its caller");
  }

  @Test
  void coroutine_handsOverInterrupted_interruptsNoOuterExit(VirtualTime time, Journal journal) {
    AsyncContextManager<String> manager =
        AsyncContextManager.generator(yield -> {
          sleepAndKeepTheFlag();
          yield.value("late");
        });

    cancelInside(outer(journal), manager, time);

    assertThat(journal.events()).containsExactly("interrupted false");
  }

  @Test
  void coroutine_failsInterrupted_interruptsNoOuterExit(VirtualTime time, Journal journal) {
    AsyncContextManager<String> manager =
        AsyncContextManager.generator(_ -> {
          sleepAndKeepTheFlag();
          throw new IOException("gave up");
        });

    cancelInside(outer(journal), manager, time);

    assertThat(journal.events()).containsExactly("interrupted false");
  }

  @Test
  void coroutine_exitedTwice_isRefused(VirtualTime time) throws Exception {
    AsyncContext<? extends String> context = time.await(journaling(new Journal()).enterAsync());

    time.await(context.exitAsync(ExitCase.success()));

    assertThatThrownBy(() -> context.exitAsync(ExitCase.success()))
        .isExactlyInstanceOf(IllegalStateException.class)
        .hasMessage("this context was exited already: exit it once");
  }

  private static void sleepAndKeepTheFlag() {
    try {
      Async.sleep(Duration.ofDays(1));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Cancels an outer use while an inner one enters, on whose thread the outer one exits then. */
  private static void cancelInside(
      AsyncContextManager<String> outer, AsyncContextManager<String> inner, VirtualTime time) {
    CompletableFuture<String> result =
        outer.useAsync(_ -> inner.useAsync(CompletableFuture::completedFuture));
    time.settle();
    result.cancel(true);
    time.settle();
    assertThat(result).isCancelled();
  }

  private static AsyncContextManager<String> outer(Journal journal) {
    return AsyncContextManager.of(
        () -> CompletableFuture.completedFuture("outer"),
        (_, _) -> {
          journal.add("interrupted " + Thread.currentThread().isInterrupted());
          return Verdict.PROPAGATE.now();
        });
  }

  private static AsyncContextManager<String> journaling(Journal journal) {
    return AsyncContextManager.generator(yield -> {
      journal.add("before");
      try {
        yield.value("value");
      } finally {
        journal.add("finally");
      }
    });
  }
}
