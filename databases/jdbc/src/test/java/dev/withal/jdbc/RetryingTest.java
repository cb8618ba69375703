package dev.withal.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.withal.AsyncContextManager;
import dev.withal.testkit.LeakCheck;
import dev.withal.testkit.VirtualTime;
import java.sql.SQLException;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Which errors of the driver, and of ours, say that one transaction was in the way of another. */
@ExtendWith(LeakCheck.class)
class RetryingTest {
  private final AtomicInteger attempts = new AtomicInteger();

  @Test
  void use_statementIsInTheWayOfAnother_isRunAgain() throws Exception {
    assertThat(failOnceWith(new SQLException("conflict", "40P01"))).isEqualTo("attempt 2");
  }

  @Test
  void use_commitIsInTheWayOfAnother_isRunAgain() throws Exception {
    var error =
        new TransactionException(
            "transfer",
            "the commit failed",
            new SQLException("conflict", "40001"),
            TransactionException.Outcome.NOT_COMMITTED);

    assertThat(failOnceWith(error)).isEqualTo("attempt 2");
  }

  @Test
  void use_errorOfAnotherState_isTheResult() {
    var error = new SQLException("conflict", "23505");

    assertThat(catchThrowable(() -> failOnceWith(error))).isSameAs(error);
    assertThat(attempts).hasValue(1);
  }

  private String failOnceWith(SQLException error) throws Exception {
    try (var _ = VirtualTime.install()) {
      return Jdbc.retrying(AsyncContextManager.ofValue("value"))
          .use(_ -> {
            if (attempts.incrementAndGet() == 1) {
              throw error;
            }
            return "attempt " + attempts;
          });
    }
  }
}
