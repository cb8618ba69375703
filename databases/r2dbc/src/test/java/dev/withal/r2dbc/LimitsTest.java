package dev.withal.r2dbc;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.withal.database.testing.stories.LimitStories;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** How long statements of a transaction may run and wait; the server keeps to it. */
class LimitsTest extends LimitStories implements R2dbcStories {
  @Test
  void limits_areNotPositive_areRefused() {
    assertThatThrownBy(() -> TransactionOptions.DEFAULT.lockWait(Duration.ZERO))
        .hasMessage("lockWait must be positive, but is PT0S");
    assertThatThrownBy(() -> TransactionOptions.DEFAULT.statementTimeout(Duration.ZERO))
        .hasMessage("statementTimeout must be positive, but is PT0S");
  }
}
