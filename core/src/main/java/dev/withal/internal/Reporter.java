package dev.withal.internal;

import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** Sends reports for those who can't make one. */
@FunctionalInterface
public interface Reporter {

  /**
   * Sends one; never throws.
   *
   * @param kind its kind, as an enum constant's name
   * @param context what it is about
   * @param message what happened
   * @param error the error; null if there is none
   */
  void report(String kind, String context, String message, @Nullable Throwable error);

  /** {@return who sends reports: nobody before the class of reports is initialized} */
  static Reporter current() {
    return Current.REPORTER.get();
  }

  /**
   * Says who sends reports.
   *
   * @param sender whom to call
   */
  static void is(Reporter sender) {
    Current.REPORTER.set(sender);
  }

  /** Holds the one who sends. */
  final class Current {
    private static final AtomicReference<Reporter> REPORTER =
        new AtomicReference<>((kind, context, message, error) -> {});

    private Current() {}
  }
}
