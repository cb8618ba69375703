package dev.withal.benchmarks;

import static dev.withal.benchmarks.Target.more;
import static dev.withal.benchmarks.Target.time;

import dev.withal.benchmarks.jmh.DirectUse;
import dev.withal.benchmarks.jmh.LaterUse;
import dev.withal.benchmarks.jmh.OneUse;
import java.util.List;

/** What it costs to know what is held. */
final class InsightCases {
  static final List<Case> ALL =
      List.of(
          on("one use, Insight on", use("withInsight"), use("one")),
          on("one use, stages complete later, Insight on", later("withInsight"), later("later")),
          on("one use, direct style, Insight on", direct("withInsight"), direct("withal")),
          Case.of(
                  "insight",
                  "direct style with 2 threads, Insight on",
                  direct("twoThreadsWithInsight"))
              .floor("1 thread", direct("withInsight"))
              .target(time(1.5, "1 thread")));

  private InsightCases() {}

  private static Case on(String title, Subject on, Subject off) {
    return Case.of("insight", title, on)
        .floor("off", off)
        .target(more(Metric.TIME, 60, "off"))
        .target(more(Metric.BYTES, 200, "off"));
  }

  private static Subject use(String method) {
    return Subject.of(OneUse.class, method).with("body", "succeeds").with("peer", "Withal");
  }

  private static Subject later(String method) {
    return Subject.of(LaterUse.class, method).with("peer", "Withal");
  }

  private static Subject direct(String method) {
    return Subject.of(DirectUse.class, method);
  }
}
