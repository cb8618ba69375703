package dev.withal.stress.races;

import dev.withal.Report;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/** Counts what is reported, by the name of the manager. */
final class Reports {
  private static final AtomicLong NAMES = new AtomicLong();
  private static final Map<String, Integer> COUNTS = new ConcurrentHashMap<>();

  static {
    Report.listen(report -> COUNTS.merge(report.context(), 1, Integer::sum));
  }

  private Reports() {}

  /** {@return a name that no other manager has} Reports that tell it are counted from now on. */
  static String newName() {
    return "race " + NAMES.incrementAndGet();
  }

  /** {@return how often something was reported under a name, in words} */
  static String of(String name) {
    Integer count = COUNTS.remove(name);
    return count == null ? "" : count == 1 ? ", reported" : ", reported " + count + " times";
  }
}
