package dev.withal.r2dbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.withal.Async;
import dev.withal.testkit.LeakCheck;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A text that would end a transaction is refused, and one that only looks like it isn't. */
@ExtendWith(LeakCheck.class)
class EndedBySqlTest {
  private static final Setting POSTGRESQL = Setting.POSTGRESQL_DIRECT;
  private static final PoolSettings ONE = PoolSettings.ofSize(1);
  private static final TransactionOptions TRANSFER = TransactionOptions.DEFAULT.named("transfer");

  @BeforeEach
  void makeTable() throws Exception {
    POSTGRESQL.makeTable();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/* /* */ */ commit",
        "create or replace function two() returns int language sql as 'select 2'; commit",
        "prepare transaction 'two'",
        "end",
        "begin work"
      })
  void ending_bySql_isRefusedAndNothingIsCommitted(String sql) throws Exception {
    R2dbc.pool(Postgres.url(), ONE)
        .use(pool -> {
          assertThatThrownBy(() ->
                  pool.transaction(TRANSFER)
                      .use(connection -> {
                        Async.await(Setting.insert(connection, 1));
                        return Setting.run(connection, sql);
                      }))
              .isInstanceOf(IllegalStateException.class)
              .hasMessageStartingWith("transfer ends with its body");
          return null;
        });
    assertThat(POSTGRESQL.rows()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "select 1 /* /* commit */ ; commit */",
        "do $$ begin perform 1; end $$",
        "select 'it''s; commit'",
        "select E'\\\\'';commit'"
      })
  void text_thatHoldsTheWordsOnly_isNotRefused(String sql) throws Exception {
    R2dbc.pool(Postgres.url(), ONE)
        .use(pool -> pool.transaction().use(connection -> Setting.run(connection, sql)));
  }

  /** H2's driver splits a text at each semicolon, even in a comment. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "insert into entry values (2) -- kept; commit",
        "insert into entry values (2) // kept; commit",
        "insert into entry values (2) /* kept; commit; */"
      })
  void ending_inACommentThatH2Runs_isRefusedAndNothingIsCommitted(String sql) throws Exception {
    Setting.H2_MEMORY_DIRECT.makeTable();
    R2dbc.pool(Setting.H2_MEMORY_DIRECT.url(), ONE)
        .use(pool -> {
          assertThatThrownBy(() ->
                  pool.transaction(TRANSFER)
                      .use(connection -> {
                        Async.await(Setting.insert(connection, 1));
                        return Setting.run(connection, sql);
                      }))
              .isInstanceOf(IllegalStateException.class)
              .hasMessageStartingWith("transfer ends with its body");
          return null;
        });
    assertThat(Setting.H2_MEMORY_DIRECT.rows()).isEmpty();
  }

  /** Drivers put names into a text of theirs. */
  @Test
  void ending_inAName_isRefusedAndNothingIsCommitted() throws Exception {
    R2dbc.pool(Postgres.url(), ONE)
        .use(pool -> {
          assertThatThrownBy(() ->
                  pool.transaction(TRANSFER)
                      .use(connection -> {
                        Async.await(Setting.insert(connection, 1));
                        assertThatThrownBy(() ->
                                connection
                                    .createStatement("insert into entry values (2)")
                                    .returnGeneratedValues("id; commit"))
                            .isInstanceOf(IllegalArgumentException.class);
                        return Async.await(
                            R2dbc.completion(connection.createSavepoint("x; commit")));
                      }))
              .isInstanceOf(IllegalArgumentException.class)
              .hasMessageContaining("use a name without a semicolon");
          return null;
        });
    assertThat(POSTGRESQL.rows()).isEmpty();
  }
}
