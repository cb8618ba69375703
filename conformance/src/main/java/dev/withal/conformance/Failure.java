package dev.withal.conformance;

import java.util.ArrayDeque;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** The only exception that a scenario raises; its name is what a trace shows. */
final class Failure extends Exception {
  private static final long serialVersionUID = 1;

  /** What traces call a generator that yields never, or more than once. */
  private static final String PROTOCOL_ERROR = "ProtocolError";

  private final String name;

  Failure(String name) {
    super(name);
    this.name = name;
  }

  /** {@return what a trace calls an error} */
  static String label(@Nullable Throwable error) {
    return switch (error) {
      case null -> "None";
      case Failure failure -> failure.name;
      case IllegalStateException ignored -> PROTOCOL_ERROR;
      default -> error.getClass().getSimpleName();
    };
  }

  /** {@return the names of all errors reachable from this one, itself included, in order} */
  static Set<String> reachable(Throwable from) {
    Set<Throwable> seen = Collections.newSetFromMap(new IdentityHashMap<>());
    var names = new TreeSet<String>();
    var open = new ArrayDeque<Throwable>();
    open.add(from);
    for (Throwable next = open.poll(); next != null; next = open.poll()) {
      if (seen.add(next)) {
        names.add(label(next));
        if (next.getCause() != null) {
          open.add(next.getCause());
        }
        Collections.addAll(open, next.getSuppressed());
      }
    }
    return names;
  }
}
