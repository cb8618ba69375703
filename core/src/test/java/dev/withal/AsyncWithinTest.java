package dev.withal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.withal.testkit.EventLoopThread;
import dev.withal.testkit.Journal;
import dev.withal.testkit.LeakCheck;
import dev.withal.testkit.VirtualTime;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Work that may take some time at most, and says so in its signature. */
@ExtendWith(LeakCheck.class)
class AsyncWithinTest {
  private static final Duration SECOND = Duration.ofSeconds(1);

  private final Journal journal = new Journal();

  @Test
  void work_endsInTime_isItsResult(VirtualTime time) throws Exception {
    String result =
        Async.callWithin(
            SECOND,
            () -> {
              Async.sleep(SECOND.dividedBy(2));
              return "result";
            });

    assertThat(result).isEqualTo("result");
    assertThat(time.elapsed()).isEqualTo(SECOND.dividedBy(2));
    assertThat(time.pendingTimers()).isZero();
  }

  @Test
  void action_endsInTime_returns(VirtualTime time) throws Exception {
    Async.runWithin(SECOND, () -> journal.add("ran on " + Thread.currentThread()));

    assertThat(journal.events()).containsExactly("ran on " + Thread.currentThread());
    assertThat(time.pendingTimers()).isZero();
  }

  @Test
  void time_isOver_canBeCaughtAndLeavesNoFlag(VirtualTime time) throws InterruptedException {
    try {
      Async.runWithin(
          SECOND,
          () -> {
            try {
              Async.sleep(SECOND.multipliedBy(5));
            } finally {
              journal.add("ended");
            }
          });
    } catch (TimeoutException timedOut) {
      journal.add(timedOut.getMessage());
    }

    assertThat(journal.events()).containsExactly("ended", "timed out after PT1S");
    assertThat(time.elapsed()).isEqualTo(SECOND);
    assertThat(Thread.currentThread().isInterrupted()).isFalse();
  }

  @ParameterizedTest
  @ValueSource(longs = {0, -1, Long.MIN_VALUE})
  void time_isOverAlready_timesOutThoughTheWorkIsShort(long seconds, VirtualTime time)
      throws Exception {
    Duration limit = Duration.ofSeconds(seconds);

    Throwable thrown =
        catchThrowable(() -> Async.runWithin(limit, () -> journal.add("short work")));

    assertThat(thrown)
        .isExactlyInstanceOf(TimeoutException.class)
        .hasMessage("timed out after " + limit);
    assertThat(journal.events()).containsExactly("short work");
    assertThat(Thread.interrupted()).isFalse();
    assertThat(time.pendingTimers()).isZero();
  }

  @Test
  void time_isOverWhileWorkGoesOn_timesOutAtItsEnd(VirtualTime time) {
    Throwable thrown =
        catchThrowable(() ->
            Async.callWithin(
                SECOND,
                () -> {
                  try {
                    Async.sleep(SECOND.multipliedBy(5));
                  } catch (InterruptedException _) {
                    Async.sleep(SECOND.multipliedBy(5));
                    journal.add("ended");
                  }
                  return "result";
                }));

    assertThat(thrown).isExactlyInstanceOf(TimeoutException.class);
    assertThat(journal.events()).containsExactly("ended");
    assertThat(time.elapsed()).isEqualTo(SECOND.multipliedBy(6));
  }

  @Test
  void work_fails_throwsItsErrorAsItIs(VirtualTime time) {
    var error = new IOException("work");

    Throwable thrown = catchThrowable(() -> failing(error));

    assertThat(thrown).isSameAs(error).hasNoSuppressedExceptions();
    assertThat(time.pendingTimers()).isZero();
  }

  /** Its signature is all that the compiler knows of. */
  private static String failing(IOException error)
      throws IOException, TimeoutException, InterruptedException {
    return Async.callWithin(
        SECOND,
        () -> {
          throw error;
        });
  }

  @Test
  void work_timesOutByItself_throwsItsOwn(VirtualTime time) {
    var own = new TimeoutException("its own");

    Throwable thrown =
        catchThrowable(() ->
            Async.runWithin(
                SECOND,
                () -> {
                  throw own;
                }));

    assertThat(thrown).isSameAs(own);
    assertThat(time.elapsed()).isZero();
  }

  @Test
  void nested_innerIsOver_outerGoesOn(VirtualTime time) throws Exception {
    Async.runWithin(
        SECOND.multipliedBy(3),
        () -> {
          journal.add(
              catchThrowable(() -> Async.runWithin(SECOND, () -> Async.sleep(SECOND.plus(SECOND))))
                  .getMessage());
          Async.sleep(SECOND);
          journal.add("outer goes on");
        });

    assertThat(journal.events()).containsExactly("timed out after PT1S", "outer goes on");
    assertThat(Thread.currentThread().isInterrupted()).isFalse();
    assertThat(time.elapsed()).isEqualTo(SECOND.multipliedBy(2));
  }

  @Test
  void nested_outerIsOver_innerLetsItThrough(VirtualTime time) {
    Throwable thrown =
        catchThrowable(() ->
            Async.runWithin(
                SECOND,
                () ->
                    Async.runWithin(
                        SECOND.multipliedBy(3), () -> Async.sleep(SECOND.plus(SECOND)))));

    assertThat(thrown)
        .isExactlyInstanceOf(TimeoutException.class)
        .hasMessage("timed out after PT1S");
    assertThat(Thread.currentThread().isInterrupted()).isFalse();
    assertThat(time.elapsed()).isEqualTo(SECOND);
  }

  @Test
  void interruption_fromElsewhere_isTheWorksOwn(VirtualTime time) {
    var thrown = new CompletableFuture<Throwable>();
    Thread user =
        time.start(() ->
            thrown.complete(
                catchThrowable(
                    () -> Async.runWithin(SECOND, () -> Async.sleep(SECOND.plus(SECOND))))));
    time.settle();

    time.interrupt(user);
    time.settle();

    assertThat(thrown.resultNow()).isExactlyInstanceOf(InterruptedException.class);
  }

  @Test
  void arguments_areNull_areRefused() {
    assertThatThrownBy(() -> Async.callWithin(null, () -> "result"))
        .isInstanceOf(NullPointerException.class)
        .hasMessage("limit");
    assertThatThrownBy(() -> Async.callWithin(SECOND, null))
        .isInstanceOf(NullPointerException.class)
        .hasMessage("work");
    assertThatThrownBy(() -> Async.runWithin(SECOND, null))
        .isInstanceOf(NullPointerException.class)
        .hasMessage("action");
  }

  @Test
  void work_onAnEventLoop_isRefused() throws Exception {
    var thrown = new CompletableFuture<Throwable>();
    var loop =
        new EventLoopThread(
            () ->
                thrown.complete(
                    catchThrowable(() -> Async.runWithin(SECOND, () -> journal.add("ran")))),
            "loop");
    loop.start();
    loop.join();

    assertThat(thrown.resultNow())
        .isInstanceOf(IllegalStateException.class)
        .hasMessage(
            "a call within a limit blocks, and loop is an event-loop thread: call orTimeout on the"
                + " future of a use instead");
    assertThat(journal.events()).isEmpty();
  }
}
