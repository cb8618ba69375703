package dev.withal.database.internal;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * How long a transaction's statements may run and wait for locks, and how each database is told.
 *
 * <p>Design: the server keeps these limits, as neither JDBC nor R2DBC has them for all drivers, and
 * a limit kept by a client ends nothing on the server. PostgreSQL drops them with the transaction.
 * On other databases they belong to the session, so their previous values are read first, and
 * restored.
 *
 * @param statement how long a statement may run; null for no limit
 * @param lockWait how long a statement may wait for a lock; null for no limit
 */
public record StatementLimits(@Nullable Duration statement, @Nullable Duration lockWait) {

  /** No limits. */
  public static final StatementLimits NONE = new StatementLimits(null, null);

  /** The pattern of what separates the previous values; no value contains it. */
  private static final String SEPARATOR = "\\|";

  /** Takes seconds, with a fraction. */
  private static final String MARIADB_STATEMENT = "max_statement_time";

  /** Takes whole seconds. */
  private static final String MARIADB_LOCK = "innodb_lock_wait_timeout";

  /** Shortens what is too long for a count of milliseconds. */
  private static final Duration LONGEST = Duration.ofMillis(Integer.MAX_VALUE);

  /**
   * The SQL for one database.
   *
   * @param ask the query for the previous values, as one text; null if nothing has to be restored
   * @param set the statements that set the limits, inside the transaction
   * @param back makes the statements that restore the session from that text, after the transaction
   */
  public record Sql(@Nullable String ask, List<String> set, Function<String, List<String>> back) {}

  /** {@return whether there are none} */
  public boolean areNone() {
    return statement == null && lockWait == null;
  }

  /**
   * {@return how a database is told; null if the database isn't known}
   *
   * @param product the database's own product name
   */
  public @Nullable Sql on(String product) {
    String name = product.toLowerCase(Locale.ROOT);
    if (name.contains("postgres")) {
      return new Sql(
          null,
          settings("set local statement_timeout = %s", "set local lock_timeout = %s"),
          ignored -> List.of());
    }
    if (name.equals("h2")) {
      return restored(
          "select (select setting_value from information_schema.settings"
              + " where setting_name = 'QUERY_TIMEOUT') || '|' || lock_timeout()",
          "set query_timeout %s",
          "set lock_timeout %s");
    }
    if (name.contains("mariadb") || name.contains("mysql")) {
      String own = name.contains("mariadb") ? MARIADB_STATEMENT : "max_execution_time";
      return restored(
          "select concat_ws('|', @@session."
              + own
              + ", @@session.innodb_lock_wait_timeout, @@session.lock_wait_timeout)",
          "set session " + own + " = %s",
          // The first is for rows, the other for tables and their definitions.
          "set session " + MARIADB_LOCK + " = %s, lock_wait_timeout = %s");
    }
    return null;
  }

  /**
   * {@return the message for an unknown database}
   *
   * @param product the database's own product name
   */
  public static String unknown(String product) {
    return product
        + " isn't known to support limits for statements: leave them out, or set its own"
        + " limits in the first statement";
  }

  private Sql restored(String ask, String ofStatement, String ofLock) {
    return new Sql(
        ask,
        settings(ofStatement, ofLock),
        before -> {
          String[] values = before.split(SEPARATOR, -1);
          var back = new ArrayList<String>();
          if (statement != null) {
            back.add(ofStatement.formatted(values[0]));
          }
          if (lockWait != null) {
            back.add(ofLock.formatted((Object[]) Arrays.copyOfRange(values, 1, values.length)));
          }
          return back;
        });
  }

  private List<String> settings(String ofStatement, String ofLock) {
    var settings = new ArrayList<String>();
    if (statement != null) {
      settings.add(ofStatement.formatted(value(ofStatement, statement)));
    }
    if (lockWait != null) {
      String value = value(ofLock, lockWait);
      settings.add(ofLock.formatted(value, value));
    }
    return settings;
  }

  /** Rounds up, as zero would mean no limit. */
  private static String value(String setting, Duration limit) {
    long millis =
        Math.clamp(
            Bound.shorter(limit, LONGEST).plusNanos(999_999).toMillis(), 1, Integer.MAX_VALUE);
    if (setting.contains(MARIADB_STATEMENT)) {
      return millis / 1000 + "." + String.valueOf(1000 + millis % 1000).substring(1);
    }
    return String.valueOf(setting.contains(MARIADB_LOCK) ? (millis + 999) / 1000 : millis);
  }
}
