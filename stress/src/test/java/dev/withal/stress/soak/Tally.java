package dev.withal.stress.soak;

import dev.withal.Report;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CancellationException;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.LongAdder;

/** What is counted of all uses. */
final class Tally {
  static final String HEADER =
      "     stage    direct    values  failures cancelled timed-out   entered    exited"
          + "  heap-KiB   seconds";

  final LongAdder entered = new LongAdder();
  final LongAdder exited = new LongAdder();
  final LongAdder exitedTwice = new LongAdder();
  final LongAdder exitedBesideTheBody = new LongAdder();
  final LongAdder resultBeforeTheExit = new LongAdder();

  final LongAdder stageStyle = new LongAdder();
  final LongAdder directStyle = new LongAdder();
  final LongAdder values = new LongAdder();
  final LongAdder failures = new LongAdder();
  final LongAdder cancelled = new LongAdder();
  final LongAdder timedOut = new LongAdder();

  private final Map<Report.Kind, LongAdder> reports = new EnumMap<>(Report.Kind.class);

  Tally() {
    for (Report.Kind kind : Report.Kind.values()) {
      reports.put(kind, new LongAdder());
    }
  }

  void report(Report report) {
    reports.get(report.kind()).increment();
  }

  long reports(Report.Kind kind) {
    return reports.get(kind).sum();
  }

  /** A use ended, with this error or with a value. */
  void ended(Throwable error) {
    switch (error) {
      case null -> values.increment();
      case CancellationException ignored -> cancelled.increment();
      case InterruptedException ignored -> cancelled.increment();
      case TimeoutException ignored -> timedOut.increment();
      default -> failures.increment();
    }
  }

  long uses() {
    return values.sum() + failures.sum() + cancelled.sum() + timedOut.sum();
  }

  @Override
  public String toString() {
    var line = new StringBuilder();
    for (LongAdder count :
        List.of(stageStyle, directStyle, values, failures, cancelled, timedOut, entered, exited)) {
      line.append(String.format("%10d", count.sum()));
    }
    return line.toString();
  }
}
