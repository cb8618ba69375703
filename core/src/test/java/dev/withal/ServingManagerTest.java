package dev.withal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.withal.BothProtocolsTest.Way;
import dev.withal.testkit.VirtualTime;
import java.io.IOException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * An executor for as long as a body runs: orderly at first, and then by force; {@link
 * ServingManagerLimitsTest} has deadlines, and what opens it.
 */
class ServingManagerTest extends ServedTasks {
  // ---- orderly ---------------------------------------------------------------------------------

  @ParameterizedTest
  @EnumSource
  void body_succeeds_tasksAreAwaited(Way way, VirtualTime time) throws Exception {
    ExecutorService used =
        way.use(
            time,
            serving(LONG, end::countDown),
            executor -> {
              submit(executor, this::heeding);
              executor.execute(() -> journal.add("queued"));
              return executor;
            });

    assertThat(used.isTerminated()).isTrue();
    assertThat(journal.events()).containsExactly("shutdown", "done", "queued");
  }

  @Test
  void executor_ofVirtualThreads_isClosed() throws Exception {
    ContextManager<ExecutorService> manager =
        ContextManager.executor(Executors::newVirtualThreadPerTaskExecutor, LONG);

    ExecutorService used =
        manager.use(executor -> {
          executor.execute(() -> journal.add("task"));
          return executor;
        });

    assertThat(used.isTerminated()).isTrue();
    assertThat(journal.events()).containsExactly("task");
  }

  @Test
  void body_hasShutItDown_isAwaitedAllTheSame() throws Exception {
    serving(LONG, end::countDown)
        .run(executor -> {
          submit(executor, this::heeding);
          executor.shutdown();
        });

    assertThat(journal.events()).containsOnlyOnce("done").contains("shutdown");
    assertThat(opened.resultNow().isTerminated()).isTrue();
  }

  @Test
  void exit_isInterrupted_isNotCutShort() throws Exception {
    serving(
            LONG,
            () -> {
              Thread.currentThread().interrupt();
              end.countDown();
            })
        .run(executor -> submit(executor, this::heeding));

    assertThat(Thread.interrupted()).isTrue();
    assertThat(journal.events()).containsExactly("shutdown", "done");
    assertThat(opened.resultNow().isTerminated()).isTrue();
  }

  // ---- by force --------------------------------------------------------------------------------

  @ParameterizedTest
  @EnumSource
  void body_fails_tasksAreInterruptedAtOnce(Way way, VirtualTime time) {
    var error = new IOException("body");

    Throwable thrown =
        catchThrowable(() ->
            way.use(
                time,
                serving(LONG),
                executor -> {
                  submit(executor, this::heeding);
                  executor.execute(() -> journal.add("never begun"));
                  throw error;
                }));

    assertThat(thrown).isSameAs(error).hasNoSuppressedExceptions();
    assertThat(journal.events()).containsExactly("shutdown", "interrupted");
    assertThat(opened.resultNow().isTerminated()).isTrue();
  }

  @Test
  void patience_isOver_tasksAreInterruptedAndTheExitFails() {
    overdue = true;

    Throwable thrown =
        catchThrowable(() ->
            serving(LONG)
                .run(executor -> {
                  submit(executor, this::heeding);
                  executor.execute(() -> journal.add("never begun"));
                }));

    assertThat(thrown).isExactlyInstanceOf(TimeoutException.class);
    assertThat(thrown.getMessage())
        .matches(
            "executor at ServedTasks.java:\\d+: tasks weren't done within PT1H, so they"
                + " were interrupted; 1 were never begun");
    assertThat(journal.events()).startsWith("shutdown", "waits for 60 min");
    assertThat(journal.events())
        .containsExactlyInAnyOrder(
            "shutdown", "waits for 60 min", "waits for 60 min", "interrupted");
    assertThat(opened.resultNow().isTerminated()).isTrue();
  }

  @Test
  void patience_isOverAndNoTaskWaits_exitFailsAllTheSame() {
    overdue = true;

    Throwable thrown =
        catchThrowable(() -> serving(LONG).run(executor -> submit(executor, this::heeding)));

    assertThat(thrown)
        .isExactlyInstanceOf(TimeoutException.class)
        .hasMessageEndingWith(
            ": tasks weren't done within PT1H, so they were interrupted; 0 were never begun");
    assertThat(opened.resultNow().isTerminated()).isTrue();
  }

  @Test
  void tasks_takeNoNotice_exitFailsAfterTheSameTimeAgain() {
    Throwable thrown =
        catchThrowable(() -> serving(MOMENT).run(executor -> submit(executor, this::deaf)));

    assertThat(thrown)
        .isExactlyInstanceOf(TimeoutException.class)
        .hasMessageEndingWith(
            ": tasks took no notice of their interruption within PT0.001S, and still run; 0 were"
                + " never begun");
    assertThat(opened.resultNow().isShutdown()).isTrue();
    assertThat(opened.resultNow().isTerminated()).isFalse();
  }

  @Test
  void tasks_takeNoNoticeAfterAFailure_areAddedToItsError() {
    var error = new IOException("body");

    Throwable thrown =
        catchThrowable(() ->
            serving(MOMENT)
                .run(executor -> {
                  submit(executor, this::deaf);
                  throw error;
                }));

    assertThat(thrown).isSameAs(error);
    assertThat(error.getSuppressed())
        .singleElement()
        .satisfies(added ->
            assertThat(added)
                .isExactlyInstanceOf(TimeoutException.class)
                .hasMessageContaining("took no notice"));
  }
}
