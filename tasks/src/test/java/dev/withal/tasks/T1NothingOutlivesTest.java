package dev.withal.tasks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.withal.Async;
import dev.withal.testkit.LeakCheck;
import dev.withal.testkit.VirtualTime;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** T1: nothing outlives the group. */
@ExtendWith(LeakCheck.class)
class T1NothingOutlivesTest {
  private final Jobs jobs = new Jobs();

  @ParameterizedTest
  @EnumSource
  void success_waitsForAllTasks(Style style, VirtualTime time) throws Exception {
    style.run(
        Tasks.group(),
        time,
        (group, _) -> {
          style.job(group, jobs, "a", 50);
          style.job(group, jobs, "b", 20);
          jobs.journal.add("body done");
        });
    jobs.journal.add("group over");

    assertThat(jobs.journal.events())
        .containsExactly("body done", "b done", "b ended", "a done", "a ended", "group over");
  }

  @ParameterizedTest
  @EnumSource
  void bodyFails_tasksAreAskedAndAwaited(Style style, VirtualTime time) {
    Throwable thrown =
        catchThrowable(() ->
            style.run(
                Tasks.group(),
                time,
                (group, _) -> {
                  style.job(group, jobs, "a", 5_000);
                  time.settle();
                  throw new IOException("body");
                }));
    jobs.journal.add("group over");

    assertThat(thrown)
        .isInstanceOf(IOException.class)
        .hasMessage("body")
        .hasNoSuppressedExceptions();
    assertThat(jobs.journal.events()).containsExactly("a interrupted", "a ended", "group over");
    assertThat(time.elapsed()).isEqualTo(Duration.ofMillis(1));
  }

  @ParameterizedTest
  @EnumSource
  void tasksOfTasks_areAwaited(Style style, VirtualTime time) throws Exception {
    style.run(
        Tasks.group(),
        time,
        (group, _) -> {
          group.launch(() -> {
            Style.pause(10);
            style.job(group, jobs, "inner", 50);
            jobs.journal.add("outer done");
          });
        });
    jobs.journal.add("group over");

    assertThat(jobs.journal.events())
        .containsExactly("outer done", "inner done", "inner ended", "group over");
  }

  @Test
  void caller_isInterruptedAfterTheBody_asksTheTasks(VirtualTime time) {
    Thread own = Thread.currentThread();
    time.start(() -> {
      pause();
      time.interrupt(own);
    });

    Throwable thrown =
        catchThrowable(() -> Tasks.group().run(group -> group.fork(jobs.job("a", 5_000))));
    jobs.journal.add("group over");

    assertThat(thrown).isInstanceOf(InterruptedException.class);
    assertThat(jobs.journal.events()).containsExactly("a interrupted", "a ended", "group over");
  }

  @Test
  void use_isCancelledAfterTheBody_asksTheTasks(VirtualTime time) {
    CompletableFuture<String> use =
        Tasks.group()
            .useAsync(group -> {
              group.start(jobs.stage("a", 5_000));
              return CompletableFuture.completedFuture("result");
            });
    time.advance(Duration.ofMillis(10));

    assertThat(use.cancel(true)).isTrue();
    time.advance(Duration.ofMillis(10));

    assertThat(use).isCancelled();
    assertThat(jobs.journal.events()).containsExactly("a interrupted", "a ended");
  }

  @Test
  void use_isCancelled_tasksThatTakeLongerThanTheGracePeriodAreAwaited(VirtualTime time) {
    var slow = new CompletableFuture<String>();
    CompletableFuture<String> use =
        jobs.around().flatMap(_ -> Tasks.group()).useAsync(group -> group.start(_ -> slow));
    use.cancel(true);
    time.advance(Duration.ofMinutes(1));

    assertThat(use).isNotDone();
    assertThat(jobs.journal.events()).isEmpty();
    slow.complete("at last");

    assertThat(use).isCancelled();
    assertThat(jobs.journal.events()).containsExactly("exit cancelled CancellationException");
  }

  @Test
  void timeout_aroundTheGroup_endsItsTasksAfterTheBody(VirtualTime time) {
    Throwable thrown =
        catchThrowable(() ->
            Async.timeout(Duration.ofMillis(80))
                .flatMap(_ -> Tasks.group())
                .run(group -> group.fork(jobs.job("a", 5_000))));

    assertThat(thrown).isInstanceOf(TimeoutException.class);
    assertThat(jobs.journal.events()).containsExactly("a interrupted", "a ended");
    assertThat(time.elapsed()).isEqualTo(Duration.ofMillis(81));
  }

  @Test
  void task_ignoresItsRequest_holdsUpTheGroup(VirtualTime time) {
    var work = new CompletableFuture<String>();
    CompletableFuture<Object> use =
        Tasks.group()
            .useAsync(group -> {
              group.start(_ -> work);
              return CompletableFuture.failedFuture(new IOException("body"));
            });
    time.advance(Duration.ofHours(1));

    assertThat(use).isNotDone();
    work.complete("at last");

    assertThat(use).isCompletedExceptionally();
  }

  @ParameterizedTest
  @EnumSource
  void begin_afterTheEnd_isRefused(Style style, VirtualTime time) throws Exception {
    var kept = new AtomicReference<TaskGroup>();
    style.run(Tasks.group(), time, (group, _) -> kept.set(group));

    Throwable thrown = catchThrowable(() -> style.job(kept.get(), jobs, "a", 10));

    assertThat(thrown)
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("task group has ended: begin tasks while its body or one of its tasks runs");
    assertThat(jobs.journal.events()).isEmpty();
  }

  private static void pause() {
    try {
      Style.pause(10);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }
}
