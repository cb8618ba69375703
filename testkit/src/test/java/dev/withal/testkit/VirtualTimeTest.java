package dev.withal.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.withal.Async;
import dev.withal.internal.Time;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.RejectedExecutionException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Time that passes only when nothing else can happen. */
class VirtualTimeTest {
  private static final Duration SECOND = Duration.ofSeconds(1);

  private final VirtualTime time = VirtualTime.install();
  private final Journal journal = new Journal();

  @AfterEach
  void close() {
    time.close();
  }

  @Test
  void sleep_inDirectStyle_takesVirtualTimeOnly() throws InterruptedException {
    Async.sleep(Duration.ofDays(365));

    assertThat(time.elapsed()).isEqualTo(Duration.ofDays(365));
  }

  /** What completed it may have ended by then, so that nobody is busy as this thread looks. */
  @Test
  void await_ofWhatIsDoneAlready_letsNoTimePass() throws InterruptedException {
    CompletableFuture<Void> sleep = Async.sleepAsync(SECOND);

    Time.current().await(CompletableFuture.completedFuture(null));

    assertThat(time.elapsed()).isZero();
    assertThat(sleep).isNotDone();
  }

  @Test
  void sleepAsync_endsWhenTimeHasCome_notBefore() {
    CompletableFuture<Void> sleep = Async.sleepAsync(SECOND);

    time.advance(SECOND.minusNanos(1));
    assertThat(sleep).isNotDone();
    time.advance(Duration.ofNanos(1));
    assertThat(sleep).isDone();
  }

  @Test
  void timers_runInTheOrderOfTheirTime_thenOfTheirMaking() {
    Async.sleepAsync(SECOND.multipliedBy(2)).thenRun(() -> journal.add("late at " + seconds()));
    Async.sleepAsync(SECOND).thenRun(() -> journal.add("first at " + seconds()));
    Async.sleepAsync(SECOND).thenRun(() -> journal.add("second at " + seconds()));

    time.advance(SECOND.multipliedBy(3));

    assertThat(journal.events()).containsExactly("first at 1", "second at 1", "late at 2");
    assertThat(time.elapsed()).isEqualTo(SECOND.multipliedBy(3));
  }

  @Test
  void advance_timersMadeByTimers_runAsWell() {
    Async.sleepAsync(SECOND)
        .thenCompose(_ -> Async.sleepAsync(SECOND))
        .thenRun(() -> journal.add("at " + seconds()));

    time.advance(SECOND.multipliedBy(2));

    assertThat(journal.events()).containsExactly("at 2");
  }

  @Test
  void threads_thatAllWait_letTimeJump() throws Exception {
    Thread thread = time.start(() -> sleeps("thread", SECOND.multipliedBy(2)));

    sleeps("test", SECOND);
    sleeps("test", SECOND.multipliedBy(2));
    thread.join();

    assertThat(journal.events()).containsExactly("test at 1", "thread at 2", "test at 3");
  }

  @Test
  void await_ofAStage_letsAsMuchTimePassAsItNeeds() throws Exception {
    String value = time.await(Async.sleepAsync(SECOND).thenApply(_ -> "value"));

    assertThat(value).isEqualTo("value");
    assertThat(time.elapsed()).isEqualTo(SECOND);
  }

  @Test
  void interrupt_endsTheWait_beforeTimePasses() throws Exception {
    Thread thread =
        time.start(() -> {
          try {
            Async.sleep(SECOND);
          } catch (InterruptedException e) {
            journal.add("interrupted at " + seconds());
          }
        });
    time.settle();

    time.interrupt(thread);
    thread.join();

    assertThat(journal.events()).containsExactly("interrupted at 0");
    assertThat(time.pendingTimers()).isZero();
  }

  @Test
  void interrupt_asTheThreadBeginsToWait_letsNoTimePass() throws Exception {
    for (int round = 0; round < 5_000; round++) {
      var ended = new CompletableFuture<Void>();
      Thread thread =
          time.start(() -> {
            assertThatThrownBy(() -> Async.sleep(SECOND)).isInstanceOf(InterruptedException.class);
            ended.complete(null);
          });
      time.interrupt(thread);

      Async.await(ended);
    }

    assertThat(time.elapsed()).isZero();
  }

  @Test
  void executor_holdsTheClockWhileItsTasksRun() throws Exception {
    time.executor(Thread::startVirtualThread).execute(() -> sleeps("task", SECOND.dividedBy(2)));

    sleeps("test", SECOND);

    assertThat(journal.events()).containsExactly("task at 0", "test at 1");
  }

  @Test
  void executor_thatRefuses_doesNotHoldTheClock() throws Exception {
    var closed = time.executor(_ -> refuse());
    assertThatThrownBy(() -> closed.execute(() -> journal.add("ran")))
        .isInstanceOf(RejectedExecutionException.class);

    Async.sleep(SECOND);

    assertThat(time.elapsed()).isEqualTo(SECOND);
    assertThat(journal.events()).isEmpty();
  }

  @Test
  void executor_onThisThread_whoseTaskThrows_doesNotLetTimeRunAhead() {
    var direct = time.executor(Runnable::run);
    Async.sleepAsync(SECOND).thenRun(() -> journal.add("rang"));

    assertThatThrownBy(() -> direct.execute(VirtualTimeTest::refuse))
        .isInstanceOf(RejectedExecutionException.class);
    time.settle();

    assertThat(journal.events()).isEmpty();
    assertThat(time.elapsed()).isZero();
  }

  @Test
  void executor_onAKnownThread_leavesItKnown() throws Exception {
    time.executor(Runnable::run).execute(() -> sleeps("task", SECOND));

    sleeps("test", SECOND);

    assertThat(journal.events()).containsExactly("task at 1", "test at 2");
  }

  @Test
  void settle_interrupted_tellsWhoIsBusy() throws Exception {
    var runs = new CountDownLatch(1);
    var go = new CountDownLatch(1);
    Thread busy =
        time.start(() -> {
          runs.countDown();
          awaitReally(go);
        });
    runs.await();
    Thread.currentThread().interrupt();

    assertThatIllegalStateException()
        .isThrownBy(time::settle)
        .withMessage("interrupted while it waited for a thread that neither ends nor waits")
        .withStackTraceContaining("virtual-time");
    assertThat(Thread.interrupted()).isTrue();
    go.countDown();
    busy.join();
  }

  @Test
  void install_whileItIsInForce_isRefused() {
    assertThatIllegalStateException()
        .isThrownBy(VirtualTime::install)
        .withMessage("virtual time is already in force: close it first");
  }

  private static void refuse() {
    throw new RejectedExecutionException("closed");
  }

  private static void awaitReally(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  private void sleeps(String who, Duration duration) {
    try {
      Async.sleep(duration);
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
    journal.add(who + " at " + seconds());
  }

  private long seconds() {
    return time.elapsed().toSeconds();
  }
}
