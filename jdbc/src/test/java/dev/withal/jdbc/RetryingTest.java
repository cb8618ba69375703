package dev.withal.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.withal.Async;
import dev.withal.AsyncContextManager;
import dev.withal.testkit.Journal;
import dev.withal.testkit.LeakCheck;
import dev.withal.testkit.VirtualTime;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Which errors a body is run again after, and how often. */
@ExtendWith(LeakCheck.class)
class RetryingTest {
  private final Journal journal = new Journal();
  private final AtomicInteger attempts = new AtomicInteger();
  private final AsyncContextManager<String> manager =
      AsyncContextManager.closing(
          () -> {
            journal.add("enter");
            return CompletableFuture.completedStage("value");
          },
          _ -> {
            journal.add("exit");
            return CompletableFuture.completedStage(null);
          });

  private VirtualTime time;

  @BeforeEach
  void install() {
    time = VirtualTime.install();
  }

  @AfterEach
  void uninstall() {
    time.close();
  }

  @ParameterizedTest
  @ValueSource(strings = {"40001", "40P01"})
  void use_bodyIsInTheWayOfAnother_isRunAgainInAFreshContext(String state) throws Exception {
    String result = Jdbc.retrying(manager).use(_ -> await(failing(state, 2)));

    assertThat(result).isEqualTo("result");
    assertThat(journal.events())
        .containsExactly("enter", "body", "exit", "enter", "body", "exit", "enter", "body", "exit");
  }

  @ParameterizedTest
  @ValueSource(strings = {"40001", "40P01"})
  void useAsync_bodyIsInTheWayOfAnother_isRunAgainInAFreshContext(String state) throws Exception {
    CompletableFuture<String> use = Jdbc.retrying(manager).useAsync(_ -> failing(state, 2));

    assertThat(await(use)).isEqualTo("result");
    assertThat(journal.events())
        .containsExactly("enter", "body", "exit", "enter", "body", "exit", "enter", "body", "exit");
  }

  @Test
  void use_everyAttemptFails_lastErrorCarriesThoseBefore() {
    Throwable thrown =
        catchThrowable(
            () -> Jdbc.retrying(manager).attempts(3).use(_ -> await(failing("40001", 99))));

    assertThat(thrown).hasMessage("attempt 3");
    assertThat(thrown.getSuppressed()).singleElement().hasToString(rollback("attempt 2"));
    assertThat(thrown.getSuppressed()[0].getSuppressed())
        .singleElement()
        .hasToString(rollback("attempt 1"));
    assertThat(attempts).hasValue(3);
  }

  @Test
  void useAsync_everyAttemptFails_lastErrorCarriesThoseBefore() {
    CompletableFuture<String> use =
        Jdbc.retrying(manager).attempts(2).useAsync(_ -> failing("40001", 99));

    Throwable thrown = catchThrowable(() -> await(use));
    assertThat(thrown).hasMessage("attempt 2");
    assertThat(thrown.getSuppressed()).singleElement().hasToString(rollback("attempt 1"));
  }

  @Test
  void use_anotherError_isTheResultAtOnce() {
    assertThatThrownBy(() -> Jdbc.retrying(manager).use(_ -> await(failing("23505", 99))))
        .hasMessage("attempt 1")
        .hasNoSuppressedExceptions();
    assertThat(journal.events()).containsExactly("enter", "body", "exit");
  }

  @Test
  void use_errorWithoutSqlState_isTheResult() {
    var error = new SQLException("no state");

    assertThatThrownBy(() ->
            Jdbc.retrying(manager)
                .use(_ -> {
                  throw error;
                }))
        .isSameAs(error);
  }

  @Test
  void use_commitIsInTheWayOfAnother_isRunAgain() throws Exception {
    var error =
        new TransactionException(
            "transfer",
            "the commit failed",
            new SQLException("conflict", "40001"),
            TransactionException.Outcome.NOT_COMMITTED);

    Integer runs =
        Jdbc.retrying(manager)
            .use(_ -> {
              if (attempts.incrementAndGet() == 1) {
                throw error;
              }
              return attempts.get();
            });

    assertThat(runs).isEqualTo(2);
  }

  @Test
  void useAsync_isCancelledInAnAttempt_thereIsNoFurtherOne() {
    var never = new CompletableFuture<String>();
    CompletableFuture<String> use =
        Jdbc.retrying(manager)
            .useAsync(_ -> {
              journal.add("body");
              return never;
            });

    use.cancel(true);
    never.completeExceptionally(new SQLException("conflict", "40001"));

    assertThat(use).isCompletedExceptionally();
    assertThat(journal.events()).containsExactly("enter", "body", "exit");
  }

  @Test
  void useAsync_isCancelledInAPause_thereIsNoFurtherAttempt() {
    CompletableFuture<String> use =
        Jdbc.retrying(manager).pause(Duration.ofDays(1)).useAsync(_ -> failing("40001", 1));

    use.cancel(true);

    assertThat(use).isCancelled();
    assertThat(journal.events()).containsExactly("enter", "body", "exit");
  }

  @Test
  void settings_outOfRange_areRefused() {
    assertThatThrownBy(() -> Jdbc.retrying(manager).attempts(0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("attempts must be at least 1, but is 0");
    assertThatThrownBy(() -> Jdbc.retrying(manager).pause(Duration.ZERO))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("the pause must be positive, but is PT0S");
  }

  private CompletionStage<String> failing(String state, int times) {
    journal.add("body");
    int attempt = attempts.incrementAndGet();
    return attempt <= times
        ? CompletableFuture.failedStage(new SQLException("attempt " + attempt, state))
        : CompletableFuture.completedStage("result");
  }

  private static String rollback(String message) {
    return new SQLException(message, "40001").toString();
  }

  private static String await(CompletionStage<String> stage) throws InterruptedException {
    return Async.await(stage);
  }
}
