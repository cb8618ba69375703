package dev.withal.benchmarks;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/**
 * What came out for one subject.
 *
 * @param subject what was measured
 * @param samples of each metric: for each process, what each of its iterations came to, per
 *     operation
 */
record Measurement(Subject subject, Map<Metric, List<List<Double>>> samples) {

  /** {@return this one, with the processes of another one of the same subject added} */
  Measurement and(Measurement other) {
    var all = new EnumMap<Metric, List<List<Double>>>(Metric.class);
    samples.forEach((metric, processes) -> all.put(metric, new ArrayList<>(processes)));
    other.samples.forEach((metric, processes) ->
        all.merge(
            metric,
            processes,
            (before, more) -> {
              before.addAll(more);
              return before;
            }));
    return new Measurement(subject, all);
  }

  boolean has(Metric metric) {
    return samples.containsKey(metric);
  }

  /** {@return the median of all iterations} */
  double median(Metric metric) {
    return Spread.median(of(metric).stream().flatMap(List::stream).toList());
  }

  List<List<Double>> of(Metric metric) {
    List<List<Double>> found = samples.get(metric);
    if (found == null) {
      throw new UserException(metric.text + " of " + subject.name() + " was not measured");
    }
    return found;
  }
}
