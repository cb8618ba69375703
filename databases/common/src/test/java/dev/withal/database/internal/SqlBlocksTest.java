package dev.withal.database.internal;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Where statements begin in each database's SQL: its blocks, routines, quotes and comments. */
class SqlBlocksTest {

  @ParameterizedTest
  @ValueSource(
      strings = {
        "select 1; -- note\rcommit",
        "select 1 as \uD83D\uDE00$$; commit; select 1 as \uD83D\uDE00$$",
        "create table event (id int, begin date); commit",
        "create function begin() returns int language sql as 'select 1'; commit",
        "create procedure p(begin date) language sql as ''; commit",
        "create view v as select 1 as event, now() as begin; commit",
        "create trigger begin before insert on t execute function f(); commit",
        "create function f() returns int begin atomic select x.begin from t x; end; commit",
        "create function f() returns int begin atomic select 1 as case; end; commit",
        "create function f() returns int begin atomic select 1 case; end; commit",
        "create function f(a int) returns int begin atomic end; commit",
        "begin; select 1"
      })
  void statement_endsATransactionOfPostgresql_isSeen(String sql) {
    assertThat(TransactionSql.ending(sql, SqlDialect.POSTGRESQL)).isNotNull();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "select E'a''b\\'; commit; --'",
        "select E'it''s \\'; commit; \\' x'",
        "select E'x'\n'\\'; commit; \\''",
        "select E'x' -- more\r  '\\'; commit; \\''",
        "set local app.autocommit = 'on'",
        "set my.autocommit = '1'",
        "prepare transaction as select 1",
        "prepare transaction (int) as select $1",
        "create function f() returns int begin atomic select case when true then 1 end; end",
        "create function f() returns int begin atomic select 1 as end; select 2; end"
      })
  void statement_ofPostgresql_isNotTakenForOne(String sql) {
    assertThat(TransactionSql.ending(sql, SqlDialect.POSTGRESQL)).isNull();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "set `autocommit`=1",
        "set @@`autocommit`=1",
        "set @@session.`autocommit` = 1",
        "set @a = (1, 2), @@autocommit := 1",
        "set local autocommit = 1",
        "set statement max_statement_time=1 for commit",
        "set statement max_statement_time=1 for execute immediate 'commit'",
        "execute immediate 'commit'",
        "execute immediate \"commit\"",
        "execute immediate '\\tcommit'",
        "execute immediate 'set @a = \\'b\\'; commit'",
        "execute immediate concat('com', 'mit')",
        "prepare s from 'commit'",
        "repeat commit; until 1 end repeat",
        "if 1 = 1 then commit; end if",
        "if 1 = 1 then select 1; else commit; end if",
        "if @x = 1. then commit; end if",
        "while @q is null do commit; set @q = 1; end while",
        "for i in 1..1 do commit; end for",
        "l: loop commit; leave l; end loop l",
        "case 1 when 1 then commit; end case",
        "begin not atomic execute immediate 'commit'; end",
        "begin not atomic declare exit handler for not found commit; select 1; end",
        "begin not atomic declare exit handler for sqlexception begin end; commit; end",
        "begin not atomic declare begin int default 0; end; commit",
        "begin not atomic select x.begin from t x; end; commit",
        "create temporary table event (event int, begin int); commit",
        "create temporary table t as select 1 as event, 2 as begin; commit",
        "create procedure begin() select 1; commit",
        "create definer = me@here procedure p() begin commit; end; commit"
      })
  void statement_endsATransactionOfMariaDb_isSeen(String sql) {
    assertThat(TransactionSql.ending(sql, SqlDialect.MARIADB)).isNotNull();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "set @old_autocommit = @@autocommit",
        "/*!40101 SET @OLD_AUTOCOMMIT=@@AUTOCOMMIT */",
        "set @note = concat(1, @@autocommit), @`autocommit` = 2",
        "set global autocommit = 1",
        "set statement max_statement_time=1 for select 1",
        "execute immediate 'select ''; commit'''",
        "execute immediate 'select ?' using 'a; commit'",
        "prepare s from 'select 1'",
        "if 1 = 1 then insert into entry values (5); end if",
        "if exists(select 1) then update entry set id = 1; else select 2; end if",
        "if /* so */ 1 then select 1; end /* of */ if",
        "while @i < 0 do set @i = @i + 1; end while",
        "case 1 when 1 then select 1; else begin end; end case",
        "for r in (select id from entry for update) do set @z = r.id; end for",
        "l: loop leave l; end loop l",
        "repeat set @i = repeat('x', 1); until case when 1 then 1 end end repeat",
        "begin not atomic select case when 1 then commit else 2 end from t; end",
        "begin not atomic select x.end, x.commit from t x; end",
        "begin not atomic l: begin if 1 then select 1; end if; end l; end",
        "begin not atomic declare exit handler for sqlexception begin end; select 1; end",
        "create definer = `me`@`here` procedure p() begin commit; end",
        "create procedure p() begin not atomic if 1 then commit; end if; commit; end",
        "create trigger t before insert on e for each row begin while 1 do commit; end while; end",
        "-- a\r; commit"
      })
  void statement_ofMariaDb_isNotTakenForOne(String sql) {
    assertThat(TransactionSql.ending(sql, SqlDialect.MARIADB)).isNull();
  }

  /** H2 is one of them. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "select 1; -- note\rcommit",
        "select 1; // it's\ncommit",
        "execute immediate 'commit'",
        "execute immediate 'com' || 'mit'",
        "execute immediate $$commit$$",
        "create local temporary table package as select 1 x; commit",
        "create local temporary table t(package int) as select 1; commit",
        "create local temporary table event as select 1 as begin; commit",
        "declare local temporary table t(id int); commit",
        "set autocommit on",
        "begin begin select 1; end; select 2 end; commit",
        "create procedure p(begin date) begin commit; end; commit"
      })
  void statement_endsATransactionOfAnother_isSeen(String sql) {
    assertThat(TransactionSql.ending(sql, SqlDialect.OTHER)).isNotNull();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "insert into entry values (5) // done; end",
        "select 1 // it's; commit\n",
        "set @autocommit = 1",
        "execute immediate 'drop table entry'",
        "execute immediate",
        "begin case when 1 = 1 then select 1; end case; end",
        "create procedure p as begin if 1 = 1 begin commit; end; select 1; end",
        "create or replace editionable procedure p as begin commit; end;"
      })
  void statement_ofAnother_isNotTakenForOne(String sql) {
    assertThat(TransactionSql.ending(sql, SqlDialect.OTHER)).isNull();
  }

  /** The setting may be far behind. */
  @ParameterizedTest
  @ValueSource(strings = {"autocommit = 1", "@@session.autocommit = 1", "`autocommit` = 1"})
  void setting_followsAHundredOthers_isSeen(String setting) {
    String sql = "set " + "@a = 1, ".repeat(100) + setting;

    assertThat(TransactionSql.ending(sql, SqlDialect.MARIADB)).isNotNull();
  }
}
