package dev.withal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.withal.testkit.Journal;
import dev.withal.testkit.LeakCheck;
import dev.withal.testkit.VirtualTime;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Waiting for some time. */
@ExtendWith(LeakCheck.class)
class AsyncApiSleepTest {
  private static final Duration LONG = Duration.ofSeconds(10);

  private final Journal journal = new Journal();

  // ---- sleep -----------------------------------------------------------------------------------

  @Test
  void sleep_returnsWhenTheTimeHasPassed(VirtualTime time) throws Exception {
    Async.sleep(LONG);

    assertThat(time.elapsed()).isEqualTo(LONG);
    assertThat(time.pendingTimers()).isZero();
  }

  @Test
  void sleep_zeroOrLess_returnsAtOnce(VirtualTime time) throws Exception {
    Async.sleep(Duration.ZERO);
    Async.sleep(LONG.negated());

    assertThat(time.elapsed()).isZero();
  }

  @Test
  void sleep_interrupted_endsAndFreesItsTimer(VirtualTime time) {
    Thread sleeper = start(time, () -> Async.sleep(LONG));

    time.interrupt(sleeper);
    time.settle();

    assertThat(journal.events()).containsExactly("InterruptedException, flag false");
    assertThat(time.pendingTimers()).isZero();
    assertThat(time.elapsed()).isZero();
  }

  @Test
  void sleep_insideAnExitOfThisThread_isNotEndedByAnInterruption(VirtualTime time) {
    AsyncContextManager<String> manager =
        AsyncContextManager.generator(yield -> {
          yield.value("value");
          Async.sleep(LONG);
          journal.add("exited at " + time.elapsed());
        });
    Thread user = start(time, () -> manager.<String, Exception>use(value -> value));

    time.interrupt(user);
    time.advance(LONG);

    assertThat(journal.events()).containsExactly("exited at PT10S", "returned, flag true");
  }

  @Test
  void sleepAsync_completesWithNullWhenTheTimeHasPassed(VirtualTime time) {
    CompletableFuture<Void> over = Async.sleepAsync(LONG);

    time.advance(LONG.minusNanos(1));
    assertThat(over).isNotDone();
    time.advance(Duration.ofNanos(1));

    assertThat(over).isCompletedWithValue(null);
  }

  @Test
  void sleepAsync_zeroOrLess_isCompleteAtOnce(VirtualTime time) {
    assertThat(Async.sleepAsync(Duration.ZERO)).isCompletedWithValue(null);
    assertThat(Async.sleepAsync(LONG.negated())).isCompletedWithValue(null);
    assertThat(time.pendingTimers()).isZero();
  }

  @Test
  void sleepAsync_cancelled_freesItsTimer(VirtualTime time) {
    CompletableFuture<Void> over = Async.sleepAsync(LONG);
    assertThat(time.pendingTimers()).isEqualTo(1);

    over.cancel(false);

    assertThat(time.pendingTimers()).isZero();
    assertThat(over).isCancelled();
  }

  @Test
  void sleepAsync_completedByHand_freesItsTimer(VirtualTime time) {
    CompletableFuture<Void> over = Async.sleepAsync(LONG);

    over.complete(null);

    assertThat(time.pendingTimers()).isZero();
  }

  @Test
  void sleepAsync_ofTheLongestDuration_isAccepted(VirtualTime time) {
    CompletableFuture<Void> over = Async.sleepAsync(Duration.ofSeconds(Long.MAX_VALUE));

    time.advance(LONG);

    assertThat(over).isNotDone();
    over.cancel(false);
  }

  @Test
  void sleep_null_isRefused() {
    assertThatNullPointerException().isThrownBy(() -> Async.sleep(null)).withMessage("duration");
    assertThatNullPointerException()
        .isThrownBy(() -> Async.sleepAsync(null))
        .withMessage("duration");
  }

  private interface Step {
    void run() throws Exception;
  }

  /** Runs a step on a thread of its own up to where it waits; the journal tells how it ends. */
  private Thread start(VirtualTime time, Step step) {
    Thread thread =
        time.start(() -> {
          Throwable thrown = catchThrowable(step::run);
          journal.add(
              (thrown == null ? "returned" : thrown.getClass().getSimpleName())
                  + ", flag "
                  + Thread.currentThread().isInterrupted());
        });
    time.settle();
    return thread;
  }
}
