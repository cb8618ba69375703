package dev.withal.guide;

import static dev.withal.guide.TestingTest.session;
import static org.assertj.core.api.Assertions.assertThat;

import dev.withal.testkit.Journal;
import dev.withal.testkit.LeakCheck;
import dev.withal.testkit.VirtualTime;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

// The first example of the guide's page on testing.
// @start region="first"
@ExtendWith(LeakCheck.class)
class SessionTest {
  @Test
  void session_isClosedAfterItsBody(VirtualTime time, Journal journal) throws Exception {
    int length =
        session(journal)
            .use(s -> {
              journal.add("body");
              return s.length();
            });

    assertThat(length).isEqualTo(7);
    assertThat(journal.events()).containsExactly("body", "closed");
    assertThat(time.elapsed()).isEqualTo(Duration.ofSeconds(5));
  }
}
// @end
