package dev.withal.tasks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.withal.Async;
import dev.withal.AsyncExitStack;
import dev.withal.Report;
import dev.withal.testkit.LeakCheck;
import dev.withal.testkit.VirtualTime;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** T4: the future of a task is done when the task has ended; completing it is a request. */
@ExtendWith(LeakCheck.class)
class T4RequestsTest {
  private final Jobs jobs = new Jobs();

  @ParameterizedTest
  @EnumSource
  void cancel_endsTheTaskAlone(Style style, VirtualTime time) throws Exception {
    style.run(
        Tasks.group(),
        time,
        (group, _) -> {
          CompletableFuture<String> task = style.job(group, jobs, "a", 5_000);
          style.job(group, jobs, "b", 50);
          time.settle();
          assertThat(task.cancel(true)).isTrue();
          task.whenComplete(
              (_, _) -> jobs.journal.add("future is cancelled: " + task.isCancelled()));
        });

    assertThat(jobs.journal.events())
        .containsExactly(
            "a interrupted", "a ended", "future is cancelled: true", "b done", "b ended");
  }

  @ParameterizedTest
  @EnumSource
  void orTimeout_failsOnceTheTaskHasEnded(Style style, VirtualTime time) {
    Throwable thrown =
        catchThrowable(() ->
            Tasks.group()
                .use(group ->
                    Async.await(
                        style.job(group, jobs, "a", 5_000).orTimeout(30, TimeUnit.MILLISECONDS))));

    assertThat(thrown).isInstanceOf(TimeoutException.class).hasMessage("timed out after PT0.03S");
    assertThat(jobs.journal.events()).containsExactly("a interrupted", "a ended");
    assertThat(time.elapsed()).isEqualTo(Duration.ofMillis(31));
  }

  @ParameterizedTest
  @EnumSource
  void completeOnTimeout_givesTheValueOnceTheTaskHasEnded(Style style, VirtualTime time)
      throws Exception {
    String result =
        Tasks.group()
            .use(group ->
                Async.await(
                    style
                        .job(group, jobs, "a", 5_000)
                        .completeOnTimeout("instead", 30, TimeUnit.MILLISECONDS)));

    assertThat(result).isEqualTo("instead");
    assertThat(time.elapsed()).isEqualTo(Duration.ofMillis(31));
  }

  @ParameterizedTest
  @EnumSource
  void completeExceptionally_isWhatTheFutureFailsWith(Style style, VirtualTime time)
      throws Exception {
    style.run(
        Tasks.group(),
        time,
        (group, _) -> {
          CompletableFuture<String> task = style.job(group, jobs, "a", 5_000);
          time.settle();
          task.completeExceptionally(new IOException("enough"));
          task.whenComplete((_, error) -> jobs.journal.add(error.getMessage()));
        });

    assertThat(jobs.journal.events()).containsExactly("a interrupted", "a ended", "enough");
  }

  @Test
  void completeAsync_isARequestToo(VirtualTime time) throws Exception {
    Tasks.group()
        .run(group -> {
          CompletableFuture<String> task = group.fork(jobs.job("a", 5_000));
          time.settle();
          task.completeAsync(() -> "given", Runnable::run);
          assertThat(task).isNotDone();
          jobs.journal.add(Async.await(task));
        });

    assertThat(jobs.journal.events()).containsExactly("a interrupted", "a ended", "given");
  }

  @Test
  void obtrude_isRefused(VirtualTime time) throws Exception {
    Tasks.group()
        .run(group -> {
          CompletableFuture<String> task = group.fork(jobs.job("a", 5));
          assertThatThrownBy(() -> task.obtrudeValue("x"))
              .isInstanceOf(UnsupportedOperationException.class);
          assertThatThrownBy(() -> task.obtrudeException(new IOException()))
              .isInstanceOf(UnsupportedOperationException.class);
        });
  }

  @Test
  void request_afterTheEnd_comesTooLate(VirtualTime time) throws Exception {
    Tasks.group()
        .run(group -> {
          CompletableFuture<String> task = group.fork(jobs.job("a", 5));
          assertThat(Async.await(task)).isEqualTo("a");
          assertThat(task.cancel(true)).isFalse();
          assertThat(task.complete("b")).isFalse();
        });
  }

  @Test
  void interruption_doesNotReachWhatContinuesOnTheTasksThread(VirtualTime time) throws Exception {
    Tasks.group()
        .run(group -> {
          CompletableFuture<String> task = group.fork(jobs.job("a", 5_000));
          task.whenComplete(
              (_, _) -> jobs.journal.add("flag " + Thread.currentThread().isInterrupted()));
          time.settle();
          task.cancel(true);
        });

    assertThat(jobs.journal.events()).containsExactly("a interrupted", "a ended", "flag false");
  }

  @Test
  void stack_thatATaskReturnsAfterItWasAsked_isExited(VirtualTime time) throws Exception {
    Tasks.group()
        .run(group -> {
          CompletableFuture<AsyncExitStack> task =
              group.fork(() -> {
                try {
                  Style.pause(5_000);
                } catch (InterruptedException e) {
                  jobs.journal.add("interrupted");
                }
                AsyncExitStack stack = AsyncExitStack.open();
                stack.defer(() -> jobs.journal.add("stack is exited"));
                return stack;
              });
          task.whenComplete((_, _) -> jobs.journal.add("future is done"));
          time.settle();
          task.cancel(true);
        });

    assertThat(jobs.journal.events())
        .containsExactly("interrupted", "stack is exited", "future is done");
  }

  @Test
  void closeable_thatATaskReturnsAfterItWasAsked_isReported(VirtualTime time) throws Exception {
    try (var _ =
        Report.listen(report -> jobs.journal.add(report.kind() + " " + report.context()))) {
      Tasks.group()
          .run(group -> {
            CompletableFuture<AutoCloseable> task =
                group.fork(() -> {
                  try {
                    Style.pause(5_000);
                  } catch (InterruptedException e) {
                    jobs.journal.add("interrupted");
                  }
                  return () -> {};
                });
            time.settle();
            task.cancel(true);
          });
    }

    assertThat(jobs.journal.events()).containsExactly("interrupted", "DROPPED_VALUE task");
  }

  @ParameterizedTest
  @EnumSource
  void request_beforeTheWorkBegan_keepsItFromBeginning(Style style, VirtualTime time)
      throws Exception {
    Tasks.group()
        .run(group -> {
          CompletableFuture<String> task =
              group.fork(() -> {
                Style.pause(1);
                return "x";
              });
          task.cancel(true);
          assertThat(catchThrowable(() -> Async.await(task)))
              .isInstanceOf(java.util.concurrent.CancellationException.class);
        });
  }

  @Test
  void map_callerIsInterruptedWhileItWaitsForRoom_isInterrupted(VirtualTime time) {
    Thread own = Thread.currentThread();
    time.start(() -> {
      catchThrowable(() -> Style.pause(5));
      time.interrupt(own);
    });
    Throwable thrown =
        catchThrowable(
            () -> Tasks.map(List.of(1, 2), 1, item -> jobs.job("" + item, 5_000).call()));

    assertThat(thrown).isInstanceOf(InterruptedException.class).hasNoSuppressedExceptions();
    assertThat(Thread.interrupted()).isFalse();
    assertThat(jobs.journal.events()).containsExactly("1 interrupted", "1 ended");
  }
}
