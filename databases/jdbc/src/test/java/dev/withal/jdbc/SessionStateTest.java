package dev.withal.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import dev.withal.jdbc.PoolSettings.Reset;
import dev.withal.testkit.LeakCheck;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What one body leaves in a session doesn't reach the next one. */
@ExtendWith(LeakCheck.class)
class SessionStateTest {
  private static final String LOCKS =
      "select count(*) from pg_locks where locktype = 'advisory' and pid = pg_backend_pid()";

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          set search_path to pg_catalog                            | show search_path
          set statement_timeout = 54321                            | show statement_timeout
          set application_name = 'alice'                           | show application_name
          set role pg_monitor                                      | select current_user
          set session authorization pg_monitor                     | select session_user
          select set_config('work_mem', '1MB', false)              | show work_mem
          do $$ begin perform set_config('a.b', 'c', false); end $$ | select coalesce(current_setting('a.b', true), '')
          select pg_advisory_lock(4711)                            | #LOCKS
          listen news                                              | select count(*) from pg_listening_channels()
          create temp table scratch (id int)                       | select to_regclass('pg_temp.scratch')
          prepare own as select 1                                  | select count(*) from pg_prepared_statements where name = 'own'
          declare own cursor with hold for select 1                | select count(*) from pg_cursors where name = 'own'
          """)
  void session_isTouchedBySql_isPutBack(String sql, String question) throws Exception {
    String asked = question.equals("#LOCKS") ? LOCKS : question;
    Jdbc.pool(Postgres.named("putBack"), PoolSettings.ofSize(1))
        .use(pool -> {
          String before = pool.connection().use(connection -> ask(connection, asked));
          long pid = pool.connection().use(Backends::pid);

          pool.transaction().use(connection -> run(connection, sql));
          assertThat(pool.connection().<String, SQLException>use(c -> ask(c, asked)))
              .isEqualTo(before);
          pool.connection().use(connection -> run(connection, sql));
          assertThat(pool.connection().<String, SQLException>use(c -> ask(c, asked)))
              .isEqualTo(before);

          assertThat(pool.connection().<Long, SQLException>use(Backends::pid)).isEqualTo(pid);
          assertThat(
                  pool.connection().<String, SQLException>use(c -> ask(c, "show application_name")))
              .as("what the driver has set")
              .isEqualTo("putBack");
          return null;
        });
  }

  @Test
  void session_isSetByMethods_isPutBack() throws Exception {
    Jdbc.pool(Postgres.dataSource(), PoolSettings.ofSize(1))
        .use(pool -> {
          String path = pool.connection().use(c -> ask(c, "show search_path"));
          pool.connection()
              .use(connection -> {
                connection.setSchema("information_schema");
                connection.setReadOnly(true);
                connection.setTransactionIsolation(Connection.TRANSACTION_SERIALIZABLE);
                connection.setNetworkTimeout(Runnable::run, 54_321);
                connection.setHoldability(ResultSet.HOLD_CURSORS_OVER_COMMIT);
                connection.setClientInfo("ApplicationName", "other");
                return null;
              });

          pool.connection()
              .use(connection -> {
                assertThat(ask(connection, "show search_path")).isEqualTo(path);
                assertThat(ask(connection, "show application_name")).isNotEqualTo("other");
                assertThat(connection.isReadOnly()).isFalse();
                assertThat(connection.getTransactionIsolation())
                    .isEqualTo(Connection.TRANSACTION_READ_COMMITTED);
                assertThat(connection.getNetworkTimeout()).isZero();
                assertThat(connection.getHoldability())
                    .isEqualTo(ResultSet.CLOSE_CURSORS_AT_COMMIT);
                return null;
              });
          return null;
        });
  }

  @Test
  void session_isTouchedOnH2_schemaIsPutBackAndTheConnectionIsKept() throws Exception {
    Jdbc.pool(Setting.h2("test"), PoolSettings.ofSize(1))
        .use(pool -> {
          pool.connection().use(connection -> run(connection, "set schema information_schema"));

          assertThat(pool.idle()).isEqualTo(1);
          assertThat(pool.connection().<String, SQLException>use(Connection::getSchema))
              .isEqualTo("PUBLIC");
          return null;
        });
  }

  @OnEverySetting
  void session_isOpenedWithoutAutoCommit_comesBackSo(Setting setting) throws Exception {
    setting.makeTable();
    DataSource source =
        SecretsTest.source(() -> {
          Connection opened = setting.dataSource().getConnection();
          opened.setAutoCommit(false);
          return opened;
        });
    Jdbc.pool(source, PoolSettings.ofSize(1))
        .run(pool -> {
          for (int id = 1; id <= 3; id++) {
            int row = id;
            boolean autoCommit =
                setting.use(
                    pool.connection(),
                    connection -> {
                      assertThat(Setting.ask(connection, "select count(*) from entry")).isZero();
                      Setting.insert(connection, row);
                      return connection.getAutoCommit();
                    });
            assertThat(autoCommit).isFalse();
          }
          setting.use(pool.connection(), connection -> run(connection, "set lock_timeout = 7"));
          assertThat(setting.<Boolean>use(pool.connection(), Connection::getAutoCommit)).isFalse();
          assertThat(pool.idle()).isEqualTo(1);
        });
    assertThat(setting.rows()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          set lock_timeout 7   | call lock_timeout()
          set query_timeout 7  | select setting_value from information_schema.settings where setting_name = 'QUERY_TIMEOUT'
          set time zone '5:00' | select extract(timezone_hour from current_timestamp)
          set @own = 1         | select @own
          set @"o ""w n" = 'x'  | select @"o ""w n"
          create local temporary table "o ""w n" (id int) | select count(*) from information_schema.tables where table_type = 'LOCAL TEMPORARY'
          set schema_search_path information_schema, public | select count(*) from information_schema.session_state where state_command like '%SEARCH_PATH "INFO%'
          set session characteristics as transaction isolation level serializable | select isolation_level from information_schema.sessions where session_id = session_id()
          """)
  void session_isSetBySqlOnH2_isPutBack(String sql, String question) throws Exception {
    Jdbc.pool(Setting.h2("test"), PoolSettings.ofSize(1))
        .run(pool -> {
          String before = pool.connection().use(connection -> ask(connection, question));

          pool.connection().use(connection -> run(connection, sql));

          assertThat(pool.connection().<String, SQLException>use(c -> ask(c, question)))
              .isEqualTo(before);
          assertThat(pool.idle()).isEqualTo(1);
        });
  }

  @Test
  void timeoutOfAStatement_isSetOnH2_isPutBack() throws Exception {
    Jdbc.pool(Setting.h2("test"), PoolSettings.ofSize(1).withReset(Reset.NEVER))
        .run(pool -> {
          pool.connection()
              .use(connection -> {
                try (Statement statement = connection.createStatement()) {
                  statement.setQueryTimeout(7);
                  return null;
                }
              });

          pool.connection()
              .use(connection -> {
                try (Statement statement = connection.createStatement()) {
                  assertThat(statement.getQueryTimeout()).isZero();
                  return null;
                }
              });
        });
  }

  /** Nothing in the SQL says that the trigger sets something. */
  @ParameterizedTest
  @CsvSource({"NEVER, left", "IF_TOUCHED, left", "ALWAYS, ''"})
  void session_isTouchedByATrigger_isPutBackIfAlways(Reset reset, String found) throws Exception {
    Setting.POSTGRESQL_DIRECT.makeTable();
    Jdbc.pool(Postgres.dataSource(), PoolSettings.ofSize(1).withReset(reset))
        .use(pool -> {
          pool.connection()
              .use(connection -> {
                run(
                    connection,
                    "create or replace function leave_something() returns trigger language plpgsql"
                        + " as $$ begin perform set_config('own.thing', 'left', false); return new;"
                        + " end $$");
                return run(
                    connection,
                    "create trigger leaves before insert on entry for each row execute function"
                        + " leave_something()");
              });
          pool.transaction().use(connection -> Setting.insert(connection, 1));

          assertThat(
                  pool.connection()
                      .<String, SQLException>use(connection ->
                          ask(
                              connection,
                              "select coalesce(current_setting('own.thing', true), '')")))
              .isEqualTo(found);
          return null;
        });
  }

  private static boolean run(Connection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      return statement.execute(sql);
    }
  }

  private static String ask(Connection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(sql)) {
      row.next();
      return row.getString(1);
    }
  }
}
