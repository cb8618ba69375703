package dev.withal.benchmarks;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.ToDoubleFunction;

/**
 * A figure, and where it lies if the same samples are drawn again and again: the middle 95 % of a
 * thousand times. Processes are drawn first, then iterations of each, because those of one process
 * are more alike. Always comes to the same for the same samples.
 *
 * @param value the figure
 * @param low below which it lies in one of forty draws
 * @param high above which it lies in one of forty draws
 */
record Spread(double value, double low, double high) {
  private static final int DRAWS = 1000;
  private static final long SEED = 42;

  /** {@return the ratio of the medians} */
  static Spread ofRatio(List<List<Double>> of, List<List<Double>> to) {
    return of(
        median(flat(of)) / median(flat(to)),
        random -> median(draw(of, random)) / median(draw(to, random)));
  }

  /** {@return the median} */
  static Spread ofMedian(List<List<Double>> samples) {
    return of(median(flat(samples)), random -> median(draw(samples, random)));
  }

  private static Spread of(double value, ToDoubleFunction<SplittableRandom> again) {
    var random = new SplittableRandom(SEED);
    double[] drawn = new double[DRAWS];
    Arrays.setAll(drawn, _ -> again.applyAsDouble(random));
    Arrays.sort(drawn);
    return new Spread(value, drawn[DRAWS / 40], drawn[DRAWS - 1 - DRAWS / 40]);
  }

  private static List<Double> draw(List<List<Double>> processes, SplittableRandom random) {
    var drawn = new ArrayList<Double>();
    for (int i = 0; i < processes.size(); i++) {
      List<Double> process = processes.get(random.nextInt(processes.size()));
      for (int j = 0; j < process.size(); j++) {
        drawn.add(process.get(random.nextInt(process.size())));
      }
    }
    return drawn;
  }

  private static List<Double> flat(List<List<Double>> processes) {
    return processes.stream().flatMap(List::stream).toList();
  }

  static double median(List<Double> values) {
    double[] sorted = values.stream().mapToDouble(Double::doubleValue).sorted().toArray();
    int middle = sorted.length / 2;
    return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
  }
}
