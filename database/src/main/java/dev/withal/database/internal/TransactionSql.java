package dev.withal.database.internal;

import java.util.regex.Pattern;

/** SQL that a transaction's body may not run, as its exit ends the transaction. */
public final class TransactionSql {

  /** {@code ROLLBACK TO} a savepoint neither ends a transaction nor begins one. */
  private static final Pattern ENDS =
      Pattern.compile(
          "\\s*(COMMIT|END|ABORT|BEGIN|START\\s+TRANSACTION|ROLLBACK(?!(\\s+\\w+)?\\s+TO\\b))"
              + "(\\s|;|$).*",
          Pattern.CASE_INSENSITIVE | Pattern.DOTALL);

  private TransactionSql() {}

  /**
   * {@return whether a statement ends a transaction, or begins one}
   *
   * @param sql the statement
   */
  public static boolean ends(String sql) {
    return ENDS.matcher(sql).matches();
  }

  /**
   * {@return the first statement, for messages} Those behind it may hold anything, passwords too.
   *
   * @param sql one or more statements
   */
  public static String first(String sql) {
    String statements = sql.strip();
    int end = statements.indexOf(';') + 1;
    return end == 0 || end == statements.length() ? statements : statements.substring(0, end) + "…";
  }
}
