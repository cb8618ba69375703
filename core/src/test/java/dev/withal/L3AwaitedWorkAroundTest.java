package dev.withal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.withal.testkit.EventLoopThread;
import dev.withal.testkit.VirtualTime;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeoutException;
import java.util.function.BiConsumer;
import org.junit.jupiter.api.Test;

/** L3: work that is awaited and stopped, inside of uses, timeouts and exits; and misuse. */
class L3AwaitedWorkAroundTest extends AwaitedWork {
  // ---- around it -------------------------------------------------------------------------------

  @Test
  void use_isInterrupted_exitsAfterTheWork(VirtualTime time) {
    AsyncContextManager<String> manager =
        AsyncContextManager.of(
            () -> CompletableFuture.completedFuture("value"),
            (_, how) -> {
              journal.add("exit " + Probe.describe(how));
              return Verdict.PROPAGATE.now();
            });
    Thread user =
        user(time, () -> manager.run(_ -> Async.<String, Exception>await(work, this::stop)));

    time.interrupt(user);
    time.advance(Duration.ofHours(1));
    assertThat(journal.events()).containsExactly("stop");
    work.cancel(true);
    time.settle();

    assertThat(journal.events()).containsExactly("stop", "exit cancelled InterruptedException");
    assertThat(thrown.resultNow()).isExactlyInstanceOf(InterruptedException.class);
  }

  @Test
  void timeout_aroundTheWait_stopsTheWork(VirtualTime time) {
    user(
        time,
        () ->
            Async.runWithin(
                Duration.ofSeconds(3),
                () ->
                    Async.<String, Exception>await(
                        work,
                        () -> {
                          stop();
                          work.cancel(true);
                        })));

    time.advance(Duration.ofSeconds(3));

    assertThat(journal.events()).containsExactly("stop");
    assertThat(thrown.resultNow())
        .isExactlyInstanceOf(TimeoutException.class)
        .hasNoSuppressedExceptions();
    assertThat(flag).isCompletedWithValue(false);
  }

  @Test
  void timeout_workComesToAValueAllTheSame_leavesNoFlag(VirtualTime time) {
    user(
        time,
        () ->
            Async.runWithin(
                Duration.ofSeconds(3),
                () -> Async.<String, Exception>await(work, () -> work.complete("value"))));

    time.advance(Duration.ofSeconds(3));

    assertThat(thrown.resultNow()).isExactlyInstanceOf(TimeoutException.class);
    assertThat(flag).isCompletedWithValue(false);
  }

  @Test
  void interruption_ofAnExit_doesNotStopWhatThatAwaits(VirtualTime time) {
    Thread user = user(time, () -> exitingBy(() -> await()).run(_ -> {}));

    time.interrupt(user);
    time.settle();
    assertThat(journal.events()).isEmpty();
    work.complete("value");
    time.settle();

    assertThat(journal.events()).containsExactly("got value");
    assertThat(thrown.resultNow()).isNull();
    assertThat(flag).isCompletedWithValue(true);
  }

  @Test
  void timeout_thatAnExitSets_stopsWhatThatAwaits(VirtualTime time) {
    Thread user =
        user(
            time,
            () ->
                exitingBy(() -> Async.runWithin(Duration.ofSeconds(3), () -> await()))
                    .run(_ -> {}));
    time.interrupt(user);

    time.advance(Duration.ofSeconds(3));
    assertThat(journal.events()).containsExactly("stop");
    assertThat(thrown).isNotDone();
    work.cancel(true);
    time.settle();

    assertThat(thrown.resultNow()).isExactlyInstanceOf(TimeoutException.class);
    assertThat(flag).isCompletedWithValue(true);
  }

  private void await() throws Exception {
    journal.add("got " + Async.<String, Exception>await(work, this::stop));
  }

  private static ContextManager<String> exitingBy(Work.Action<Exception> exit) {
    return ContextManager.closing(() -> "value", _ -> exit.run());
  }

  // ---- stages of others, and misuse ------------------------------------------------------------

  @Test
  void await_stageThrowsAsItIsAskedToCallBack_failsWithThat() {
    var broken = new IllegalStateException("broken stage");
    var stage =
        new CompletableFuture<String>() {
          @Override
          public CompletableFuture<String> whenComplete(
              BiConsumer<? super String, ? super Throwable> action) {
            throw broken;
          }
        };

    Throwable error = catchThrowable(() -> Async.await(stage, this::stop));

    assertThat(error).isSameAs(broken);
    assertThat(journal.events()).isEmpty();
  }

  @Test
  void await_stageCallsBackTwice_hearsTheFirst() throws Exception {
    var stage =
        new CompletableFuture<String>() {
          @Override
          public CompletableFuture<String> whenComplete(
              BiConsumer<? super String, ? super Throwable> action) {
            action.accept("first", null);
            action.accept("second", null);
            return this;
          }
        };

    assertThat(Async.<String, Exception>await(stage, this::stop)).isEqualTo("first");
  }

  @Test
  void await_ofNull_isRefused() {
    assertThatThrownBy(() -> Async.await(null, this::stop))
        .isInstanceOf(NullPointerException.class)
        .hasMessage("stage");
    assertThatThrownBy(() -> Async.await(work, null))
        .isInstanceOf(NullPointerException.class)
        .hasMessage("stop");
  }

  @Test
  void await_onAnEventLoop_isRefused() throws Exception {
    var loop =
        new EventLoopThread(
            () -> thrown.complete(catchThrowable(() -> Async.await(work, this::stop))), "loop");
    loop.start();
    loop.join();

    assertThat(thrown.resultNow())
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContainingAll("Async.await", "whenComplete on the stage");
    assertThat(journal.events()).isEmpty();
  }
}
