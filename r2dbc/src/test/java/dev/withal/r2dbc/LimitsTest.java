package dev.withal.r2dbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.withal.Async;
import dev.withal.testkit.LeakCheck;
import io.r2dbc.spi.Connection;
import io.r2dbc.spi.R2dbcException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** How long statements of a transaction may run and wait; the server keeps to it. */
@ExtendWith(LeakCheck.class)
class LimitsTest {
  private static final Duration SHORT = Duration.ofMillis(100);

  /** H2 looks at the time between rows. */
  private static String slow(Setting setting) {
    return setting.name().startsWith("H2")
        ? "select count(*) from system_range(1, 100000) a, system_range(1, 100000) b"
            + " where a.x < b.x"
        : "select 1 from pg_sleep(600)";
  }

  private static CompletableFuture<Void> run(Connection connection, String sql) {
    return R2dbc.completion(connection.createStatement(sql).execute());
  }

  @OnEverySetting
  void statementTimeout_statementTakesLonger_isEndedByTheServer(Setting setting) throws Exception {
    R2dbc.pool(setting.url(), PoolSettings.ofSize(1))
        .use(pool -> {
          assertThat(
                  catchThrowable(() ->
                      setting.use(
                          pool.transaction(TransactionOptions.DEFAULT.statementTimeout(SHORT)),
                          connection -> run(connection, slow(setting)))))
              .isInstanceOf(R2dbcException.class)
              .extracting(error -> ((R2dbcException) error).getSqlState())
              .isEqualTo("57014");
          assertIsAsBefore(setting, pool);
          return null;
        });
  }

  @OnEverySetting
  void lockWait_anotherTransactionHasTheRow_statementFails(Setting setting) throws Exception {
    setting.makeTable();
    R2dbc.pool(setting.url(), PoolSettings.ofSize(2))
        .use(pool -> {
          pool.transaction().use(connection -> Async.await(Setting.insert(connection, 1)));
          pool.transaction()
              .use(locking -> {
                Setting.run(locking, "update entry set id = 2");
                assertThat(
                        catchThrowable(() ->
                            setting.use(
                                pool.transaction(TransactionOptions.DEFAULT.lockWait(SHORT)),
                                waiting -> run(waiting, "update entry set id = 3"))))
                    .isInstanceOf(R2dbcException.class);
                assertIsAsBefore(setting, pool);
                return null;
              });
          return null;
        });
    assertThat(setting.rows()).containsExactly(2);
  }

  @OnEverySetting
  void limits_transactionCommits_areGoneForTheNext(Setting setting) throws Exception {
    setting.makeTable();
    TransactionOptions both =
        TransactionOptions.DEFAULT.statementTimeout(Duration.ofSeconds(7)).lockWait(SHORT);
    R2dbc.pool(setting.url(), PoolSettings.ofSize(1))
        .use(pool -> {
          setting.use(pool.transaction(both), connection -> Setting.insert(connection, 1));
          assertIsAsBefore(setting, pool);
          return null;
        });
    assertThat(setting.rows()).containsExactly(1);
  }

  @Test
  void limits_areNotPositive_areRefused() {
    assertThatThrownBy(() -> TransactionOptions.DEFAULT.lockWait(Duration.ZERO))
        .hasMessage("lockWait must be positive, but is PT0S");
    assertThatThrownBy(() -> TransactionOptions.DEFAULT.statementTimeout(Duration.ZERO))
        .hasMessage("statementTimeout must be positive, but is PT0S");
  }

  private static void assertIsAsBefore(Setting setting, Pool pool) throws Exception {
    String ask =
        setting.name().startsWith("H2")
            ? "select lock_timeout() + cast((select setting_value from information_schema.settings"
                + " where setting_name = 'QUERY_TIMEOUT') as int)"
            : "select sum(setting::int)::int from pg_settings where name in"
                + " ('statement_timeout', 'lock_timeout')";
    int before =
        R2dbc.connection(setting.url()).use(connection -> Async.await(answer(connection, ask)));

    assertThat(setting.<Connection, Integer>use(pool.connection(), asked -> answer(asked, ask)))
        .isEqualTo(before);
    assertThat(pool.idle()).as("it was not thrown away").isPositive();
  }

  private static CompletableFuture<Integer> answer(Connection connection, String sql) {
    return R2dbc.first(connection.createStatement(sql).execute(), row -> row.get(0, Integer.class));
  }
}
