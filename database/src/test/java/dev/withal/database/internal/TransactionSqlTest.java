package dev.withal.database.internal;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Which statements end a transaction. */
class TransactionSqlTest {

  @ParameterizedTest
  @ValueSource(
      strings = {
        "commit",
        "COMMIT;",
        " end ",
        "Abort",
        "begin work",
        "Start\n Transaction read only",
        "rollback",
        "ROLLBACK work",
        "commit;\ninsert into entry values (1)"
      })
  void statement_endsOrBeginsATransaction_isSeen(String sql) {
    assertThat(TransactionSql.ends(sql)).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "ROLLBACK TO own",
        "rollback work to savepoint own",
        "select 'commit'",
        "commitment",
        "ended",
        "start",
        ""
      })
  void statement_onlyLooksLikeAnEnd_isNotTakenForOne(String sql) {
    assertThat(TransactionSql.ends(sql)).isFalse();
  }

  @ParameterizedTest
  @CsvSource({
    "commit, commit",
    "' commit; ', commit;",
    "commit; alter user me set password 's3cret', commit;…",
  })
  void statement_isQuoted_withoutThoseBehindIt(String sql, String quoted) {
    assertThat(TransactionSql.first(sql)).isEqualTo(quoted);
  }
}
