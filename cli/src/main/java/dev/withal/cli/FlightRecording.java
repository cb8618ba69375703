package dev.withal.cli;

import dev.withal.insight.Insight;
import dev.withal.timeline.Refusal;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;

/**
 * A recording of Withal's events that another process makes.
 *
 * <p>Design: its name has this process's id, so that two commands don't stop each other's. If the
 * process ends, it still leaves its file.
 */
final class FlightRecording {
  private final Target target;
  private final String name = "withal-" + ProcessHandle.current().pid();
  private final Path file;

  private FlightRecording(Target target, Path file) {
    this.target = target;
    this.file = file;
  }

  /**
   * {@return a recording that has begun}
   *
   * @param threshold how long a use must take to be recorded
   */
  static FlightRecording start(Target target, Path folder, Duration threshold) throws Refusal {
    Path settings = folder.resolve("withal.jfc");
    try (InputStream in = Insight.class.getResourceAsStream("withal.jfc")) {
      if (in == null) {
        throw new IOException("withal.jfc is missing");
      }
      Files.copy(in, settings);
    } catch (IOException failure) {
      throw new Refusal("no settings can be written: " + failure.getMessage(), failure);
    }
    var recording = new FlightRecording(target, folder.resolve("recording.jfr"));
    String answer =
        target.diagnose(
            "JFR.start name=%s settings=\"%s\" filename=\"%s\" dumponexit=true dev.withal.Use#threshold=%dms"
                .formatted(recording.name, settings, recording.file, threshold.toMillis()));
    if (!answer.contains("Started recording")) {
      throw target.explained(
          "can't record: " + firstLine(answer), new IllegalStateException(answer));
    }
    return recording;
  }

  Path file() {
    return file;
  }

  /** Ends it; the file is there then, unless the process was killed. */
  void stop() throws Refusal {
    if (target.process().isAlive()) {
      target.diagnose("JFR.stop name=" + name);
    }
    if (!Files.isRegularFile(file)) {
      throw target.explained(
          "left no recording", new IllegalStateException(file + " doesn't exist"));
    }
  }

  private static String firstLine(String answer) {
    return answer.lines().filter(line -> !line.isBlank()).findFirst().orElse("it said nothing");
  }
}
