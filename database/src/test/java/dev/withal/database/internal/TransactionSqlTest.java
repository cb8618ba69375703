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
        "commit;\ninsert into entry values (1)",
        "-- done\ncommit",
        "/* done;\n */ commit",
        "insert into entry values (1); commit",
        "insert into entry values ('it''s'); commit",
        "select E'it\\'s'; commit; select E'\\''",
        "insert into entry values ('\\'); commit",
        "create table function_of (id int);\nCOMMIT"
      })
  void statement_endsOrBeginsATransaction_isSeen(String sql) {
    assertThat(TransactionSql.ending(sql)).isNotNull();
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
        "",
        ";",
        "-- commit\nselect 1",
        "select 1 /* ; commit */",
        "insert into entry values ('a; commit')",
        "insert into \"a; commit\" values (1)",
        "insert into entry values (e'it\\'s; ''commit; \\\\')",
        "do $$ begin; commit; end $$",
        "do $own$ begin; commit; $$; commit; $$ end $own$",
        "create function one() returns int begin atomic select 1; end"
      })
  void statement_onlyLooksLikeAnEnd_isNotTakenForOne(String sql) {
    assertThat(TransactionSql.ending(sql)).isNull();
  }

  @ParameterizedTest
  @CsvSource(
      quoteCharacter = '|',
      value = {
        "commit, commit",
        "| commit; |, commit",
        "commit; alter user me set password 's3cret', commit",
        "select 's3cret'; commit prepared 's3cret', commit prepared",
      })
  void statement_isQuoted_withoutTheOthersAndWhatItQuotes(String sql, String quoted) {
    assertThat(TransactionSql.ending(sql)).isEqualTo(quoted);
  }

  /** No matter how long what is quoted gets. */
  @ParameterizedTest
  @CsvSource(
      quoteCharacter = '|',
      value = {"', it''s;", "E', it\\'s;"})
  void statement_quotesAMillionCharacters_isLookedThrough(String open, String quoted) {
    String sql = "select " + open + quoted.repeat(200_000) + "'; commit";

    assertThat(TransactionSql.ending(sql)).isEqualTo("commit");
  }
}
