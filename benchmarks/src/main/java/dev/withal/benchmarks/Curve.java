package dev.withal.benchmarks;

import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.function.LongFunction;
import java.util.stream.LongStream;
import java.util.stream.Stream;

/**
 * How cost grows with work: a panel of the chart.
 *
 * @param group what a filter selects it by, besides its title
 * @param title what there is more and more of
 * @param metric the cost
 * @param upTo the largest size
 * @param series who does it, and how it is measured at each size
 */
record Curve(
    String group,
    String title,
    Metric metric,
    long upTo,
    Map<String, LongFunction<Subject>> series) {

  static final long UP_TO = 1_000_000;

  Curve(String group, String title, Metric metric) {
    this(group, title, metric, UP_TO, Map.of());
  }

  Curve series(String name, LongFunction<Subject> subject) {
    var more = new LinkedHashMap<>(series);
    more.put(name, subject);
    return new Curve(group, title, metric, upTo, more);
  }

  Curve upTo(long size) {
    return new Curve(group, title, metric, size, series);
  }

  /** {@return what a filter looks at} */
  String label() {
    return (group + " " + title).toLowerCase(Locale.ROOT);
  }

  /** {@return the sizes that are measured, each {@code step} times the one before} */
  LongStream sizes(int step) {
    return LongStream.iterate(upTo, size -> size >= 1, size -> size / step).sorted();
  }

  Stream<Subject> subjects(int step) {
    return series.values().stream().flatMap(subject -> sizes(step).mapToObj(subject));
  }
}
