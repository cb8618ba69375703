package dev.withal.stress.races;

import dev.withal.Report;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Future;

/** The errors that were reported of an overlap or an abandoned exit. */
final class Reported {
  private static final Set<Throwable> ERRORS = ConcurrentHashMap.newKeySet();

  static {
    Report.listen(report -> {
      if (report.kind() == Report.Kind.OVERLAP || report.kind() == Report.Kind.ABANDONED_EXIT) {
        ERRORS.add(report.error());
      }
    });
  }

  private Reported() {}

  /** Begins to listen, unless that was done. */
  static void listen() {}

  /** {@return whether the error that a use ended with was reported, in words} */
  static String words(CompletableFuture<?> use) {
    boolean reported =
        use.state() == Future.State.FAILED && ERRORS.remove(use.exceptionNow());
    return reported ? ", reported" : "";
  }
}
