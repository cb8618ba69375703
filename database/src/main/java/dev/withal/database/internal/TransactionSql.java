package dev.withal.database.internal;

import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** SQL that a transaction's body may not run, as its exit ends the transaction. */
public final class TransactionSql {

  /** {@code ROLLBACK TO} a savepoint neither ends a transaction nor begins one. */
  private static final Pattern ENDS =
      Pattern.compile(
          "\\s*(COMMIT|END|ABORT|BEGIN|START\\s+TRANSACTION|ROLLBACK(?!(\\s+\\w+)?\\s+TO\\b))"
              + "(\\s.*)?",
          Pattern.CASE_INSENSITIVE | Pattern.DOTALL);

  /**
   * Comments, and what is quoted: no statement begins or ends in there. In {@code E'…'}, a
   * backslash quotes what follows.
   */
  private static final Pattern PASSED_OVER =
      Pattern.compile(
          "--[^\\n]*|/\\*.*?\\*/"
              + "|\\b[eE]'[^'\\\\]*+(?:(?:\\\\.|'')[^'\\\\]*+)*+'|'[^']*'"
              + "|\"[^\"]*\"|(\\$\\w*\\$).*?\\1",
          Pattern.DOTALL);

  /** What makes a routine has the routine's own statements behind it. */
  private static final Pattern ROUTINE =
      Pattern.compile(
          "\\s*CREATE\\b.*\\b(FUNCTION|PROCEDURE|TRIGGER)\\b.*",
          Pattern.CASE_INSENSITIVE | Pattern.DOTALL);

  private TransactionSql() {}

  /**
   * {@return the statement that ends a transaction or begins one, without what it quotes; null if
   * there is none}
   *
   * @param sql one or more statements
   */
  public static @Nullable String ending(String sql) {
    if (sql.indexOf(';') < 0 && !sql.contains("--") && !sql.contains("/*")) {
      return ENDS.matcher(sql).matches() ? sql.strip() : null;
    }
    for (String statement : PASSED_OVER.matcher(sql).replaceAll(" ").split(";", -1)) {
      if (ENDS.matcher(statement).matches()) {
        return statement.strip();
      }
      if (ROUTINE.matcher(statement).matches()) {
        return null;
      }
    }
    return null;
  }
}
