package dev.withal.cli;

import dev.withal.timeline.Page;
import dev.withal.timeline.PageData;
import dev.withal.timeline.Recorded;
import dev.withal.timeline.RecordingReader;
import dev.withal.timeline.Refusal;
import java.nio.file.Path;

/** From a recording to its page. */
final class Pages {
  private Pages() {}

  static void make(Path recording, String title, Path page, Terminal terminal) throws Refusal {
    Recorded recorded =
        RecordingReader.read(
            recording, PageData.MOST_USES, events -> terminal.progress(events + " events read"));
    Page.write(recorded, title, page);
    if (!recorded.isComplete()) {
      terminal.tell(title + " is cut off or damaged: the page has what comes before that");
    }
    terminal.print(
        "%s: %s, %d still held, %d leaked, %s%n"
            .formatted(
                page,
                number(recorded.count(Recorded.USE), "use"),
                recorded.open().size(),
                recorded.leaked(),
                number(recorded.count(Recorded.REPORT), "report")));
  }

  private static String number(long count, String what) {
    return count + " " + what + (count == 1 ? "" : "s");
  }
}
