package dev.withal.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.withal.database.testing.stories.LimitStories;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.SQLFeatureNotSupportedException;
import java.time.Duration;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;

/** How long statements of a transaction may run and wait; the server keeps to it. */
class LimitsTest extends LimitStories implements JdbcStories {
  private static final Duration SHORT = Duration.ofMillis(100);

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
