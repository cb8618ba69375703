package dev.withal.r2dbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.withal.AsyncContextManager;
import dev.withal.testkit.LeakCheck;
import dev.withal.testkit.VirtualTime;
import io.r2dbc.spi.R2dbcException;
import io.r2dbc.spi.R2dbcRollbackException;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Which errors of the driver, and of ours, say that one transaction was in the way of another. */
@ExtendWith(LeakCheck.class)
class RetryingTest {
  private final AtomicInteger attempts = new AtomicInteger();

  @Test
  void use_statementIsInTheWayOfAnother_isRunAgain() throws Exception {
    assertThat(failOnceWith(new R2dbcRollbackException("conflict", "40P01")))
        .isEqualTo("attempt 2");
  }

  @Test
  void use_commitIsInTheWayOfAnother_isRunAgain() throws Exception {
    var error =
        TransactionException.of(
            "transfer",
            "the commit failed",
            new R2dbcRollbackException("conflict", "40001"),
            TransactionException.Outcome.NOT_COMMITTED);

    assertThat(failOnceWith(error)).isEqualTo("attempt 2");
  }

  @Test
  void use_errorOfAnotherState_isTheResult() {
    var error = new R2dbcRollbackException("conflict", "23505");

    assertThat(catchThrowable(() -> failOnceWith(error))).isSameAs(error);
    assertThat(attempts).hasValue(1);
  }

  @Test
  void use_stepAfterTheCommitIsInTheWayOfAnother_isTheResult() {
    var conflict = new R2dbcRollbackException("conflict", "40001");
    R2dbcException error = Failure.afterTransaction("transfer", "it failed", conflict);

    assertThat(catchThrowable(() -> failOnceWith(error))).isSameAs(error).hasCause(conflict);
    assertThat(attempts).hasValue(1);
  }

  @Test
  void use_outcomeOfTheCommitIsUnknown_isTheResult() {
    var error =
        TransactionException.of(
            "transfer",
            "the answer was lost",
            new R2dbcRollbackException("conflict", "40001"),
            TransactionException.Outcome.UNKNOWN);

    assertThat(catchThrowable(() -> failOnceWith(error))).isSameAs(error);
    assertThat(attempts).hasValue(1);
  }

  private String failOnceWith(R2dbcException error) throws Exception {
    try (var _ = VirtualTime.install()) {
      return R2dbc.retrying(AsyncContextManager.ofValue("value"))
          .use(_ -> {
            if (attempts.incrementAndGet() == 1) {
              throw error;
            }
            return "attempt " + attempts;
          });
    }
  }
}
