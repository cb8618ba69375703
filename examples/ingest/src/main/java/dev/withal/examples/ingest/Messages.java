package dev.withal.examples.ingest;

import dev.withal.leases.LeaseLostException;
import dev.withal.r2dbc.TransactionException;
import dev.withal.timeline.Refusal;
import io.r2dbc.spi.R2dbcException;
import io.r2dbc.spi.R2dbcNonTransientResourceException;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.AccessDeniedException;
import java.nio.file.NoSuchFileException;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Errors in the words of one who runs the program, without credentials. */
final class Messages {
  /** What is between the slashes and the last at sign of a URL, other than in an explanation. */
  private static final Pattern CREDENTIALS = Pattern.compile("(?<=//)(?!user:password@host)\\S*@");

  private Messages() {}

  /** {@return what went wrong, in one line} */
  static String of(Throwable failure) {
    @Nullable String message =
        switch (failure) {
          case LoadException ours -> ours.getMessage();
          case SkippedException ours -> ours.getMessage();
          case Refusal refused -> refused.getMessage();
          case LeaseLostException lost -> "nothing was loaded: " + lost.getMessage();
          case NoSuchFileException missing -> missing.getFile() + ": doesn't exist";
          case AccessDeniedException denied -> denied.getFile() + ": may not be read";
          case IOException other -> other.getMessage();
          case R2dbcException refused -> ofDatabase(refused);
          case IllegalArgumentException wrongUrl -> wrongUrl.getMessage();
          default -> "unexpected: " + failure + " (--verbose shows where)";
        };
    return hidden(String.valueOf(message));
  }

  /**
   * {@return what the database says} H2 adds the statement, some drivers leave to their cause why,
   * and the pool says in front of it who got no connection, of which there is only one here.
   */
  static String ofDatabase(R2dbcException refused) {
    R2dbcException said =
        refused instanceof R2dbcNonTransientResourceException
                && refused.getCause() instanceof R2dbcException ofDriver
            ? ofDriver
            : refused;
    String message = String.valueOf(said.getMessage());
    Throwable cause = said;
    while (cause.getCause() != null) {
      cause = cause.getCause();
    }
    String why = String.valueOf(cause.getMessage());
    return firstLine(message) + (message.contains(why) ? "" : ": " + firstLine(why));
  }

  private static String firstLine(String message) {
    return message.lines().findFirst().orElse("").replaceFirst("; SQL statement:$", "");
  }

  /**
   * {@return whether a failure that came later says more than what led to it} A process that was
   * interrupted, or has lost its lease, can't be surprised by what follows from that: the server
   * has closed its connection, and rolls back, or doesn't take the lease back.
   */
  static boolean isNews(Throwable later, Throwable failure) {
    boolean followsFromLoss =
        later instanceof LeaseLostException
            || later instanceof IllegalStateException
            || (later instanceof LoadException
                && later.getCause() instanceof R2dbcNonTransientResourceException)
            || (later instanceof TransactionException ofTransaction
                && ofTransaction.outcome() == TransactionException.Outcome.NOT_COMMITTED);
    return !(later instanceof InterruptedException)
        && !(failure instanceof LeaseLostException && followsFromLoss);
  }

  static String stackTrace(Throwable failure) {
    var trace = new StringWriter();
    failure.printStackTrace(new PrintWriter(trace));
    return hidden(trace.toString());
  }

  static String hidden(String text) {
    return CREDENTIALS.matcher(text).replaceAll("***@");
  }
}
