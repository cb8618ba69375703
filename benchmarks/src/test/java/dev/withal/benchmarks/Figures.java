package dev.withal.benchmarks;

import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Results that were never measured. */
final class Figures {
  static final Subject WITHAL = subject("withal");
  static final Subject FLOOR = subject("floor");
  static final Subject SLOW_LIBRARY = subject("slow");
  static final Subject FAST_LIBRARY = subject("fast");

  static final Case CASE =
      Case.of("group", "a case", WITHAL)
          .floor("floor", FLOOR)
          .library("slow", SLOW_LIBRARY)
          .library("fast", FAST_LIBRARY);

  private Figures() {}

  static Subject subject(String name) {
    return new Subject("Benchmark." + name, new TreeMap<>(), 1);
  }

  static Measurement measurement(Subject subject, double bytes, Double... times) {
    Map<Metric, List<List<Double>>> samples = new EnumMap<>(Metric.class);
    samples.put(Metric.TIME, List.of(Arrays.asList(times)));
    samples.put(Metric.BYTES, List.of(List.of(bytes)));
    return new Measurement(subject, samples);
  }

  /** {@return results of a run that took so long for each} */
  static Results results(double withal, double floor, double slow, double fast) {
    return results(
        measurement(WITHAL, 72, withal),
        measurement(FLOOR, 96, floor),
        measurement(SLOW_LIBRARY, 200, slow),
        measurement(FAST_LIBRARY, 100, fast));
  }

  static Results results(Measurement... measurements) {
    return new Results(
        new Environment("2026-01-01T00:00:00Z", "abc", "a machine", "a system", "a JDK"),
        Effort.QUICK,
        List.of(measurements));
  }
}
