package dev.withal.benchmarks;

import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * One thing that is measured: a benchmark method and its parameters.
 *
 * @param benchmark the simple name of the class, and that of the method
 * @param parameters what is {@code @Param} there, by name
 * @param operations how many operations one call is: uses, levels, entries
 */
record Subject(String benchmark, SortedMap<String, String> parameters, long operations) {

  static Subject of(Class<?> type, String method) {
    return new Subject(type.getSimpleName() + "." + method, new TreeMap<>(), 1);
  }

  /** {@return this one with a parameter set} */
  Subject with(String parameter, Object value) {
    var more = new TreeMap<>(parameters);
    more.put(parameter, value.toString());
    return new Subject(benchmark, more, operations);
  }

  /** {@return this one with a parameter set which says how many operations a call is} */
  Subject times(String parameter, long count) {
    return new Subject(benchmark, with(parameter, count).parameters, count);
  }

  /** {@return this one, with fewer operations in a call if they are more than {@code most}} */
  Subject upTo(long most) {
    if (operations <= most) {
      return this;
    }
    var fewer = new TreeMap<>(parameters);
    fewer.replaceAll(
        (_, value) -> value.equals(Long.toString(operations)) ? Long.toString(most) : value);
    return new Subject(benchmark, fewer, most);
  }

  /** {@return what tells this one from all others} */
  String name() {
    return benchmark
        + parameters.entrySet().stream()
            .map(Map.Entry::toString)
            .collect(Collectors.joining(",", "[", "]"));
  }
}
