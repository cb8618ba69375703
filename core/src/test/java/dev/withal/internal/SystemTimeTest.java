package dev.withal.internal;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import org.junit.jupiter.api.Test;

/** Time as it is, outside of virtual time. */
class SystemTimeTest {

  @Test
  void now_isTheMachinesTime() {
    Instant before = Instant.now();

    Instant now = Time.current().now();

    assertThat(now).isBetween(before, Instant.now());
  }
}
