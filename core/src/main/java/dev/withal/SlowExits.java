package dev.withal;

import dev.withal.internal.Held;
import java.time.Duration;

/** Reports exits that take long. */
final class SlowExits {
  /** How long an exit may take before that is reported. */
  private static final Duration SLOW = Duration.ofSeconds(10);

  /** At the last of so many looks, an exit has been pending for longer than that. */
  private static final int LOOKS = 11;

  private static final Lookout LOOKOUT = new Lookout(Duration.ofSeconds(1), SlowExits::lookAtAll);

  private SlowExits() {}

  /** An exit is pending. */
  static void look() {
    LOOKOUT.wake();
  }

  private static boolean lookAtAll() {
    boolean again = false;
    for (Held.Entry entry : Held.entries()) {
      if (entry.step() == Held.Step.EXITING) {
        int looks = entry.looked();
        again |= looks < LOOKS;
        if (looks == LOOKS) {
          report(entry);
        }
      }
    }
    return again;
  }

  private static void report(Held.Entry entry) {
    String name = entry.name();
    // Guard against race with the end of the exit, after which its name is gone.
    if (!entry.isRecorded()) {
      return;
    }
    if (!Held.isOn()) {
      // Told, it is of no use to anybody: an exit that never ends must not be kept by its record.
      Held.remove(entry);
    }
    Report.send(Report.Kind.SLOW_EXIT, name, "the exit has not ended within " + SLOW, null);
  }
}
