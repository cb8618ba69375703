package dev.withal.adapters.testing;

import dev.withal.Async;
import dev.withal.AsyncContextManager;
import dev.withal.ExitCase;
import dev.withal.Verdict;
import dev.withal.testkit.Journal;
import java.time.Duration;

/** Managers that note their steps. */
public final class Noted {
  private Noted() {}

  /** {@return a manager that is entered and exited at once} */
  public static AsyncContextManager<String> atOnce(Journal journal, String name) {
    return later(journal, name, Duration.ZERO, Duration.ZERO);
  }

  /** {@return a manager that takes its time} */
  public static AsyncContextManager<String> later(
      Journal journal, String name, Duration enter, Duration exit) {
    return AsyncContextManager.of(
        () ->
            Async.sleepAsync(enter)
                .thenApply(_ -> {
                  journal.add("enter " + name);
                  return name;
                }),
        (_, how) -> {
          journal.add("exit " + name + " " + word(how));
          return Async.sleepAsync(exit)
              .thenApply(_ -> {
                if (exit.isPositive()) {
                  journal.add(name + " done");
                }
                return Verdict.PROPAGATE;
              });
        });
  }

  private static String word(ExitCase how) {
    return switch (how) {
      case ExitCase.Succeeded _ -> "succeeded";
      case ExitCase.Failed(var error, _) -> "failed " + error.getMessage();
      case ExitCase.Cancelled _ -> "cancelled";
    };
  }
}
