package dev.withal.database.internal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.withal.database.internal.Kept.Age;
import dev.withal.testkit.VirtualTime;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** How old a connection is, in real time. */
class KeptTest {

  @Test
  void age_isNew_isIdleAsLongAsItIsOpen() {
    var age = new Age();
    Duration idle = age.idle();

    assertThat(age.ofAll()).isGreaterThanOrEqualTo(idle);
    assertThat(age.idle()).isGreaterThanOrEqualTo(idle);
  }

  @Test
  void age_becomesIdle_isIdleFromThenOn() {
    var age = new Age();
    var before = new Age();
    Duration open = age.ofAll();

    age.becomesIdle();

    assertThat(age.idle()).isLessThanOrEqualTo(before.ofAll());
    assertThat(age.ofAll()).isGreaterThanOrEqualTo(open);
  }

  /** A network ages in real time whatever a test has put in force. */
  @Test
  void age_virtualTimePasses_doesNotNotice() {
    try (var time = VirtualTime.install()) {
      var age = new Age();

      time.advance(Duration.ofDays(1));

      assertThat(age.ofAll()).isLessThan(Duration.ofHours(1));
    }
  }
}
