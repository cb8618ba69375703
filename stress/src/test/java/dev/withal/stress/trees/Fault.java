package dev.withal.stress.trees;

import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * An error as the model sees it.
 *
 * @param answer whether it says no more than that a request to end was heard
 * @param added what is reachable from it
 */
record Fault(String name, boolean answer, List<Fault> added) {

  /** Separates the label of an error from what tells it from others with that label. */
  static final String ORIGIN = "#";

  static Fault of(String name) {
    return new Fault(name, false, List.of());
  }

  static Fault answer(String name) {
    return new Fault(name, true, List.of());
  }

  /** {@return this error with another one added, from which it is not reachable itself} */
  Fault with(Fault other) {
    return new Fault(name, answer, Stream.concat(added.stream(), other.without(name)).toList());
  }

  /** {@return this error, and in the place of another one what was added to that} */
  private Stream<Fault> without(String other) {
    List<Fault> rest = added.stream().flatMap(fault -> fault.without(other)).toList();
    return name.equals(other) ? rest.stream() : Stream.of(new Fault(name, answer, rest));
  }

  /** {@return the reason to end, with what the error says that a body ended with after that} */
  static Fault asked(Fault reason, Fault error) {
    if (error == null || error.name.equals(reason.name)) {
      return error == null ? reason : error;
    }
    Fault joined = reason;
    for (Fault next : error.answer ? error.added : List.of(error)) {
      joined = joined.with(next);
    }
    return joined;
  }

  /** {@return whether this says more than that a request with this reason was heard} */
  boolean isNews(Fault reason) {
    return !added.isEmpty() || (!answer && !name.equals(reason.name));
  }

  /** {@return the label of an error, then those of all that is reachable; none if there is none} */
  static List<String> reachable(Fault fault) {
    if (fault == null) {
      return List.of();
    }
    var labels = new TreeSet<String>();
    fault.collect(labels);
    labels.remove(fault.label());
    return Stream.concat(Stream.of(fault.label()), labels.stream()).toList();
  }

  private void collect(Set<String> labels) {
    labels.add(label());
    added.forEach(other -> other.collect(labels));
  }

  /** {@return what the journal calls it} */
  String label() {
    int origin = name.indexOf(ORIGIN);
    return origin < 0 ? name : name.substring(0, origin);
  }
}
