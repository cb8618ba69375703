package dev.withal.database.internal;

import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/**
 * The effects of an SQL text beyond reading and writing rows, as far as the text shows them.
 *
 * @param ending the statement that ends or begins a transaction, without its quoted text; null if
 *     there is none
 * @param touchesSession whether the text may leave something in the session, such as a setting, a
 *     lock or a temporary table. A function that isn't known might
 */
public record SqlText(@Nullable String ending, boolean touchesSession) {
  /** On PostgreSQL and MariaDB: statements that read or write rows, and may call functions. */
  static final Set<String> QUERIES =
      Set.of(
          "SELECT", "INSERT", "UPDATE", "DELETE", "MERGE", "WITH", "VALUES", "TABLE", "EXPLAIN",
          "REPLACE", "COPY");

  /**
   * Statements that leave nothing behind but by the functions they call: {@code USING} of an {@code
   * ALTER} computes values, and MariaDB's {@code ANALYZE} runs a query.
   */
  private static final Set<String> CALLING = Set.of("ALTER", "ANALYZE");

  /** Statements that leave nothing behind, whatever they contain. */
  private static final Set<String> QUIET =
      Set.of(
          "CREATE",
          "DROP",
          "COMMENT",
          "GRANT",
          "REVOKE",
          "TRUNCATE",
          "SHOW",
          "BEGIN",
          "START",
          "COMMIT",
          "END",
          "ROLLBACK",
          "ABORT",
          "SAVEPOINT",
          "RELEASE",
          "VACUUM",
          "NOTIFY",
          "FETCH",
          "MOVE",
          "CLOSE",
          "CLUSTER",
          "REINDEX",
          "REFRESH",
          "CHECKPOINT",
          "DESCRIBE",
          "OPTIMIZE",
          "RENAME");

  /**
   * {@code SET} with one of these words has no effect past its transaction, and {@code SET
   * TRANSACTION} none outside of one.
   */
  private static final Set<String> POSTGRESQL_OF_TRANSACTION =
      Set.of("LOCAL", "TRANSACTION", "CONSTRAINTS");

  /**
   * The same on MariaDB, where {@code LOCAL} is the session, and {@code TRANSACTION} the next
   * transaction, which may be another user's.
   */
  private static final Set<String> MARIADB_OF_TRANSACTION = Set.of("STATEMENT");

  /** The same on others, some of which set the session's transactions. */
  private static final Set<String> OF_TRANSACTION = Set.of("LOCAL", "CONSTRAINTS");

  /** On other databases: statements that are known to set something. */
  private static final Set<String> SETTING = Set.of("SET", "USE", "DECLARE", "PREPARE");

  /** Words before a parenthesis that call nothing, or something that leaves nothing behind. */
  private static final Set<String> HARMLESS =
      Set.of(
          ("VALUES IN EXISTS ANY ALL SOME AND OR NOT ON USING AS SELECT WHERE FROM JOIN BY SET KEY"
                  + " BETWEEN LIKE ILIKE THEN WHEN ELSE CASE OVER FILTER PARTITION LIMIT OFFSET UNION"
                  + " EXCEPT INTERSECT RETURNING CONFLICT WITHIN GROUP DISTINCT ROW ARRAY INTERVAL"
                  + " LATERAL HAVING MATERIALIZED WITH EXPLAIN"
                  + " VARCHAR CHAR CHARACTER VARYING NUMERIC DECIMAL TIMESTAMP TIME BIT FLOAT PRECISION"
                  + " COUNT SUM MIN MAX AVG COALESCE NULLIF GREATEST LEAST LOWER UPPER LENGTH SUBSTRING"
                  + " SUBSTR TRIM LTRIM RTRIM REPLACE CONCAT CONCAT_WS POSITION SPLIT_PART LEFT RIGHT"
                  + " CAST EXTRACT NOW CURRENT_TIMESTAMP DATE_TRUNC DATE_PART AGE ROUND ABS FLOOR CEIL"
                  + " CEILING MOD POWER SQRT SIGN RANDOM RAND ROW_NUMBER RANK DENSE_RANK LAG LEAD"
                  + " FIRST_VALUE LAST_VALUE ARRAY_AGG STRING_AGG JSON_AGG JSONB_AGG BOOL_AND BOOL_OR"
                  + " JSON_BUILD_OBJECT JSONB_BUILD_OBJECT TO_JSON TO_JSONB ROW_TO_JSON UNNEST"
                  + " GENERATE_SERIES TO_CHAR TO_DATE TO_TIMESTAMP TO_NUMBER MD5 ENCODE DECODE"
                  + " GEN_RANDOM_UUID UUID NEXTVAL CURRVAL LASTVAL PG_SLEEP PG_BACKEND_PID VERSION"
                  + " CURRENT_SCHEMA IF IFNULL GROUP_CONCAT DATE_FORMAT LAST_INSERT_ID SLEEP")
              .split(" "));

  private static final List<String> AS_VALUES = List.of("AS", "VALUES");

  private static final int LONGEST_KNOWN = 1_000;

  /**
   * A cache of texts that were read, each in the slot of its hash: a program sends the same ones
   * for long.
   */
  private static final AtomicReferenceArray<@Nullable Known> KNOWN =
      new AtomicReferenceArray<>(256);

  private record Known(String sql, SqlDialect dialect, SqlText text) {}

  /**
   * {@return the effects of a text}
   *
   * @param sql one or more statements
   * @param dialect the dialect of the text
   */
  public static SqlText of(String sql, SqlDialect dialect) {
    int slot = sql.hashCode() & (KNOWN.length() - 1);
    Known known = KNOWN.get(slot);
    if (known != null && known.dialect == dialect && known.sql.equals(sql)) {
      return known.text;
    }
    SqlText text = read(sql, dialect);
    if (sql.length() <= LONGEST_KNOWN) {
      KNOWN.set(slot, new Known(sql, dialect, text));
    }
    return text;
  }

  private static SqlText read(String sql, SqlDialect dialect) {
    var touches = new boolean[1];
    String ending =
        new SqlScript(sql, dialect)
            .first(statement -> {
              touches[0] |= touches(statement, dialect);
              return TransactionSql.ends(statement, dialect);
            });
    return new SqlText(ending, touches[0] || ending != null);
  }

  private static boolean touches(SqlStatement statement, SqlDialect dialect) {
    if (statement.isEmpty()) {
      return false;
    }
    String first = statement.words().getFirst();
    String second = statement.words().size() > 1 ? statement.words().get(1) : "";
    boolean setting = first.equals("SET") && !isOfTransaction(second, dialect);
    boolean temporary = statement.isTemporary();
    if (dialect == SqlDialect.OTHER) {
      return setting
          || (temporary && first.equals("CREATE"))
          || (!first.equals("SET") && SETTING.contains(first))
          || (first.equals("ALTER") && second.equals("SESSION"));
    }
    if (first.equals("SET")) {
      return setting;
    }
    if (QUERIES.contains(first) || CALLING.contains(first) || fills(statement.words())) {
      return temporary || statement.setsVariable() || !HARMLESS.containsAll(statement.calls());
    }
    return temporary || !QUIET.contains(first);
  }

  /** {@return whether it creates a table from a query, and so runs the query} */
  private static boolean fills(List<String> words) {
    return words.getFirst().equals("CREATE")
        && (words.contains("SELECT") || Collections.indexOfSubList(words, AS_VALUES) >= 0)
        && (!words.contains("VIEW") || words.contains("MATERIALIZED"));
  }

  private static boolean isOfTransaction(String second, SqlDialect dialect) {
    Set<String> words =
        switch (dialect) {
          case POSTGRESQL -> POSTGRESQL_OF_TRANSACTION;
          case MARIADB -> MARIADB_OF_TRANSACTION;
          case OTHER -> OF_TRANSACTION;
        };
    return words.contains(second);
  }
}
