package dev.withal.stress.trees;

import dev.withal.stress.trees.Tree.Member;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/** What happens to a tree: a journal, reports, and how it ends. */
final class Events {

  /**
   * Something that happens.
   *
   * @param parallel names what is in no order at the same instant; empty if all is
   */
  private record Event(long at, String parallel, String text) {}

  private final List<Event> journal = new ArrayList<>();
  private final Set<String> reports = new TreeSet<>();
  private String end = "";

  /** Adds what happens to one of some contexts that are entered and exited in parallel. */
  synchronized void add(long at, List<Member> parallel, String text) {
    String group = parallel.size() == 1 ? "" : parallel.getFirst().name();
    journal.add(new Event(at, group, text));
  }

  synchronized void report(long at, String text) {
    reports.add(Duration.ofNanos(at) + " reported: " + text);
  }

  /** The caller has the answer: an error and what is reachable from it, none if it succeeded. */
  synchronized void end(long at, List<String> errors, boolean interrupted) {
    end =
        Duration.ofNanos(at)
            + (errors.isEmpty() ? " succeeded" : " failed with " + String.join(", ", errors))
            + (interrupted ? "; the thread is interrupted" : "");
  }

  /** {@return all of it, in an order that is the same whenever nothing differs} */
  synchronized List<String> lines() {
    var sorted = new ArrayList<>(journal);
    sorted.sort(Comparator.comparingLong(Event::at));
    for (int from = 0; from < sorted.size(); ) {
      int to = from + 1;
      while (to < sorted.size() && areParallel(sorted.get(from), sorted.get(to))) {
        to++;
      }
      sorted.subList(from, to).sort(Comparator.comparing(Event::text));
      from = to;
    }
    var lines = new ArrayList<String>();
    sorted.forEach(event -> lines.add(Duration.ofNanos(event.at) + " " + event.text));
    lines.addAll(reports);
    lines.add(end);
    return lines;
  }

  private static boolean areParallel(Event one, Event other) {
    return one.at == other.at && !one.parallel.isEmpty() && one.parallel.equals(other.parallel);
  }
}
