package dev.withal.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.withal.Async;
import dev.withal.database.Holder;
import dev.withal.database.PoolMeters;
import dev.withal.testkit.LeakCheck;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.lang.System.Logger.Level;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** The examples of the guide on databases that are about JDBC. */
@ExtendWith(LeakCheck.class)
class JdbcGuideTest {

  @Test
  void transaction_commitsInDirectStyle() throws Exception {
    DataSource dataSource = people("direct");
    // @start region="direct"
    int inserted =
        Jdbc.pool(dataSource, PoolSettings.ofSize(4).withEnterTimeout(Duration.ofSeconds(5)))
            .use(pool ->
                pool.transaction()
                    .use(connection ->
                        connection
                            .createStatement()
                            .executeUpdate("insert into person values ('Ada')")));
    // @end
    assertThat(inserted).isEqualTo(1);
  }

  @Test
  void transaction_commitsInStageStyle() throws Exception {
    Jdbc.pool(people("stages"))
        .run(pool -> {
          // @start region="stages"
          CompletableFuture<Integer> inserted =
              pool.transaction()
                  .useAsync(
                      connection -> Jdbc.callAsync(connection, inside -> insert(inside, "Ada")));
          // @end
          assertThat(Async.await(inserted)).isEqualTo(1);
        });
  }

  @Test
  void transaction_doesWhatTryWithResourcesNeedsACommitFor() throws Exception {
    DataSource dataSource = people("both");
    // @start region="try"
    try (Connection connection = dataSource.getConnection()) {
      connection.setAutoCommit(false);
      try {
        insert(connection, "Ada");
        insert(connection, "Grace");
        connection.commit();
      } catch (Throwable error) {
        connection.rollback(); // if this fails, the first error is lost
        throw error;
      }
    }
    // @end
    // @start region="transaction"
    Jdbc.transaction(dataSource)
        .run(connection -> {
          insert(connection, "Ada");
          insert(connection, "Grace");
        });
    // @end
    assertThat(count(dataSource)).isEqualTo(4);
  }

  @Test
  void statement_isCancelledWithItsBody() throws Exception {
    DataSource dataSource = Postgres.dataSource();
    // @start region="cancel"
    CompletableFuture<ResultSet> asleep =
        Jdbc.connection(dataSource)
            .useAsync(connection ->
                Jdbc.callAsync(
                    connection,
                    inside -> inside.createStatement().executeQuery("select pg_sleep(600)")));
    asleep.cancel(true);
    // @end
    assertThat(catchThrowable(() -> Async.await(asleep))).isInstanceOf(CancellationException.class);
  }

  @Test
  void savepoint_isUndoneAlone() throws Exception {
    DataSource dataSource = people("savepoint");
    // @start region="savepoint"
    Jdbc.transaction(dataSource)
        .use(outer -> {
          insert(outer, "Ada");
          Jdbc.transaction(outer)
              .suppressing(SQLException.class)
              .use(inner -> insert(inner, "too long a name"));
          return insert(outer, "Charles");
        });
    // @end
    assertThat(count(dataSource)).isEqualTo(2);
  }

  @Test
  void transaction_isRunAgain() throws Exception {
    DataSource dataSource = people("retry");
    // @start region="retry"
    var transfer =
        TransactionOptions.DEFAULT.named("transfer").isolation(IsolationLevel.SERIALIZABLE);
    int inserted =
        Jdbc.retrying(Jdbc.transaction(dataSource, transfer))
            .attempts(3)
            .use(connection -> insert(connection, "Ada"));
    // @end
    assertThat(inserted).isEqualTo(1);
  }

  @Test
  void connections_areSetUpByAHook() throws Exception {
    DataSource dataSource = people("hooks");
    // @start region="hooks"
    PoolHooks hooks = PoolHooks.NONE.onOpen(connection -> run(connection, "set lock_timeout 500"));
    long limit =
        Jdbc.pool(dataSource, PoolSettings.DEFAULT.withHooks(hooks))
            .use(pool ->
                pool.connection().use(connection -> ask(connection, "call lock_timeout()")));
    // @end
    assertThat(limit).isEqualTo(500);
  }

  @Test
  void statements_haveALimit() throws Exception {
    Jdbc.pool(people("limits"))
        .use(pool -> {
          // @start region="limits"
          var report =
              TransactionOptions.DEFAULT
                  .named("report")
                  .statementTimeout(Duration.ofSeconds(5))
                  .lockWait(Duration.ofMillis(200));
          int inserted = pool.transaction(report).use(connection -> insert(connection, "Ada"));
          // @end
          assertThat(inserted).isEqualTo(1);
          return null;
        });
  }

  @Test
  void pool_isMeasured() throws Exception {
    var registry = new SimpleMeterRegistry();
    Jdbc.pool(people("meters"))
        .use(pool -> {
          // @start region="meters"
          new PoolMeters(pool, "orders").bindTo(registry);
          // @end
          // @start region="holders"
          pool.transaction()
              .named("orders")
              .run(_ -> {
                for (Holder holder : pool.holders()) {
                  System.getLogger("app").log(Level.DEBUG, holder); // orders for 3 ms in the body …
                }
              });
          // @end
          assertThat(registry.get("withal.connections.usage").timer().count()).isEqualTo(1);
          return null;
        });
  }

  private static void run(Connection connection, String sql) throws SQLException {
    Setting.run(connection, sql);
  }

  private static long ask(Connection connection, String sql) throws SQLException {
    return Setting.ask(connection, sql);
  }

  static DataSource people(String database) throws Exception {
    DataSource dataSource = Setting.h2(database);
    Jdbc.connection(dataSource)
        .use(connection -> {
          Setting.run(connection, "drop table if exists person");
          return Setting.run(connection, "create table person (name varchar(10))");
        });
    return dataSource;
  }

  private static int insert(Connection connection, String name) throws SQLException {
    return Setting.run(connection, "insert into person values ('" + name + "')");
  }

  static long count(DataSource dataSource) throws Exception {
    return Jdbc.connection(dataSource)
        .use(connection -> Setting.ask(connection, "select count(*) from person"));
  }
}
