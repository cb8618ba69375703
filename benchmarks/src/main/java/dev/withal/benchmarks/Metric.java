package dev.withal.benchmarks;

import java.util.Locale;

/** What is measured of a benchmark. Of each, less is better. */
enum Metric {
  /** Nanoseconds per operation. */
  TIME("time", "") {
    @Override
    String format(double nanos) {
      String[] units = {"ns", "µs", "ms", "s"};
      double value = nanos;
      int unit = 0;
      while (value >= 1000 && unit < units.length - 1) {
        value /= 1000;
        unit++;
      }
      return threeDigits(value) + " " + units[unit];
    }
  },
  /** Bytes allocated per operation, by all threads. */
  BYTES("bytes", "gc.alloc.rate.norm"),
  /** Bytes of heap that are held. */
  HELD("held", "retainedBytes"),
  /** Nanoseconds of virtual time that pass. */
  VIRTUAL_TIME("virtual time", "virtualNanos") {
    @Override
    String format(double nanos) {
      return TIME.format(nanos);
    }
  };

  final String text;

  /** What JMH calls it; empty for the score itself. */
  final String label;

  Metric(String text, String label) {
    this.text = text;
    this.label = label;
  }

  /** {@return a value with its unit} */
  String format(double bytes) {
    return threeDigits(bytes) + " B";
  }

  private static String threeDigits(double value) {
    int decimals = value < 9.995 ? 2 : value < 99.95 ? 1 : 0;
    return String.format(Locale.ROOT, "%." + decimals + "f", value);
  }
}
