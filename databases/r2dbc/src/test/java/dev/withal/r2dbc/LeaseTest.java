package dev.withal.r2dbc;

import static org.assertj.core.api.Assertions.assertThat;

import dev.withal.Async;
import dev.withal.ExitCase;
import dev.withal.database.Bounds;
import dev.withal.testkit.Journal;
import io.r2dbc.spi.R2dbcException;
import java.io.IOException;
import org.junit.jupiter.api.Test;

/** How a connection goes back to its pool. */
class LeaseTest {
  private final Journal journal = new Journal();
  private final IOException notRolledBack = new IOException("not rolled back");
  private final IOException notReturned = new IOException("not returned");

  @Test
  void exit_rollbackAndReturnFail_failsWithBothErrors() throws Exception {
    Lease lease = lease("rollbackTransaction", notRolledBack);
    Async.await(Step.take(() -> lease.setAutoCommit(false)));

    var exit = lease.exitAsync(ExitCase.success()).toCompletableFuture();

    assertThat(Failure.unwrapped(exit.exceptionNow())).isSameAs(notRolledBack);
    assertThat(notRolledBack).hasSuppressedException(notReturned);
    assertThat(journal.events())
        .containsExactly("setAutoCommit [false]", "rollbackTransaction", "close", "back");
  }

  /** Its SQLSTATE would let a caller run the transaction again. */
  @Test
  void exit_returnFailsAfterACommit_saysThatTheTransactionIsOver() throws Exception {
    Lease lease = lease("beginTransaction", new IOException("not begun"));
    lease.forTransaction().doom();

    var exit = lease.exitAsync(ExitCase.success()).toCompletableFuture();

    assertThat(Failure.unwrapped(exit.exceptionNow()))
        .isInstanceOfSatisfying(
            R2dbcException.class, told -> assertThat(told.getSqlState()).isNull())
        .hasMessage(
            "orders: the transaction is over, but its connection could not be given back:"
                + " not returned")
        .hasCause(notReturned);
    assertThat(journal.events()).containsExactly("close", "back");
  }

  /** {@return a lease of a connection that doesn't close, and one of whose steps fails} */
  private Lease lease(String step, Throwable error) throws Exception {
    var recorder =
        new Recorder(Setting.H2_MEMORY_STAGES.factory(), journal)
            .failing(step, error)
            .failing("close", notReturned);
    return new Lease(
        new PhysicalConnection(recorder.open(), Bounds.DEFAULT),
        "orders",
        new Hooked("pool", PoolSettings.DEFAULT),
        _ -> true,
        () -> journal.add("back"));
  }
}
