package dev.withal;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What an exception says of itself. Any of its methods may be overridden: a mock answers null, a
 * broken one throws. That must not get in the way of the error that it is (L15), so then it says
 * nothing.
 */
final class Foreign {
  private Foreign() {}

  static @Nullable Throwable cause(Throwable error) {
    try {
      return error.getCause();
    } catch (Throwable broken) {
      return null;
    }
  }

  static List<Throwable> suppressed(Throwable error) {
    try {
      Throwable[] suppressed = error.getSuppressed();
      return suppressed == null ? List.of() : Arrays.asList(suppressed);
    } catch (Throwable broken) {
      return List.of();
    }
  }

  /** {@return its cause and its suppressed exceptions} */
  static List<Throwable> carriedBy(Throwable error) {
    List<Throwable> suppressed = suppressed(error);
    Throwable cause = cause(error);
    if (cause == null) {
      return suppressed;
    }
    var carried = new ArrayList<>(suppressed);
    carried.add(cause);
    return carried;
  }

  static boolean carriesNothing(Throwable error) {
    return cause(error) == null && suppressed(error).isEmpty();
  }

  static @Nullable String message(Throwable error) {
    try {
      return error.getMessage();
    } catch (Throwable broken) {
      return null;
    }
  }

  static String text(Throwable error) {
    try {
      return String.valueOf(error.toString());
    } catch (Throwable broken) {
      return error.getClass().getName();
    }
  }

  /** Whether it tells where it was thrown; one that is made once and thrown often doesn't. */
  static boolean isTraced(Throwable error) {
    try {
      StackTraceElement[] trace = error.getStackTrace();
      return trace == null || trace.length > 0;
    } catch (Throwable broken) {
      return true;
    }
  }

  static StackTraceElement[] trace(Throwable error) {
    try {
      StackTraceElement[] trace = error.getStackTrace();
      return trace == null ? new StackTraceElement[0] : trace;
    } catch (Throwable broken) {
      return new StackTraceElement[0];
    }
  }

  /** Sets the trace, if the error lets itself be told. */
  static void showTrace(Throwable error, StackTraceElement[] trace) {
    try {
      error.setStackTrace(trace);
    } catch (Throwable broken) {
      // It keeps the one that it has.
    }
  }

  /**
   * Adds a suppressed exception.
   *
   * @param first whether it is to be seen that the error takes any
   * @return whether it was taken
   */
  static boolean add(Throwable error, Throwable added, boolean first) {
    try {
      int before = first ? error.getSuppressed().length : 0;
      error.addSuppressed(added);
      return !first || error.getSuppressed().length > before;
    } catch (Throwable broken) {
      return false;
    }
  }
}
