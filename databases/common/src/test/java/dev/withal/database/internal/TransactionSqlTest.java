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
        "create table function_of (id int);\nCOMMIT",
        "/* /* */ */ commit",
        "/* /* a */ ; */ select 1; /* */ commit",
        "create or replace function one() returns int language sql as 'select 1'; commit",
        "create function one() returns int begin atomic select 1; end; commit",
        "create function f() returns int begin atomic select case when true then 1 end; end; commit",
        "prepare transaction 'left open'",
        "set autocommit = 1",
        "set session autocommit=0",
        "set @@session.autocommit = 1",
        "begin not deferrable",
        "begin isolation level serializable",
        "begin insert into entry values (1); commit; end",
        "begin if 1 = 1 then commit; end if; end",
        "begin begin select 1; end; rollback; end",
        "begin not atomic insert into entry values (1); commit; end",
        "begin insert into entry values (1); end; commit",
        "declare n int; begin insert into entry values (1); commit; end",
        "declare @n int; commit"
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
        "create function one() returns int begin atomic select 1; end",
        "/* /* x */ commit */ select 1",
        "select 1 /* ; /* ; */ ; commit */",
        "begin not atomic insert into entry values (1); select case when 1 then 2 end; end",
        "begin insert into entry values (1); if 1 = 1 then select 2; end if; end;",
        "declare n int; begin insert into entry values (1); end;",
        "declare own cursor for select 1",
        "create procedure p() begin insert into entry values (1); commit; end",
        "create procedure p() begin if a then commit; end if; commit; end;",
        "create procedure p is n int; begin commit; end;",
        "prepare transaction_of as select 1",
        "set local lock_timeout = 1",
        "select $1, $2; select $1"
      })
  void statement_onlyLooksLikeAnEnd_isNotTakenForOne(String sql) {
    assertThat(TransactionSql.ending(sql)).isNull();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/*! commit */",
        "/*!50000 commit */",
        "/*M!100100 commit */",
        "/* /* */ commit",
        "select 1 # '\n; commit",
        "insert into entry values ('it\\'s'); commit",
        "insert into entry values (\"it\\\"s\"); commit",
        "select 1 --1; \n; commit"
      })
  void statement_ofMariaDb_isSeen(String sql) {
    assertThat(TransactionSql.ending(sql, SqlDialect.MARIADB)).isNotNull();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "insert into entry values ('it\\'s; commit')",
        "insert into entry values (\"it\\\"s; commit\")",
        "select 1 # ; commit",
        "select `a; commit` from entry"
      })
  void statement_ofMariaDb_isNotTakenForOne(String sql) {
    assertThat(TransactionSql.ending(sql, SqlDialect.MARIADB)).isNull();
  }

  @ParameterizedTest
  @CsvSource({
    "PostgreSQL, POSTGRESQL",
    "MariaDB, MARIADB",
    "MySQL, MARIADB",
    "H2, OTHER",
    "Oracle, OTHER"
  })
  void dialect_isKnownByWhatTheDatabaseCallsItself(String product, SqlDialect dialect) {
    assertThat(SqlDialect.of(product)).isEqualTo(dialect);
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
