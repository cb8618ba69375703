package dev.withal.database;

import static org.assertj.core.api.Assertions.assertThat;

import dev.withal.AsyncContextManager;
import dev.withal.testkit.LeakCheck;
import dev.withal.testkit.VirtualTime;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Queue;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** The examples of the documentation. */
@ExtendWith(LeakCheck.class)
class RetryingExamplesTest {

  @Test
  void example_firstAnswerTimesOut_secondIsTheResult() throws Exception {
    AsyncContextManager<Session> session =
        AsyncContextManager.ofValue(new Session(new ArrayDeque<>(List.of("", "42"))));

    try (var _ = VirtualTime.install()) {
      // @start region="rule"
      String answer =
          Retrying.of(session, error -> error instanceof SocketTimeoutException)
              .attempts(3)
              .pause(Duration.ofMillis(200))
              .use(Session::ask);
      // @end

      assertThat(answer).isEqualTo("42");
    }
  }

  /** A service whose empty answers come too late. */
  private record Session(Queue<String> answers) {
    String ask() throws SocketTimeoutException {
      String answer = answers.remove();
      if (answer.isEmpty()) {
        throw new SocketTimeoutException("no answer");
      }
      return answer;
    }
  }
}
