package dev.withal.jdbc;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.sql.SQLException;
import java.util.regex.Pattern;

/**
 * Keeps passwords out of the error that reports a failure to connect.
 *
 * <p>Design: some drivers quote their URL, as do {@code DriverManager} and HikariCP. A data source
 * doesn't reveal its password, so passwords are recognized by their place: behind a word like
 * {@code password=}, and before the at sign of a URL. An error without secrets is passed on
 * unchanged; one with secrets is copied, together with its causes and stack traces.
 */
final class Secrets {
  private static final String HIDDEN = "***";
  private static final int DEEPEST = 20;

  /** In a list separated by semicolons, a value may contain anything else. */
  private static final Pattern NAMED =
      Pattern.compile(
          "(?<=(?:password|passwd|pwd|passphrase|secret|token)\\s?=)"
              + "(?:(?<=;\\w{0,40}\\s?=)[^;\"\\r\\n]+|[^;&,\\s\"']+)",
          Pattern.CASE_INSENSITIVE);

  /** {@code //user:password@host}, or {@code thin:user/password@host} as Oracle writes it. */
  private static final Pattern BEFORE_HOST =
      Pattern.compile("(?<=jdbc:)((?:[\\w+.-]+:)*+(?://)?+)[^\"'\\r\\n]*@");

  private Secrets() {}

  /** {@return the text without anything that looks like a password} */
  static String hiddenIn(String text) {
    String named = NAMED.matcher(text).replaceAll(HIDDEN);
    return BEFORE_HOST.matcher(named).replaceAll("$1" + HIDDEN + "@");
  }

  /** {@return whether an error or one of its causes reveals a secret} */
  static boolean areToldBy(Throwable error) {
    var printed = new StringWriter();
    error.printStackTrace(new PrintWriter(printed));
    String text = printed.toString();
    return !hiddenIn(text).equals(text);
  }

  /** {@return a copy of the error without secrets} */
  static SQLException hiddenIn(Throwable error) {
    return copy(error, 0);
  }

  private static SQLException copy(Throwable error, int depth) {
    SQLException known =
        error instanceof SQLException sql ? sql : new SQLException(error.toString());
    var copy =
        new SQLException(
            hiddenIn(String.valueOf(known.getMessage())),
            known.getSQLState(),
            known.getErrorCode());
    copy.setStackTrace(error.getStackTrace());
    // Bounded, as a cause may be its own.
    if (depth < DEEPEST) {
      if (error.getCause() != null) {
        copy.initCause(copy(error.getCause(), depth + 1));
      }
      for (Throwable suppressed : error.getSuppressed()) {
        copy.addSuppressed(copy(suppressed, depth + 1));
      }
    }
    return copy;
  }
}
