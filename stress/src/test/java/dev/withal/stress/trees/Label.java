package dev.withal.stress.trees;

import dev.withal.ExitCase;
import java.util.ArrayDeque;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;

/** What the journal calls errors and cases. */
final class Label {
  private Label() {}

  static String of(ExitCase how) {
    return switch (how) {
      case ExitCase.Succeeded _ -> "succeeded";
      case ExitCase.Failed failed -> "failed " + of(failed.error());
      case ExitCase.Cancelled cancelled ->
          (cancelled.bodyStillRuns() ? "beside " : "cancelled ") + of(cancelled.error());
    };
  }

  /** {@return what an error is called, or a copy of it} */
  static String of(Throwable error) {
    String text = error.toString();
    if (text.startsWith("java.lang.InterruptedException")) {
      return "interrupted";
    }
    if (text.endsWith("cancelled by its caller")) {
      return "asked";
    }
    if (text.contains("this exit stack is closed")) {
      return "closed";
    }
    return text.substring(text.indexOf(": ") + 2);
  }

  /** {@return the names of an error and of what is reachable from it; nothing if there is none} */
  static List<String> reachable(Throwable error) {
    if (error == null) {
      return List.of();
    }
    Set<Throwable> seen = Collections.newSetFromMap(new IdentityHashMap<>());
    var names = new TreeSet<String>();
    var open = new ArrayDeque<Throwable>(List.of(error));
    for (Throwable next = open.poll(); next != null; next = open.poll()) {
      if (seen.add(next)) {
        names.add(of(next));
        Collections.addAll(open, next.getSuppressed());
        if (next.getCause() != null) {
          open.add(next.getCause());
        }
      }
    }
    names.remove(of(error));
    return Stream.concat(Stream.of(of(error)), names.stream()).toList();
  }
}
