package dev.withal.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.withal.Async;
import dev.withal.database.Bounds;
import dev.withal.database.testing.DroppingProxy;
import dev.withal.database.testing.MariadbServer;
import dev.withal.database.testing.stories.Running;
import dev.withal.jdbc.TransactionException.Outcome;
import dev.withal.testkit.LeakCheck;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * A MariaDB that falls silent costs one connection, as in {@link BlackHoleTest}, in the styles of
 * the settings.
 *
 * <p>Its driver's abort opens another connection first, and waits for that for half a minute.
 */
@ExtendWith(LeakCheck.class)
class MariadbSilenceTest {
  private static final TransactionOptions TRANSFER = TransactionOptions.DEFAULT.named("transfer");
  private static final Bounds SHORT =
      new Bounds(
          Duration.ofSeconds(2),
          Duration.ofMillis(300),
          Duration.ofMillis(300),
          Duration.ofMillis(500));

  /** A test on MariaDB, once in each style. */
  @Target(ElementType.METHOD)
  @Retention(RetentionPolicy.RUNTIME)
  @ParameterizedTest
  @EnumSource(names = {"POSTGRESQL_DIRECT", "POSTGRESQL_PLATFORM", "POSTGRESQL_STAGES"})
  private @interface InEachStyle {}

  @BeforeAll
  static void assumeThere() {
    Mariadb.assumeThere();
  }

  @BeforeEach
  void makeTable() throws Exception {
    Mariadb.makeTable();
  }

  @InEachStyle
  void statement_isSilentAndItsBodyIsCancelled_ends(Setting style) throws Exception {
    Throwable thrown =
        endOf(
            style,
            (pool, proxy) -> {
              DroppingProxy.Hold statement = proxy.hold("select 42");
              Running<Long> running =
                  style.begin(
                      pool.transaction(TRANSFER),
                      connection -> {
                        Setting.insert(connection, 1);
                        return Setting.ask(connection, "select 42");
                      });
              Async.await(statement.reached());
              proxy.drop();
              running.end().run();
              return running;
            });

    assertThat(thrown).isInstanceOf(CancellationException.class);
  }

  @InEachStyle
  void commit_isSilent_outcomeIsUnknown(Setting style) throws Exception {
    Throwable thrown =
        endOf(
            style,
            (pool, proxy) ->
                style.begin(
                    pool.transaction(TRANSFER),
                    connection -> {
                      proxy.dropAt("COMMIT");
                      return Setting.insert(connection, 1);
                    }));

    assertThat(thrown)
        .isInstanceOfSatisfying(
            TransactionException.class,
            told -> assertThat(told.outcome()).isEqualTo(Outcome.UNKNOWN));
  }

  @InEachStyle
  void begin_isSilent_saysSo(Setting style) throws Exception {
    Throwable thrown =
        endOf(
            style,
            (pool, proxy) -> {
              style.use(pool.connection(), connection -> connection.isValid(1));
              proxy.dropAt("ISOLATION");
              return style.begin(
                  pool.transaction(TRANSFER.isolation(IsolationLevel.SERIALIZABLE)),
                  _ -> "never runs");
            });

    assertThat(thrown)
        .isInstanceOfSatisfying(
            TransactionException.class,
            told -> assertThat(told.outcome()).isEqualTo(Outcome.NOT_COMMITTED))
        .hasMessageStartingWith(
            "transfer: the transaction could not begin: the database didn't begin within ");
  }

  @InEachStyle
  void rollback_isSilent_bodysErrorIsTheResult(Setting style) throws Exception {
    var failure = new SQLException("of the body");
    Throwable thrown =
        endOf(
            style,
            (pool, proxy) ->
                style.begin(
                    pool.transaction(TRANSFER),
                    connection -> {
                      Setting.insert(connection, 1);
                      proxy.dropAt("ROLLBACK");
                      throw failure;
                    }));

    assertThat(thrown).isSameAs(failure);
  }

  /** Begins a use on a pool, during which the server falls silent. */
  private interface Attempt {
    Running<?> begin(Pool pool, DroppingProxy proxy) throws Exception;
  }

  /** {@return how an attempt ends on a pool that works again after it} */
  private static Throwable endOf(Setting style, Attempt attempt) throws Exception {
    try (var proxy = new DroppingProxy(MariadbServer.port())) {
      PoolSettings one = PoolSettings.ofSize(1).withBounds(SHORT);
      return Jdbc.pool(Mariadb.overPort(proxy.port()), one)
          .use(pool -> {
            Running<?> running = attempt.begin(pool, proxy);
            Throwable thrown = catchThrowable(() -> running.result().get(20, TimeUnit.SECONDS));
            proxy.heal();

            assertThat(pool.inUse()).isZero();
            assertThat(pool.idle()).isZero();
            assertThat(style.<Boolean>use(pool.connection(), c -> c.isValid(1))).isTrue();
            return thrown instanceof ExecutionException ? thrown.getCause() : thrown;
          });
    }
  }
}
