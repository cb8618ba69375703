package dev.withal.r2dbc;

import static org.assertj.core.api.Assertions.assertThat;

import dev.withal.Async;
import dev.withal.r2dbc.PoolSettings.Reset;
import dev.withal.testkit.LeakCheck;
import io.r2dbc.spi.Connection;
import io.r2dbc.spi.IsolationLevel;
import io.r2dbc.spi.Wrapped;
import java.time.Duration;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** What one body leaves in a session doesn't reach the next one. */
@ExtendWith(LeakCheck.class)
class SessionStateTest {
  private static final PoolSettings ONE = PoolSettings.ofSize(1);
  private static final String LOCKS =
      "select count(*) from pg_locks where locktype = 'advisory' and pid = pg_backend_pid()";

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          set search_path to pg_catalog                            | show search_path
          set statement_timeout = 54321                            | show statement_timeout
          set role pg_monitor                                      | select current_user
          set session authorization pg_monitor                     | select session_user
          select set_config('work_mem', '1MB', false)              | show work_mem
          do $$ begin perform set_config('a.b', 'c', false); end $$ | select coalesce(current_setting('a.b', true), '')
          select pg_advisory_lock(4711)                            | #LOCKS
          listen news                                              | select count(*) from pg_listening_channels()
          create temp table scratch (id int)                       | select to_regclass('pg_temp.scratch')::text
          prepare own as select 1                                  | select count(*) from pg_prepared_statements where name = 'own'
          declare own cursor with hold for select 1                | select count(*) from pg_cursors where name = 'own'
          """)
  void session_isTouchedBySql_isPutBack(String sql, String question) throws Exception {
    String asked = question.equals("#LOCKS") ? LOCKS : question;
    R2dbc.pool(Postgres.url() + "?applicationName=putBack&statementTimeout=PT50S", ONE)
        .use(pool -> {
          String before = ask(pool, asked);
          int pid = pool.connection().use(Backends::pid);

          pool.transaction().use(connection -> Setting.run(connection, sql));
          assertThat(ask(pool, asked)).isEqualTo(before);
          pool.connection().use(connection -> Setting.run(connection, sql));
          assertThat(ask(pool, asked)).isEqualTo(before);

          assertThat(pool.connection().<Integer, Exception>use(Backends::pid)).isEqualTo(pid);
          assertThat(ask(pool, "show application_name"))
              .as("what the driver has set")
              .isEqualTo("putBack");
          assertThat(ask(pool, "show statement_timeout")).isEqualTo("50s");
          return null;
        });
  }

  @ParameterizedTest
  @EnumSource(names = {"H2_MEMORY_DIRECT", "POSTGRESQL_DIRECT", "POSTGRESQL_STAGES"})
  void isolation_isSetByMethod_isPutBack(Setting setting) throws Exception {
    R2dbc.pool(setting.url(), ONE.withReset(Reset.NEVER))
        .use(pool -> {
          IsolationLevel before = pool.connection().use(Connection::getTransactionIsolationLevel);
          setting.use(
              pool.connection(),
              connection ->
                  R2dbc.completion(
                      connection.setTransactionIsolationLevel(IsolationLevel.SERIALIZABLE)));
          setting.use(
              pool.transaction(TransactionOptions.DEFAULT.isolation(IsolationLevel.SERIALIZABLE)),
              Setting.POSTGRESQL_STAGES == setting
                  ? Backends::pidAsync
                  : connection ->
                      R2dbc.completion(connection.createStatement("select 1").execute()));

          assertThat(
                  pool.connection()
                      .<IsolationLevel, Exception>use(Connection::getTransactionIsolationLevel))
              .isEqualTo(before);
          assertThat(pool.idle()).isEqualTo(1);
          return null;
        });
  }

  @Test
  void timeouts_areSetByMethods_arePutBack() throws Exception {
    R2dbc.pool(Postgres.url(), ONE)
        .use(pool -> {
          pool.connection()
              .use(connection -> {
                Async.await(
                    R2dbc.completion(connection.setStatementTimeout(Duration.ofSeconds(54))));
                return Async.await(
                    R2dbc.completion(connection.setLockWaitTimeout(Duration.ofSeconds(54))));
              });

          assertThat(ask(pool, "show statement_timeout")).isEqualTo("0");
          assertThat(ask(pool, "show lock_timeout")).isEqualTo("0");
          return null;
        });
  }

  @ParameterizedTest
  @CsvSource({"H2_MEMORY_DIRECT, select lock_timeout()", "POSTGRESQL_DIRECT, show lock_timeout"})
  void lockWait_ofATransaction_isPutBack(Setting setting, String question) throws Exception {
    R2dbc.pool(setting.url(), ONE)
        .use(pool -> {
          String before = ask(pool, question);

          pool.transaction(TransactionOptions.DEFAULT.lockWait(Duration.ofSeconds(54)))
              .use(connection -> Setting.run(connection, "select 1"));

          assertThat(ask(pool, question)).isEqualTo(before);
          return null;
        });
  }

  @Test
  void session_isTouchedOnTheDriversConnection_isPutBack() throws Exception {
    R2dbc.pool(Postgres.url(), ONE)
        .use(pool -> {
          pool.connection()
              .use(connection -> {
                Object driver = ((Wrapped<?>) connection).unwrap();
                return Setting.run((Connection) driver, "set work_mem = '1MB'");
              });

          assertThat(ask(pool, "show work_mem")).isEqualTo("4MB");
          return null;
        });
  }

  @Test
  void session_isTouchedOnH2_isPutBackAndTheConnectionIsKept() throws Exception {
    R2dbc.pool(Setting.H2_MEMORY_DIRECT.url(), ONE)
        .use(pool -> {
          String before = ask(pool, "select lock_timeout()");
          pool.connection()
              .use(connection -> {
                Setting.run(connection, "set lock_timeout 54321");
                return Setting.run(connection, "set schema information_schema");
              });

          assertThat(pool.idle()).isEqualTo(1);
          assertThat(ask(pool, "select schema()")).isEqualTo("PUBLIC");
          assertThat(ask(pool, "select lock_timeout()")).isEqualTo(before);
          return null;
        });
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          set @own = 1 | select @own
          create local temporary table own (id int) | select count(*) from information_schema.tables where table_type = 'LOCAL TEMPORARY'
          set session characteristics as transaction isolation level serializable | select isolation_level from information_schema.sessions where session_id = session_id()
          """)
  void session_isSetBySqlOnH2_isPutBack(String sql, String question) throws Exception {
    R2dbc.pool(Setting.H2_MEMORY_DIRECT.url(), ONE)
        .use(pool -> {
          String before = ask(pool, question);

          pool.connection().use(connection -> Setting.run(connection, sql));

          assertThat(ask(pool, question)).isEqualTo(before);
          assertThat(pool.idle()).isEqualTo(1);
          return null;
        });
  }

  /**
   * The driver goes on to use what it has prepared, also where a failure would end a transaction.
   */
  @Test
  void driversPreparedStatements_areKept() throws Exception {
    R2dbc.pool(Postgres.url(), ONE)
        .use(pool -> {
          for (int i = 0; i < 3; i++) {
            assertThat(
                    pool.transaction()
                        .<String, Exception>use(connection -> {
                          Setting.run(connection, "set work_mem = '1MB'");
                          return Async.await(
                              R2dbc.first(
                                  connection
                                      .createStatement("select $1::int + 1")
                                      .bind(0, 41)
                                      .execute(),
                                  row -> String.valueOf(row.get(0))));
                        }))
                .isEqualTo("42");
          }
          return null;
        });
  }

  /** Nothing in the SQL says that the trigger sets something. */
  @ParameterizedTest
  @CsvSource({"NEVER, left", "IF_TOUCHED, left", "ALWAYS, ''"})
  void session_isTouchedByATrigger_isPutBackIfAlways(Reset reset, String found) throws Exception {
    Setting.POSTGRESQL_DIRECT.makeTable();
    R2dbc.pool(Postgres.url(), ONE.withReset(reset))
        .use(pool -> {
          pool.connection()
              .use(connection -> {
                Setting.run(
                    connection,
                    "create or replace function leave_something() returns trigger language plpgsql"
                        + " as $$ begin perform set_config('own.thing', 'left', false); return new;"
                        + " end $$");
                return Setting.run(
                    connection,
                    "create trigger leaves before insert on entry for each row execute function"
                        + " leave_something()");
              });
          pool.transaction().use(connection -> Async.await(Setting.insert(connection, 1)));

          assertThat(ask(pool, "select coalesce(current_setting('own.thing', true), '')"))
              .isEqualTo(found);
          return null;
        });
  }

  private static String ask(Pool pool, String sql) throws Exception {
    return pool.connection()
        .use(connection ->
            Async.await(
                R2dbc.first(
                    connection.createStatement(sql).execute(),
                    row -> Objects.toString(row.get(0)))));
  }
}
