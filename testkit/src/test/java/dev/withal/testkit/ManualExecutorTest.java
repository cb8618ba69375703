package dev.withal.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import org.junit.jupiter.api.Test;

/** Tasks that run when the test says so. */
class ManualExecutorTest {
  private final ManualExecutor executor = new ManualExecutor();
  private final Journal journal = new Journal();

  @Test
  void task_waitsUntilItIsRun() {
    executor.execute(() -> journal.add("first"));
    executor.execute(() -> journal.add("second"));
    assertThat(executor.waiting()).isEqualTo(2);
    assertThat(journal.events()).isEmpty();

    executor.runNext();

    assertThat(journal.events()).containsExactly("first");
    assertThat(executor.waiting()).isEqualTo(1);
  }

  @Test
  void runAll_runsWhatTheTasksAddAsWell() {
    executor.execute(() -> {
      journal.add("first");
      executor.execute(() -> journal.add("third"));
    });
    executor.execute(() -> journal.add("second"));

    executor.runAll();

    assertThat(journal.events()).containsExactly("first", "second", "third");
    assertThat(executor.waiting()).isZero();
  }

  @Test
  void runNext_withoutATask_saysSo() {
    assertThatIllegalStateException()
        .isThrownBy(executor::runNext)
        .withMessage("no task waits: nothing was given to this executor");
  }
}
