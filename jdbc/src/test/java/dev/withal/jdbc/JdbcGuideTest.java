package dev.withal.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.withal.Async;
import dev.withal.testkit.LeakCheck;
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
        .use(pool -> {
          // @start region="stages"
          CompletableFuture<Integer> inserted =
              pool.transaction()
                  .useAsync(
                      connection -> Jdbc.callAsync(connection, inside -> insert(inside, "Ada")));
          // @end
          assertThat(Async.await(inserted)).isEqualTo(1);
          return null;
        });
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

  private static DataSource people(String database) throws Exception {
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

  private static long count(DataSource dataSource) throws Exception {
    return Jdbc.connection(dataSource)
        .use(connection -> Setting.ask(connection, "select count(*) from person"));
  }
}
