package dev.withal.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.withal.Async;
import dev.withal.AsyncContextManager;
import java.time.Duration;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** The examples of the package's page. */
class ExamplesTest {

  @Nested
  @ExtendWith(LeakCheck.class)
  class WithVirtualTime {
    // @start region="session"
    @Test
    void session_isClosedAfterItsBody(VirtualTime time, Journal journal) throws Exception {
      AsyncContextManager<String> session =
          AsyncContextManager.closing(
              () -> Async.sleepAsync(Duration.ofSeconds(3)).thenApply(_ -> "session"),
              _ -> Async.sleepAsync(Duration.ofSeconds(2)).thenRun(() -> journal.add("closed")));

      session.run(_ -> journal.add("body"));

      assertThat(journal.events()).containsExactly("body", "closed");
      assertThat(time.elapsed()).isEqualTo(Duration.ofSeconds(5)); // and none of it real
    }
    // @end
  }

  // @start region="laws"
  @Test
  void session_keepsTheLaws() throws InterruptedException {
    ManagerLaws.of(gate ->
            AsyncContextManager.closing(
                () -> gate.step("log on").thenApply(_ -> "session"), _ -> gate.step("log off")))
        .check();
  }
  // @end
}
