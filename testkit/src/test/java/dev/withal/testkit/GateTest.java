package dev.withal.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Steps that wait until the test says go. */
@ExtendWith(LeakCheck.class)
class GateTest {
  private final Gate gate = new Gate();

  @Test
  void step_isLetGo_completes(Journal journal) {
    gate.step("open").thenRun(() -> journal.add("went"));
    assertThat(gate.waiting()).containsExactly("open");
    assertThat(journal.events()).isEmpty();

    gate.go("open");

    assertThat(journal.events()).containsExactly("went");
    assertThat(gate.waiting()).isEmpty();
  }

  @Test
  void step_isToFail_fails() {
    var error = new IOException("broken");
    CompletableFuture<?> step = gate.step("open").toCompletableFuture();

    gate.fail("open", error);

    assertThat(step.exceptionNow()).isSameAs(error);
  }

  @Test
  void steps_ofOneName_goInTheirOrder(Journal journal) {
    gate.step("read").thenRun(() -> journal.add("first"));
    gate.step("read").thenRun(() -> journal.add("second"));

    gate.go("read");

    assertThat(journal.events()).containsExactly("first");
    assertThat(gate.waiting()).containsExactly("read");
  }

  @Test
  void go_noSuchStepWaits_saysWhichDo() {
    gate.step("open");

    assertThatThrownBy(() -> gate.go("close"))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("no step \"close\" waits at the gate, only [open]");
  }

  @Test
  void open_letsAllGo_nowAndLater(Journal journal) {
    gate.step("open").thenRun(() -> journal.add("open"));

    gate.open();
    gate.step("close").thenRun(() -> journal.add("close"));

    assertThat(journal.events()).containsExactly("open", "close");
  }

  @Test
  void executor_taskWaits_runsWhereItIsLetGo(Journal journal) {
    Executor executor = gate.executor("task");
    executor.execute(() -> journal.add("ran"));
    assertThat(journal.events()).isEmpty();

    gate.go("task");

    assertThat(journal.events()).containsExactly("ran");
  }

  @Test
  void manager_isUsed_holdsBetweenItsSteps() {
    CompletableFuture<String> use = gate.manager("it").useAsync(CompletableFuture::completedFuture);
    assertThat(gate.held()).isZero();

    gate.go("enter it");
    assertThat(gate.held()).isOne();
    assertThat(use).isNotDone();
    gate.go("exit it");

    assertThat(gate.held()).isZero();
    assertThat(use).isCompletedWithValue("it");
  }
}
