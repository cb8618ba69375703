package dev.withal.benchmarks;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Two runs side by side. Time is compared as its ratio to the first floor of the case, because that
 * shares the machine's good and bad days; bytes as they are.
 */
final class Comparison {
  /** Less than that doesn't count. */
  private static final double ONE_PERCENT = 0.01;

  private static final double ONE_BYTE = 1;

  /**
   * What became of a case.
   *
   * @param least the smallest difference that counts
   */
  record Change(String title, String what, Spread before, Spread after, double least) {

    boolean isWorse() {
      return after.low() > before.high() && after.value() - before.value() > least;
    }

    boolean isBetter() {
      return after.high() < before.low() && before.value() - after.value() > least;
    }

    @Override
    public String toString() {
      return String.format(
          Locale.ROOT,
          "%s: %s %s, from %.4g (%.4g–%.4g) to %.4g (%.4g–%.4g)",
          title,
          what,
          isWorse() ? "worse" : "better",
          before.value(),
          before.low(),
          before.high(),
          after.value(),
          after.low(),
          after.high());
    }
  }

  private Comparison() {}

  /** {@return what was measured in both runs} */
  static List<Change> of(List<Case> cases, Results before, Results after) {
    List<Change> changes = new ArrayList<>();
    for (Case some : cases) {
      if (before.cover(some) && after.cover(some)) {
        for (Metric metric : Metric.values()) {
          if (before.get(some.withal()).has(metric) && after.get(some.withal()).has(metric)) {
            changes.add(change(some, metric, before, after));
          }
        }
      }
    }
    return changes;
  }

  private static Change change(Case some, Metric metric, Results before, Results after) {
    if (metric == Metric.TIME && !some.others().isEmpty()) {
      Spread old = toFloor(some, before);
      return new Change(
          some.title(),
          "time over that of " + some.others().getFirst().name() + " is",
          old,
          toFloor(some, after),
          old.value() * ONE_PERCENT);
    }
    Spread old = Spread.ofMedian(before.get(some.withal()).of(metric));
    return new Change(
        some.title(),
        metric.text + (metric == Metric.BYTES ? " are" : " is"),
        old,
        Spread.ofMedian(after.get(some.withal()).of(metric)),
        Math.max(old.value() * ONE_PERCENT, ONE_BYTE));
  }

  private static Spread toFloor(Case some, Results results) {
    return Spread.ofRatio(
        results.get(some.withal()).of(Metric.TIME),
        results.get(some.others().getFirst().subject()).of(Metric.TIME));
  }
}
