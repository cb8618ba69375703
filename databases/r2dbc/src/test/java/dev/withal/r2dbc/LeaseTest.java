package dev.withal.r2dbc;

import static org.assertj.core.api.Assertions.assertThat;

import dev.withal.Async;
import dev.withal.ExitCase;
import dev.withal.database.Bounds;
import dev.withal.testkit.Journal;
import java.io.IOException;
import org.junit.jupiter.api.Test;

/** How a connection goes back to its pool. */
class LeaseTest {
  private final Journal journal = new Journal();
  private final IOException notRolledBack = new IOException("not rolled back");
  private final IOException notReturned = new IOException("not returned");

  @Test
  void exit_rollbackAndReturnFail_failsWithBothErrors() throws Exception {
    var recorder =
        new Recorder(Setting.H2_MEMORY_STAGES.factory(), journal)
            .failing("rollbackTransaction", notRolledBack)
            .failing("close", notReturned);
    var lease =
        new Lease(
            new PhysicalConnection(recorder.open(), Bounds.DEFAULT),
            "orders",
            new Hooked("pool", PoolSettings.DEFAULT),
            _ -> true,
            () -> journal.add("back"));
    Async.await(Step.take(() -> lease.setAutoCommit(false)));

    var exit = lease.exitAsync(ExitCase.success()).toCompletableFuture();

    assertThat(Failure.unwrapped(exit.exceptionNow())).isSameAs(notRolledBack);
    assertThat(notRolledBack).hasSuppressedException(notReturned);
    assertThat(journal.events())
        .containsExactly("setAutoCommit [false]", "rollbackTransaction", "close", "back");
  }
}
