package dev.withal.examples.ingest;

import static java.util.stream.Collectors.toSet;

import dev.withal.insight.Insight;
import dev.withal.timeline.Page;
import dev.withal.timeline.PageData;
import dev.withal.timeline.Recorded;
import dev.withal.timeline.RecordedUse;
import dev.withal.timeline.RecordingReader;
import dev.withal.timeline.Refusal;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import jdk.jfr.Recording;

/**
 * A recording of this process by Flight Recorder: what Insight tells of its contexts, for a page
 * and for a line of each.
 *
 * <p>As the process is told to end, the JDK ends its recordings as well, while the load rolls back.
 * What was recorded until then is written to the file, so a context can be seen as held at the end.
 */
final class Flight {
  /** How Insight tells of an enter that failed, or that was given up. */
  private static final String NOT_ENTERED = "not entered";

  /** Times are in milliseconds where a context is held at the end, so several may be the same. */
  private static final Comparator<RecordedUse> BY_ENTER =
      Comparator.comparingLong((RecordedUse use) -> use.start() + use.enter())
          .thenComparingLong(RecordedUse::id);

  private final Recording recording = new Recording();
  private final Path file;

  private Flight(Path file) {
    this.file = file;
  }

  /** Begins a recording. */
  static Flight start() throws IOException {
    var flight = new Flight(Files.createTempFile("ingest-", ".jfr"));
    flight.start(flight.recording);
    return flight;
  }

  private void start(Recording begun) throws IOException {
    begun.enable(Recorded.USE).withThreshold(Duration.ZERO);
    begun.enable(Recorded.HELD).with("period", "everyChunk");
    begun.enable(Recorded.LEAK);
    begun.enable(Recorded.REPORT);
    begun.setDestination(file);
    begun.setDumpOnExit(true);
    begun.start();
    Insight.start();
  }

  /** Ends the recording, prints the lives of the contexts, and writes the page. */
  void end(String title, Path page, PrintWriter out) throws Refusal, IOException {
    try {
      stop();
      Recorded recorded = RecordingReader.read(file, PageData.MOST_USES, _ -> {});
      lives(recorded).forEach(out::println);
      Page.write(recorded, title, page);
    } finally {
      Files.deleteIfExists(file);
    }
  }

  private void stop() {
    try {
      recording.stop();
    } catch (IllegalStateException stoppedByTheJdk) {
      // The process is told to end: the file is written.
    }
  }

  /** {@return a line for each context that the program names, in the order of their enters} */
  private static List<String> lives(Recorded recorded) {
    List<RecordedUse> uses = new ArrayList<>(recorded.uses.kept());
    uses.addAll(recorded.open());
    Set<Long> stacks =
        uses.stream()
            .filter(use -> Names.STACKS.contains(use.manager()))
            .map(RecordedUse::id)
            .collect(toSet());
    return uses.stream()
        .filter(use -> stacks.contains(use.parent()) && Names.ON_STACKS.contains(use.manager()))
        .filter(use -> !use.outcome().startsWith(NOT_ENTERED))
        .sorted(BY_ENTER)
        .map(use -> life(use, recorded.from()))
        .toList();
  }

  private static String life(RecordedUse use, long from) {
    return String.format(
        Locale.ROOT,
        "%-11s  entered at %s, held %s, exit took %s, %s",
        use.manager(),
        seconds(use.start() + use.enter() - from),
        seconds(use.body()),
        seconds(use.exit()),
        // After a colon, there is the class of the error, which has been told in words.
        use.outcome().replaceFirst(":.*", ""));
  }

  /** {@return a time in microseconds, as it is printed} */
  static String seconds(long micros) {
    return String.format(Locale.ROOT, "%.3f s", micros / 1e6);
  }
}
