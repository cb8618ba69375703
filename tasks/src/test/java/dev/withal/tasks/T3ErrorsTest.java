package dev.withal.tasks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.withal.Async;
import dev.withal.AsyncContextManager;
import dev.withal.Verdict;
import dev.withal.testkit.LeakCheck;
import dev.withal.testkit.VirtualTime;
import java.io.IOException;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** T3: each error is told once. */
@ExtendWith(LeakCheck.class)
class T3ErrorsTest {
  private final Jobs jobs = new Jobs();

  /** A manager whose exit fails. */
  private static AsyncContextManager<String> failsToExit(String name) {
    return AsyncContextManager.of(
        () -> CompletableFuture.completedFuture(name),
        (_, _) -> CompletableFuture.failedFuture(new IllegalStateException("exit of " + name)));
  }

  @ParameterizedTest
  @EnumSource
  void tasks_failAtOnce_areSuppressedInTheirOrder(Style style, VirtualTime time) {
    Throwable thrown =
        catchThrowable(() ->
            style.run(
                Tasks.group(),
                time,
                (group, _) -> {
                  group.fork(() -> {
                    Style.pause(10);
                    throw new IOException("first");
                  });
                  group.fork(() -> {
                    try {
                      Style.pause(100);
                    } catch (InterruptedException e) {
                      Thread.currentThread().interrupt();
                    }
                    throw new IOException("second");
                  });
                }));

    assertThat(thrown).isInstanceOf(IOException.class).hasMessage("first");
    assertThat(thrown.getSuppressed())
        .singleElement()
        .satisfies(other -> assertThat(other).isInstanceOf(IOException.class).hasMessage("second"));
  }

  @ParameterizedTest
  @EnumSource
  void taskThatWasAsked_failsInItsExit_isTold(Style style, VirtualTime time) {
    Throwable thrown =
        catchThrowable(() ->
            style.run(
                Tasks.group(),
                time,
                (group, _) -> {
                  style.failing(group, jobs, "a", 50);
                  group.fork(() -> failsToExit("b").use(_ -> jobs.job("b", 5_000).call()));
                }));

    assertThat(thrown).isInstanceOf(IOException.class).hasMessage("a");
    assertThat(thrown.getSuppressed())
        .singleElement()
        .satisfies(other ->
            assertThat(other).isInstanceOf(IllegalStateException.class).hasMessage("exit of b"));
  }

  @Test
  void startedTaskThatWasAsked_failsInItsExit_isTold(VirtualTime time) {
    CompletableFuture<Object> use =
        Tasks.group()
            .useAsync(group -> {
              group.start(jobs.failingStage("a", 50));
              group.start(
                  _ -> failsToExit("b").useAsync(_ -> Async.callAsync(jobs.job("b", 5_000))));
              return CompletableFuture.completedFuture(null);
            });
    Throwable thrown = catchThrowable(() -> time.await(use));

    assertThat(thrown).isInstanceOf(IOException.class).hasMessage("a");
    assertThat(thrown.getSuppressed())
        .singleElement()
        .satisfies(other ->
            assertThat(other).isInstanceOf(IllegalStateException.class).hasMessage("exit of b"));
  }

  @Test
  void body_failsAndATaskAsItIsAsked_bodysErrorIsPrimary(VirtualTime time) {
    Throwable thrown =
        catchThrowable(() ->
            Tasks.group()
                .run(group -> {
                  group.fork(() -> failsToExit("b").use(_ -> jobs.job("b", 5_000).call()));
                  time.settle();
                  throw new IOException("body");
                }));

    assertThat(thrown).isInstanceOf(IOException.class).hasMessage("body");
    assertThat(thrown.getSuppressed())
        .singleElement()
        .satisfies(other -> assertThat(other).hasMessage("exit of b"));
  }

  /** The error of a task has suppressed exceptions already, and is no less the group's. */
  @ParameterizedTest
  @EnumSource
  void taskWithErrorsOfItsOwn_isTheErrorItself(Style style, VirtualTime time) {
    Throwable thrown =
        catchThrowable(() ->
            failsToExit("outer")
                .flatMap(_ -> Tasks.group())
                .run(group -> {
                  if (style == Style.STAGE) {
                    group.start(_ ->
                        failsToExit("a").useAsync(_ -> Async.callAsync(jobs.failing("a", 10))));
                  } else {
                    group.fork(() -> failsToExit("a").use(_ -> jobs.failing("a", 10).call()));
                  }
                  group.fork(() -> failsToExit("b").use(_ -> jobs.job("b", 5_000).call()));
                }));

    assertThat(thrown).isInstanceOf(IOException.class).hasMessage("a");
    assertThat(thrown.getSuppressed())
        .extracting(Throwable::getMessage)
        .containsExactly("exit of a", "exit of b", "exit of outer");
  }

  @Test
  void task_failsWithItsOwnCancellation_isAFailure(VirtualTime time) {
    Throwable thrown =
        catchThrowable(() ->
            Tasks.group()
                .run(group ->
                    group.fork(() -> {
                      throw new CancellationException("its own");
                    })));

    assertThat(thrown).isInstanceOf(CancellationException.class).hasMessage("its own");
  }

  @Test
  void exit_aroundSuppresses_seesTheGroupsError(VirtualTime time) throws Exception {
    AsyncContextManager<String> suppressing =
        AsyncContextManager.of(
            () -> CompletableFuture.completedFuture("it"),
            (_, how) -> {
              jobs.journal.add(Jobs.describe(how));
              return Verdict.SUPPRESS.now();
            });

    suppressing.flatMap(_ -> Tasks.group()).run(group -> group.fork(jobs.failing("a", 10)));

    assertThat(jobs.journal.events()).containsExactly("a fails", "failed a");
  }

  @Test
  void task_overflowsItsStack_isTheError(VirtualTime time) {
    Throwable thrown =
        catchThrowable(() -> Tasks.group().run(group -> group.fork(() -> endless(1))));

    assertThat(thrown).isInstanceOf(StackOverflowError.class);
  }

  private static int endless(int depth) {
    return depth < 0 ? 0 : endless(depth + 1) + 1;
  }
}
