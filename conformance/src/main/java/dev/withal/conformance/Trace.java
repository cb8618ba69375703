package dev.withal.conformance;

import java.util.ArrayList;
import java.util.List;

/** The lines of a trace, in the order in which they came. */
final class Trace {
  private final List<String> lines = new ArrayList<>();

  synchronized void add(String... words) {
    lines.add(String.join(" ", words));
  }

  synchronized List<String> lines() {
    return List.copyOf(lines);
  }
}
