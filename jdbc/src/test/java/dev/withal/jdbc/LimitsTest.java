package dev.withal.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.withal.testkit.LeakCheck;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.SQLException;
import java.sql.SQLFeatureNotSupportedException;
import java.time.Duration;
import javax.sql.DataSource;
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

  @OnEverySetting
  void statementTimeout_statementTakesLonger_isEndedByTheServer(Setting setting) throws Exception {
    Jdbc.pool(setting.dataSource(), PoolSettings.ofSize(1))
        .use(pool -> {
          assertThat(
                  catchThrowable(() ->
                      setting.use(
                          pool.transaction(TransactionOptions.DEFAULT.statementTimeout(SHORT)),
                          connection -> Setting.ask(connection, slow(setting)))))
              .isInstanceOf(SQLException.class)
              .extracting(error -> ((SQLException) error).getSQLState())
              .isEqualTo("57014");
          assertIsAsBefore(setting, pool);
          return null;
        });
  }

  @OnEverySetting
  void lockWait_anotherTransactionHasTheRow_statementFails(Setting setting) throws Exception {
    setting.makeTable();
    Jdbc.pool(setting.dataSource(), PoolSettings.ofSize(2))
        .use(pool -> {
          pool.transaction().use(connection -> Setting.insert(connection, 1));
          pool.transaction()
              .use(locking -> {
                Setting.run(locking, "update entry set id = 2");
                assertThat(
                        catchThrowable(() ->
                            setting.use(
                                pool.transaction(TransactionOptions.DEFAULT.lockWait(SHORT)),
                                waiting -> Setting.run(waiting, "update entry set id = 3"))))
                    .isInstanceOf(SQLException.class);
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
    Jdbc.pool(setting.dataSource(), PoolSettings.ofSize(1))
        .use(pool -> {
          setting.use(pool.transaction(both), connection -> Setting.insert(connection, 1));
          assertIsAsBefore(setting, pool);
          return null;
        });
    assertThat(setting.rows()).containsExactly(1);
  }

  private static void assertIsAsBefore(Setting setting, Pool pool) throws Exception {
    String ask =
        setting.name().startsWith("H2")
            ? "select lock_timeout() + cast((select setting_value from information_schema.settings"
                + " where setting_name = 'QUERY_TIMEOUT') as int)"
            : "select sum(setting::int) from pg_settings where name in"
                + " ('statement_timeout', 'lock_timeout')";
    long before = Jdbc.connection(setting.dataSource()).use(fresh -> Setting.ask(fresh, ask));

    assertThat(setting.<Long>use(pool.connection(), connection -> Setting.ask(connection, ask)))
        .isEqualTo(before);
    assertThat(pool.idle()).as("it was not thrown away").isPositive();
  }

  @Test
  void limits_databaseIsNotKnown_transactionDoesNotBegin() throws Exception {
    TransactionOptions limited = TransactionOptions.DEFAULT.named("transfer").lockWait(SHORT);
    Jdbc.pool(ofAnotherProduct(Setting.h2("test")), PoolSettings.ofSize(1))
        .use(pool -> {
          Throwable thrown = catchThrowable(() -> pool.transaction(limited).use(_ -> null));

          assertThat(thrown)
              .isInstanceOf(TransactionException.class)
              .hasMessageStartingWith("transfer: the transaction could not begin")
              .hasCauseInstanceOf(SQLFeatureNotSupportedException.class)
              .hasMessageContaining("Acme isn't known to support limits for statements");
          assertThat(pool.inUse()).isZero();
          return null;
        });
  }

  @Test
  void limits_onTheCallersConnection_leaveItAsItWas() throws Exception {
    DataSource acme = ofAnotherProduct(Setting.h2("test"));
    try (Connection connection = acme.getConnection()) {
      TransactionOptions limited = TransactionOptions.DEFAULT.lockWait(SHORT);
      assertThat(catchThrowable(() -> Jdbc.transaction(connection, limited).use(_ -> null)))
          .isInstanceOf(TransactionException.class);

      assertThat(connection.getAutoCommit()).isTrue();
    }
  }

  @Test
  void limits_ofASavepoint_areRefused() throws Exception {
    TransactionOptions limited = TransactionOptions.DEFAULT.lockWait(SHORT);
    Jdbc.transaction(Setting.h2("test"))
        .use(outer -> {
          assertThatThrownBy(() -> Jdbc.transaction(outer, limited))
              .isInstanceOf(IllegalArgumentException.class);
          return null;
        });
  }

  @Test
  void limits_areNotPositive_areRefused() {
    assertThatThrownBy(() -> TransactionOptions.DEFAULT.lockWait(Duration.ZERO))
        .hasMessage("lockWait must be positive, but is PT0S");
    assertThatThrownBy(() -> TransactionOptions.DEFAULT.statementTimeout(Duration.ZERO))
        .hasMessage("statementTimeout must be positive, but is PT0S");
  }

  private static DataSource ofAnotherProduct(DataSource inside) {
    return proxy(
        DataSource.class,
        inside,
        "getConnection",
        connection ->
            proxy(
                Connection.class,
                connection,
                "getMetaData",
                metaData ->
                    proxy(
                        DatabaseMetaData.class, metaData, "getDatabaseProductName", _ -> "Acme")));
  }

  private interface Change {
    Object of(Object answer) throws Exception;
  }

  private static <T> T proxy(Class<T> type, Object inside, String name, Change change) {
    return type.cast(
        Proxy.newProxyInstance(
            type.getClassLoader(),
            new Class<?>[] {type},
            (self, method, given) -> {
              if (method.getName().equals("unwrap")) {
                return self;
              }
              try {
                Object answer = method.invoke(inside, given);
                return method.getName().equals(name) ? change.of(answer) : answer;
              } catch (InvocationTargetException e) {
                throw e.getCause();
              }
            }));
  }
}
