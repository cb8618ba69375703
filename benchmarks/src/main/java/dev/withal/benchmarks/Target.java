package dev.withal.benchmarks;

/** What a case must come to. */
sealed interface Target {

  /** {@return what is compared} */
  Metric metric();

  /** {@return how the table says it} */
  String text();

  /** At most so many times what another one takes. */
  record Times(Metric metric, double factor, String other) implements Target {
    @Override
    public String text() {
      return metric.text + " ≤ " + factor + " × " + other;
    }
  }

  /** At most so much more than another one takes. */
  record More(Metric metric, double most, String other) implements Target {
    @Override
    public String text() {
      return metric.text + " ≤ " + other + " + " + metric.format(most);
    }
  }

  /** Less than each library takes. */
  record AheadOfLibraries(Metric metric) implements Target {
    @Override
    public String text() {
      return metric.text + " < every library";
    }
  }

  /** At most so much. */
  record AtMost(Metric metric, double limit) implements Target {
    @Override
    public String text() {
      return metric.text + " ≤ " + metric.format(limit);
    }
  }

  static Target time(double factor, String other) {
    return new Times(Metric.TIME, factor, other);
  }

  static Target bytes(double factor, String other) {
    return new Times(Metric.BYTES, factor, other);
  }

  static Target more(Metric metric, double most, String other) {
    return new More(metric, most, other);
  }

  static Target ahead() {
    return new AheadOfLibraries(Metric.TIME);
  }

  static Target atMost(Metric metric, double limit) {
    return new AtMost(metric, limit);
  }
}
