package dev.withal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.withal.L3StoppedWorkTest.Owner;
import dev.withal.testkit.VirtualTime;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * L3: who awaits work that it stops has it ended before it goes on, interrupted or not; {@link
 * L3AwaitedWorkAroundTest} has uses, timeouts and exits around that.
 */
class L3AwaitedWorkTest extends AwaitedWork {
  // ---- nobody interrupts -----------------------------------------------------------------------

  @ParameterizedTest
  @EnumSource
  void await_workEnds_returnsItsValue(Owner owner, VirtualTime time) {
    awaiting(time, owner.stage(work), this::stop);

    work.complete("value");
    time.settle();

    assertThat(journal.events()).containsExactly("got value");
    assertThat(flag).isCompletedWithValue(false);
  }

  @ParameterizedTest
  @EnumSource
  void await_workHasEnded_returnsItsValueAndLeavesTheFlag(Owner owner, VirtualTime time) {
    work.complete("value");
    user(
        time,
        () -> {
          Thread.currentThread().interrupt();
          journal.add("got " + Async.<String, Exception>await(owner.stage(work), this::stop));
        });

    assertThat(journal.events()).containsExactly("got value");
    assertThat(flag).isCompletedWithValue(true);
  }

  @ParameterizedTest
  @EnumSource
  void await_workFails_throwsItsErrorAsItIs(Owner owner, VirtualTime time) {
    var error = new IOException("work");
    awaiting(time, owner.stage(work), this::stop);

    work.completeExceptionally(error);
    time.settle();

    assertThat(thrown.resultNow()).isSameAs(error).hasNoCause().hasNoSuppressedExceptions();
    assertThat(journal.events()).isEmpty();
  }

  // ---- somebody does ---------------------------------------------------------------------------

  @ParameterizedTest
  @EnumSource
  void await_isInterrupted_stopsOnItsThreadAndWaitsForTheEnd(Owner owner, VirtualTime time) {
    var stopper = new CompletableFuture<Thread>();
    Thread user =
        awaiting(
            time,
            owner.stage(work),
            () -> {
              stop();
              stopper.complete(Thread.currentThread());
            });

    time.interrupt(user);
    time.advance(Duration.ofHours(1));
    assertThat(journal.events()).containsExactly("stop");
    assertThat(thrown).isNotDone();
    work.cancel(true);
    time.settle();

    assertThat(stopper).isCompletedWithValue(user);
    assertThat(thrown.resultNow())
        .isExactlyInstanceOf(InterruptedException.class)
        .hasNoSuppressedExceptions();
    assertThat(flag).isCompletedWithValue(false);
    assertThat(journal.events()).containsExactly("stop");
  }

  @ParameterizedTest
  @EnumSource
  void await_wasInterruptedBefore_stopsAtOnce(Owner owner, VirtualTime time) {
    user(
        time,
        () -> {
          Thread.currentThread().interrupt();
          Async.<String, Exception>await(owner.stage(work), this::stop);
        });

    assertThat(journal.events()).containsExactly("stop");
    work.cancel(true);
    time.settle();

    assertThat(thrown.resultNow()).isExactlyInstanceOf(InterruptedException.class);
  }

  @ParameterizedTest
  @EnumSource
  void await_workFailsAsItIsStopped_addsItsError(Owner owner, VirtualTime time) {
    var error = new IOException("work");
    Thread user = awaiting(time, owner.stage(work), this::stop);

    time.interrupt(user);
    time.settle();
    work.completeExceptionally(error);
    time.settle();

    assertThat(thrown.resultNow())
        .isExactlyInstanceOf(InterruptedException.class)
        .hasSuppressedException(error);
    assertThat(thrown.resultNow().getSuppressed()).hasSize(1);
    assertThat(flag).isCompletedWithValue(false);
  }

  @ParameterizedTest
  @EnumSource
  void await_valueComesAfterAll_isReturnedWithTheFlagSet(Owner owner, VirtualTime time) {
    Thread user = awaiting(time, owner.stage(work), this::stop);

    time.interrupt(user);
    time.settle();
    work.complete("value");
    time.settle();

    assertThat(journal.events()).containsExactly("stop", "got value");
    assertThat(flag).isCompletedWithValue(true);
  }

  @ParameterizedTest
  @EnumSource
  void await_isInterruptedTwice_stopsOnceAndSetsTheFlag(Owner owner, VirtualTime time) {
    Thread user = awaiting(time, owner.stage(work), this::stop);

    time.interrupt(user);
    time.settle();
    time.interrupt(user);
    time.settle();
    assertThat(thrown).isNotDone();
    work.cancel(true);
    time.settle();

    assertThat(thrown.resultNow()).isExactlyInstanceOf(InterruptedException.class);
    assertThat(flag).isCompletedWithValue(true);
    assertThat(journal.events()).containsExactly("stop");
  }

  @Test
  void await_stopThrows_isReportedAndTheWorkIsAwaited(VirtualTime time) {
    var failure = new IllegalStateException("stop");
    Thread user =
        awaiting(
            time,
            work,
            () -> {
              throw failure;
            });

    time.interrupt(user);
    time.settle();
    assertThat(thrown).isNotDone();
    work.cancel(true);
    time.settle();

    assertThat(reports)
        .singleElement()
        .satisfies(report -> {
          assertThat(report.kind()).isEqualTo(Report.Kind.FAILED_CALLBACK);
          assertThat(report.error()).isSameAs(failure);
        });
    assertThat(thrown.resultNow())
        .isExactlyInstanceOf(InterruptedException.class)
        .hasNoSuppressedExceptions();
  }

  @Test
  void await_stopInterruptsItsOwnThread_waitsAllTheSame(VirtualTime time) {
    Thread user = awaiting(time, work, () -> Thread.currentThread().interrupt());

    time.interrupt(user);
    time.settle();
    assertThat(thrown).isNotDone();
    work.cancel(true);
    time.settle();

    assertThat(thrown.resultNow()).isExactlyInstanceOf(InterruptedException.class);
    assertThat(flag).isCompletedWithValue(true);
  }
}
