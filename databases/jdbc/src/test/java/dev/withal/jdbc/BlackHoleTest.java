package dev.withal.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.withal.Async;
import dev.withal.database.testing.DroppingProxy;
import dev.withal.database.testing.stories.Running;
import dev.withal.database.testing.stories.SilenceStories;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import java.util.concurrent.CancellationException;
import java.util.concurrent.TimeUnit;

/**
 * A server that falls silent costs one connection: the caller has its answer, the place is free,
 * and the pool's exit ends.
 */
class BlackHoleTest extends SilenceStories implements JdbcStories {

  @OnPostgres
  void openingOutsideOfAPool_isSilent_enterFails(Setting setting) {
    proxy.drop();
    Running<String> running =
        setting.begin(
            new Dual<>("report", (name, _) -> Lease.manager(unpooled(), Where.DEFAULT, name, null)),
            _ -> "never runs");

    assertThat(catchThrowable(() -> running.result().get(20, TimeUnit.SECONDS)))
        .hasCauseInstanceOf(SQLTransientConnectionException.class);
  }

  private Jdbc.Unpooled unpooled() {
    return new Jdbc.Unpooled(new NamelessDataSource(Postgres.overPort(proxy.port())), SHORT);
  }

  @OnPostgres
  void metaData_isSilentAndItsBodyIsAskedToEnd_ends(Setting setting) throws Exception {
    Throwable thrown =
        endOf(
            setting,
            pool -> {
              DroppingProxy.Hold statement = proxy.hold("pg_catalog");
              Running<Object> running =
                  setting.begin(
                      ((JdbcLender) pool).pool().connection(),
                      connection -> connection.getMetaData().getColumns(null, null, null, null));
              Async.await(statement.reached());
              proxy.drop();
              running.end().run();
              return running;
            });

    assertThat(thrown).isInstanceOf(CancellationException.class);
  }

  @OnPostgres
  void return_isSilent_isTold(Setting setting) throws Exception {
    Throwable thrown =
        endOf(
            setting,
            pool ->
                setting.begin(
                    ((JdbcLender) pool).pool().connection("report"),
                    connection -> {
                      connection.setTransactionIsolation(Connection.TRANSACTION_SERIALIZABLE);
                      proxy.dropAt("READ COMMITTED");
                      return "done";
                    }));

    assertThat(thrown).isInstanceOf(SQLException.class);
  }
}
