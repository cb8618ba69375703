package dev.withal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.withal.testkit.VirtualTime;
import java.io.IOException;
import java.time.Instant;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Test;

/** An executor for as long as a body runs: the deadline of its exit, and what opens it. */
class ServingManagerLimitsTest extends ServedTasks {
  // ---- the deadline of the exit ----------------------------------------------------------------

  @Test
  void deadline_isPast_exitWaitsNoLonger() throws Exception {
    Context<? extends ExecutorService> context = serving(LONG).enter();
    submit(context.value(), this::deaf);

    Throwable thrown = catchThrowable(() -> context.exit(ExitCase.success().by(Instant.EPOCH)));

    assertThat(thrown)
        .isExactlyInstanceOf(TimeoutException.class)
        .hasMessageContaining("within PT0S, and still run");
  }

  @Test
  void deadline_isNearerThanThePatience_leavesTimeForTheInterruption(VirtualTime time)
      throws Exception {
    overdue = true;
    Context<? extends ExecutorService> context = serving(LONG.multipliedBy(9)).enter();
    submit(context.value(), this::heeding);

    Throwable thrown =
        catchThrowable(() ->
            context.exit(ExitCase.success().by(Instant.EPOCH.plus(time.elapsed()).plus(LONG))));

    assertThat(thrown)
        .isExactlyInstanceOf(TimeoutException.class)
        .hasMessageContaining("tasks weren't done within PT30M");
    assertThat(journal.events())
        .containsExactlyInAnyOrder(
            "shutdown", "waits for 30 min", "interrupted", "waits for 60 min");
    assertThat(context.value().isTerminated()).isTrue();
  }

  @Test
  void timeoutOfTheExit_isTheDeadlineThatItKeeps(VirtualTime time) {
    overdue = true;

    Throwable thrown =
        catchThrowable(() ->
            serving(LONG.multipliedBy(9))
                .async()
                .exitTimeout(LONG)
                .run(executor -> submit(executor, this::heeding)));

    assertThat(thrown)
        .isExactlyInstanceOf(TimeoutException.class)
        .hasMessageContaining("tasks weren't done within PT30M");
  }

  // ---- what opens it ---------------------------------------------------------------------------

  @Test
  void open_fails_nothingRuns() {
    var error = new IOException("open");
    ContextManager<ExecutorService> manager =
        ContextManager.executor(
            () -> {
              throw error;
            },
            LONG);

    assertThat(catchThrowable(() -> manager.run(_ -> journal.add("body")))).isSameAs(error);
    assertThat(journal.events()).isEmpty();
  }

  @Test
  void open_returnsNull_isRefused() {
    ContextManager<ExecutorService> manager = ContextManager.executor(() -> null, LONG);

    assertThatThrownBy(() -> manager.run(_ -> journal.add("body")))
        .isInstanceOf(NullPointerException.class)
        .hasMessage("open returned null instead of an executor");
    assertThat(journal.events()).isEmpty();
  }

  @Test
  void shutdown_fails_isTheResult() {
    var error = new IllegalStateException("shutdown");

    Throwable thrown =
        catchThrowable(() ->
            serving(
                    LONG,
                    () -> {
                      throw error;
                    })
                .run(_ -> journal.add("body")));

    assertThat(thrown).isSameAs(error);
    assertThat(journal.events()).containsExactly("body", "shutdown");
  }
}
