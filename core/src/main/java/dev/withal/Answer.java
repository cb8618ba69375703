package dev.withal;

import dev.withal.RequestFuture.Request;
import org.jspecify.annotations.Nullable;

/** How a use ends whose caller asked it to end. */
final class Answer {
  private Answer() {}

  /** Ends as the caller asked: a verdict may replace the reason, but can't suppress it. */
  @SuppressWarnings("unchecked") // the value was given to complete(R)
  static <R extends @Nullable Object> void give(
      RequestFuture<R> use, Request asked, ExitCase after) {
    Throwable error = after.error();
    if (asked.withValue
        && (error == null || (error == asked.reason && Foreign.suppressed(error).isEmpty()))) {
      use.finish((R) asked.value);
    } else if (asked.by == Request.By.CONTEXT && error == null) {
      use.finish(null);
    } else {
      use.fail(error == null ? asked.reason : error);
    }
  }
}
