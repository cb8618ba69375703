package dev.withal.testkit;

import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** The findings by law: their number, and the shortest trial that shows one. */
final class Findings {

  private record Finding(String what, List<String> events, int trials) {
    Finding or(Finding other) {
      Finding shorter = events.size() <= other.events.size() ? this : other;
      return new Finding(shorter.what, shorter.events, trials + other.trials);
    }

    @Override
    public String toString() {
      return what
          + " (in "
          + trials
          + (trials == 1 ? " trial" : " trials")
          + "); the shortest:"
          + events.stream().map(event -> "\n    " + event).collect(Collectors.joining());
    }
  }

  private final Map<Law, Finding> byLaw = new EnumMap<>(Law.class);
  private int trials;

  void trial() {
    trials++;
  }

  void add(Law law, String what, List<String> events) {
    byLaw.merge(law, new Finding(what, events, 1), Finding::or);
  }

  boolean isEmpty() {
    return byLaw.isEmpty();
  }

  /** Fails if there are any findings. */
  void raise() {
    if (!byLaw.isEmpty()) {
      throw new AssertionError(
          byLaw.entrySet().stream()
              .map(entry -> "\n" + entry.getKey() + ": " + entry.getValue())
              .collect(
                  Collectors.joining(
                      "", "the manager breaks " + laws() + " in " + trials + " trials", "")));
    }
  }

  private String laws() {
    return byLaw.size() == 1 ? "a law" : byLaw.size() + " laws";
  }
}
