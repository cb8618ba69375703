package dev.withal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.withal.testkit.Journal;
import dev.withal.testkit.LeakCheck;
import dev.withal.testkit.VirtualTime;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Timeouts beside other requests to end, and after them. */
@ExtendWith(LeakCheck.class)
class TimeoutsInterruptedTest {
  private static final Duration LIMIT = Duration.ofMillis(20);
  private static final Duration LONG = Duration.ofSeconds(10);

  private final AtomicReference<Timeout> seen = new AtomicReference<>();

  @Test
  void timeout_callerCancelsFirst_isCancelled(VirtualTime time) {
    CompletableFuture<String> result =
        Async.timeout(LONG)
            .useAsync((timeout, cancellation) -> {
              seen.set(timeout);
              return cancellation.cancelling(new CompletableFuture<>());
            });

    result.cancel(true);
    time.advance(LONG);

    assertThat(result).isCancelled();
    assertThat(seen.get().expired()).isFalse();
  }

  @Test
  void timeout_threadIsInterruptedFirst_isInterrupted(VirtualTime time, Journal journal) {
    Thread user =
        time.start(() -> {
          Throwable thrown =
              catchThrowable(() -> use(Carrier.SAME_THREAD, time, Async.timeout(LONG), LONG));
          journal.add("thrown " + thrown.getClass().getSimpleName());
        });
    time.settle();

    time.interrupt(user);
    time.settle();

    assertThat(journal.events()).containsExactly("thrown InterruptedException");
    assertThat(seen.get().expired()).isFalse();
  }

  @Test
  void timeout_aroundAYield_leavesNoFlagThatTheBodyHasSetAgain(VirtualTime time) {
    AsyncContextManager<String> limited =
        AsyncContextManager.generator(
            yielding -> Async.timeout(LIMIT).run(_ -> yielding.value("value")));
    AsyncContextManager<String> nested =
        AsyncContextManager.generator(yielding -> limited.run(yielding::value));

    for (var manager : List.of(Async.timeout(LIMIT), limited, nested)) {
      Throwable thrown =
          catchThrowable(() ->
              manager.run(_ -> {
                try {
                  Async.sleep(LONG);
                } catch (InterruptedException e) {
                  Thread.currentThread().interrupt();
                }
              }));

      assertThat(thrown).isExactlyInstanceOf(TimeoutException.class);
      assertThat(Thread.interrupted()).isFalse();
    }
  }

  @Test
  void timeout_aroundAGenerator_keepsTheFlagForTheCodeBehindIt(VirtualTime time) {
    AsyncContextManager<String> generator =
        AsyncContextManager.generator(yielding -> yielding.value("value"));
    var seenBehindIt = new AtomicBoolean();

    Throwable thrown =
        catchThrowable(() ->
            Async.timeout(LIMIT)
                .run(_ -> {
                  generator.run(_ -> {
                    try {
                      Async.sleep(LONG);
                    } catch (InterruptedException e) {
                      Thread.currentThread().interrupt();
                    }
                  });
                  seenBehindIt.set(Thread.currentThread().isInterrupted());
                }));

    assertThat(thrown).isExactlyInstanceOf(TimeoutException.class);
    assertThat(seenBehindIt).isTrue();
    assertThat(Thread.interrupted()).isFalse();
  }

  @Test
  void timeout_threadIsInterruptedAfterIt_leavesThatToTheCaller(VirtualTime time, Journal journal) {
    AsyncContextManager<String> slowToExit =
        AsyncContextManager.closing(
            () -> CompletableFuture.completedFuture("value"), _ -> Async.sleepAsync(LONG));
    Thread user =
        time.start(() -> {
          Throwable thrown =
              catchThrowable(() ->
                  Async.timeout(LIMIT)
                      .use(_ ->
                          slowToExit.use(value -> {
                            Async.sleep(LONG);
                            return value;
                          })));
          journal.add("thrown " + thrown.getMessage());
          journal.add("interrupted " + Thread.interrupted());
        });
    time.advance(LIMIT.multipliedBy(2));

    time.interrupt(user);
    time.advance(LONG);

    assertThat(journal.events())
        .containsExactly("thrown timed out after PT0.02S", "interrupted true");
  }

  @Test
  void timeout_bodySetsTheFlagAgainAndRethrows_leavesItClear(VirtualTime time, Journal journal) {
    time.start(() -> {
      for (int i = 0; i < 2; i++) {
        Throwable thrown = catchThrowable(() -> Async.timeout(LIMIT).use(_ -> settingAgain()));
        journal.add(thrown.getMessage() + " " + Thread.currentThread().isInterrupted());
      }
    });
    time.advance(LIMIT.multipliedBy(2));

    assertThat(journal.events())
        .containsExactly("timed out after PT0.02S false", "timed out after PT0.02S false");
  }

  @Test
  void timeout_bodyOfAnInnerUseSetsTheFlagAgain_leavesItClear(VirtualTime time, Journal journal) {
    time.start(() -> {
      Throwable thrown =
          catchThrowable(() ->
              Async.timeout(LIMIT)
                  .use(_ -> AsyncContextManager.ofValue("x").use(_ -> settingAgain())));
      journal.add(thrown.getMessage() + " " + Thread.currentThread().isInterrupted());
    });
    time.advance(LIMIT);

    assertThat(journal.events()).containsExactly("timed out after PT0.02S false");
  }

  @Test
  void timeout_onAStack_bodySetsTheFlagAgain_leavesItClear(VirtualTime time, Journal journal) {
    time.start(() -> {
      Throwable thrown =
          catchThrowable(() ->
              AsyncExitStack.manager()
                  .use(stack -> {
                    stack.enter(Async.timeout(LIMIT));
                    return settingAgain();
                  }));
      journal.add(thrown.getMessage() + " " + Thread.currentThread().isInterrupted());
    });
    time.advance(LIMIT);

    assertThat(journal.events()).containsExactly("timed out after PT0.02S false");
  }

  @Test
  void timeout_ofAnInnerBodyExpiresAsWell_leavesTheOuterOnesToItsBody(
      VirtualTime time, Journal journal) {
    time.start(() -> {
      Throwable thrown =
          catchThrowable(() ->
              Async.timeout(LIMIT)
                  .use(_ -> {
                    Throwable inner =
                        catchThrowable(
                            () -> Async.timeout(LIMIT.multipliedBy(2)).use(_ -> expiringTwice()));
                    journal.add("inner " + inner.getMessage());
                    Async.sleep(LONG);
                    return null;
                  }));
      journal.add("outer " + thrown.getMessage());
      journal.add("flag " + Thread.currentThread().isInterrupted());
    });
    time.advance(LIMIT.multipliedBy(2));

    assertThat(journal.events())
        .containsExactly(
            "inner timed out after PT0.04S", "outer timed out after PT0.02S", "flag false");
  }

  @Test
  void timeout_callerCancelsAfterIt_isTheTimeout(VirtualTime time) {
    var body = new CompletableFuture<String>();
    CompletableFuture<String> result = Async.timeout(LIMIT).useAsync(_ -> body);
    time.advance(LIMIT);

    assertThat(result.cancel(true)).isFalse();
    body.complete("ignored");

    assertThat(result.exceptionNow()).isExactlyInstanceOf(TimeoutException.class);
  }

  private static String settingAgain() throws InterruptedException {
    try {
      Async.sleep(LONG);
    } catch (InterruptedException interruption) {
      Thread.currentThread().interrupt();
      throw interruption;
    }
    return "result";
  }

  /** A body that takes no notice of the first interruption. */
  private static String expiringTwice() throws InterruptedException {
    try {
      Async.sleep(LONG);
    } catch (InterruptedException _) {
      Async.sleep(LONG);
    }
    return "result";
  }

  /** Waits inside the timeout, in direct style or as a stage that can be cancelled. */
  private String use(
      Carrier carrier, VirtualTime time, AsyncContextManager<Timeout> manager, Duration wait)
      throws Exception {
    if (carrier.isDirect()) {
      return carrier.use(
          time,
          manager,
          timeout -> {
            seen.set(timeout);
            Async.sleep(wait);
            return "result";
          });
    }
    return time.await(
        manager.useAsync((timeout, cancellation) -> {
          seen.set(timeout);
          return cancellation.cancelling(Async.sleepAsync(wait)).thenApply(_ -> "result");
        }));
  }
}
