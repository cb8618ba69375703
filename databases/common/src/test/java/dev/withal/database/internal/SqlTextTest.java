package dev.withal.database.internal;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Which statements may leave something in a session. */
class SqlTextTest {

  @ParameterizedTest
  @ValueSource(
      strings = {
        "set search_path to pg_catalog",
        "set role reader",
        "select set_config('search_path', 'pg_catalog', false)",
        "select set_config ('a.b', 'c', false)",
        "select \"set_config\"('a.b', 'c', false)",
        "select pg_advisory_lock /* why */ (1)",
        "select set_config -- why\n ('a.b', 'c', false)",
        "select pg_catalog . set_config('a.b', 'c', false)",
        "select distinct on (id) own(id) from entry",
        "with x(id) as (select own(1)) select * from x",
        "with x(id) as (select 1) select own(id) from x",
        "insert into entry (id) select own(1)",
        "create table entry as select own(1)",
        "create materialized view entries as select own(1)",
        "create table entry as values (own(1))",
        "create table entry as (values (own(1)))",
        "alter table entry alter column id type text using own(1)",
        "analyze entry, own(id)",
        "select pg_advisory_lock(4711)",
        "with own as (select pg_advisory_lock(1)) select * from own",
        "insert into entry select pg_advisory_lock(1)",
        "listen news",
        "do $$ begin end $$",
        "call own()",
        "{call own(?)}",
        "prepare own as select 1",
        "declare own cursor with hold for select 1",
        "create temp table scratch (id int)",
        "create local temporary table scratch (id int)",
        "create table pg_temp.scratch (id int)",
        "create table \"pg_temp\".scratch (id int)",
        "select * into temp scratch from entry",
        "select 1; set role reader",
        "reset role",
        "begin"
      })
  void statement_mayLeaveSomething_isSeen(String sql) {
    assertThat(SqlText.of(sql, SqlDialect.POSTGRESQL).touchesSession()).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "select 1",
        "select count(*), max(id) from entry where id in (1, 2) and name like '%set role%'",
        "insert into entry values (1, lower('A'))",
        "insert into entry(id) values (1) on conflict (id) do nothing",
        "insert into own.entry (id) values (?)",
        "insert into \"entry\" (\"id\") values (?)",
        "insert into \"own\".\"entry\"(\"id\") values (?)",
        "insert into entry as e (id) values (1)",
        "with x(id) as (select 1), y(id) as materialized (select 2) select * from x, y",
        "with recursive x(id) as (select 1 union all select id + 1 from x) select * from x",
        "select * from (values (1)) as v(id)",
        "select * from (values (1)) as \"v\" (\"id\")",
        "update entry set n = n + 1 where id = ?",
        "delete from entry where id = any (?)",
        "create table entry (id int primary key, of varchar(9))",
        "drop table if exists entry",
        "create table entry (id int, of varchar(9)) as select count(*) from other",
        "create table if not exists entry (id) as select 1",
        "create view entries as select own(1)",
        "set local lock_timeout = 1",
        "set transaction isolation level serializable",
        "create table entry as values (1)",
        "create function own(n int) returns int language sql as 'values (1)'",
        "alter table entry add column of varchar(9)",
        "analyze entry",
        "show search_path",
        "savepoint own"
      })
  void statement_readsAndWritesRows_leavesNothing(String sql) {
    assertThat(SqlText.of(sql, SqlDialect.POSTGRESQL).touchesSession()).isFalse();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "set schema own",
        "use own",
        "alter session set nls_date_format = 'YYYY'",
        "create global temporary table scratch (id int)",
        "declare @n int",
        "set transaction isolation level serializable"
      })
  void statement_ofAnotherDatabase_isSeenIfItIsKnownToSetSomething(String sql) {
    assertThat(SqlText.of(sql, SqlDialect.OTHER).touchesSession()).isTrue();
    assertThat(SqlText.of("select own(1) from t", SqlDialect.OTHER).touchesSession()).isFalse();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "select get_lock /**/ ('own', 0)",
        "create table entry (id int) select get_lock('own', 0) as id",
        "analyze select get_lock('own', 0)",
        "analyze format=json select get_lock('own', 0)",
        "select @x := 5",
        "select 5 into @x",
        "select id, name from entry into @x, @y",
        "update entry set id = (@x := id)",
        "set local sort_buffer_size = 100000",
        "set @x = 1",
        "set transaction read only",
        "set statement max_statement_time = 1 for set @x = 1",
        "execute immediate 'set @x = 1'"
      })
  void statement_ofMariaDb_mayLeaveSomething_isSeen(String sql) {
    assertThat(SqlText.of(sql, SqlDialect.MARIADB).touchesSession()).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "select @x, @@sql_mode",
        "select 1 as `:=`",
        "insert into `entry` (`id`) values (?)",
        "set statement max_statement_time = 1 for select 1"
      })
  void statement_ofMariaDb_leavesNothing(String sql) {
    assertThat(SqlText.of(sql, SqlDialect.MARIADB).touchesSession()).isFalse();
  }

  /** What was read is kept by a hash. */
  @Test
  void texts_ofTheSameHash_areToldApart() {
    String quiet = "select 42";
    String ending = "commit";
    for (int i = 0; (quiet.hashCode() ^ ending.hashCode()) % 4096 != 0; i++) {
      ending = "commit /*" + i + "*/";
    }

    for (int again = 0; again < 2; again++) {
      assertThat(SqlText.of(quiet, SqlDialect.POSTGRESQL).ending()).isNull();
      assertThat(SqlText.of(ending, SqlDialect.POSTGRESQL).ending()).isEqualTo("commit");
    }
  }

  @Test
  void text_isReadByTwoDialects_isReadAsEachDoes() {
    String sql = "call own()";

    for (int again = 0; again < 2; again++) {
      assertThat(SqlText.of(sql, SqlDialect.POSTGRESQL).touchesSession()).isTrue();
      assertThat(SqlText.of(sql, SqlDialect.OTHER).touchesSession()).isFalse();
    }
  }
}
