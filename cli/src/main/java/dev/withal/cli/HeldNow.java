package dev.withal.cli;

import dev.withal.Async;
import dev.withal.timeline.HeldContext;
import dev.withal.timeline.RecordingReader;
import dev.withal.timeline.Refusal;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** Asks a process for what it holds, by its management, or by a recording where it has none. */
final class HeldNow {
  /** How many at most, of those that are held longest; as many as Insight has events for. */
  static final int MOST = 10_000;

  /** How far what a recording begins with is from what it ends with. */
  private static final Duration SHORT = Duration.ofMillis(400);

  private HeldNow() {}

  static List<HeldContext> of(Opening opening) throws Refusal, InterruptedException {
    Optional<Management> management = opening.management();
    if (management.isEmpty()) {
      return recorded(opening.target());
    }
    try {
      return HeldLines.held(management.get().json(MOST));
    } catch (IllegalArgumentException otherFormat) {
      throw Management.anotherVersion(opening.target(), otherFormat);
    }
  }

  private static List<HeldContext> recorded(Target target) throws Refusal, InterruptedException {
    try (Folder folder = Folder.sharedWith(target.process())) {
      FlightRecording recording = FlightRecording.start(target, folder.path(), Duration.ofHours(1));
      Instant middle;
      try {
        Async.sleep(SHORT);
      } finally {
        middle = Instant.now().minus(SHORT.dividedBy(2));
        recording.stop();
      }
      return RecordingReader.read(recording.file(), 1, events -> {}).heldAfter(middle);
    }
  }
}
