package dev.withal;

import dev.withal.internal.Held;
import dev.withal.testkit.Journal;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/** What tests of the end of the process need. */
abstract class EndsOfProcess {
  final Journal journal = new Journal();

  @BeforeEach
  void forgetWhatOtherTestsHold() {
    Held.entries().forEach(Held::remove);
  }

  /** Else the exits of later tests would be told of that end. */
  @AfterEach
  void goOn() {
    new Shutdown(Duration.ZERO).end();
  }
}
