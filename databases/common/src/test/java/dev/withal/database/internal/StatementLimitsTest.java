package dev.withal.database.internal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.withal.database.internal.StatementLimits.Sql;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** How each database is told how long statements may run and wait. */
class StatementLimitsTest {
  private static final StatementLimits BOTH =
      new StatementLimits(Duration.ofMillis(1_500), Duration.ofNanos(1));

  @Test
  void limits_onPostgresql_endWithTheTransaction() {
    Sql sql = BOTH.on("PostgreSQL");

    assertThat(sql.ask()).isNull();
    assertThat(sql.set())
        .containsExactly("set local statement_timeout = 1500", "set local lock_timeout = 1");
    assertThat(sql.back().apply("")).isEmpty();
  }

  @Test
  void limits_onH2_arePutBack() {
    Sql sql = BOTH.on("H2");

    assertThat(sql.set()).containsExactly("set query_timeout 1500", "set lock_timeout 1");
    assertThat(sql.back().apply("0|2000"))
        .containsExactly("set query_timeout 0", "set lock_timeout 2000");
  }

  @Test
  void limits_onMariadb_waitWholeSeconds() {
    Sql sql = BOTH.on("MariaDB");

    assertThat(sql.set())
        .containsExactly(
            "set session max_statement_time = 1.500",
            "set session innodb_lock_wait_timeout = 1, lock_wait_timeout = 1");
    assertThat(sql.back().apply("0.000000|50|86400"))
        .containsExactly(
            "set session max_statement_time = 0.000000",
            "set session innodb_lock_wait_timeout = 50, lock_wait_timeout = 86400");
  }

  /** Rows have one setting, tables and their definitions another. */
  @Test
  void lockWait_onMariadb_isRoundedUpForEveryLock() {
    Sql sql = new StatementLimits(null, Duration.ofMillis(2_001)).on("MariaDB");

    assertThat(sql.ask())
        .contains("@@session.innodb_lock_wait_timeout", "@@session.lock_wait_timeout");
    assertThat(sql.set())
        .containsExactly("set session innodb_lock_wait_timeout = 3, lock_wait_timeout = 3");
    assertThat(sql.back().apply("0|50|86400"))
        .containsExactly("set session innodb_lock_wait_timeout = 50, lock_wait_timeout = 86400");
  }

  /** As any duration is accepted everywhere. */
  @Test
  void limits_ofTheLongestDuration_areTheLongestOfTheDatabase() {
    Duration endless = Duration.ofSeconds(Long.MAX_VALUE, 999_999_999);

    assertThat(new StatementLimits(endless, endless).on("H2").set())
        .containsExactly("set query_timeout 2147483647", "set lock_timeout 2147483647");
  }

  @Test
  void limits_onMysql_haveAnotherName() {
    assertThat(BOTH.on("MySQL").set()).startsWith("set session max_execution_time = 1500");
  }

  @Test
  void limits_oneIsSaid_isSetAlone() {
    Sql sql = new StatementLimits(null, Duration.ofSeconds(3)).on("H2");

    assertThat(sql.set()).containsExactly("set lock_timeout 3000");
    assertThat(sql.back().apply("0|2000")).containsExactly("set lock_timeout 2000");
  }

  @Test
  void limits_onAnotherDatabase_areNotKnown() {
    assertThat(BOTH.on("Oracle")).isNull();
    assertThat(StatementLimits.unknown("Oracle"))
        .startsWith("Oracle isn't known to support limits");
  }
}
