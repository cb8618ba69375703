package dev.withal.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.withal.Async;
import dev.withal.Body;
import dev.withal.database.testing.DroppingProxy;
import dev.withal.database.testing.stories.Running;
import dev.withal.database.testing.stories.SilenceStories;
import java.sql.Connection;
import java.sql.ResultSet;
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
    assertEndsOnceAsked(
        setting,
        "pg_catalog",
        connection -> connection.getMetaData().getColumns(null, null, null, null));
  }

  @OnPostgres
  void metaDataOfAStatement_isSilentAndItsBodyIsAskedToEnd_ends(Setting setting) throws Exception {
    assertEndsOnceAsked(
        setting,
        "described",
        connection -> connection.prepareStatement("select 1 as described").getMetaData());
  }

  @OnPostgres
  void parameters_areSilentAndItsBodyIsAskedToEnd_ends(Setting setting) throws Exception {
    assertEndsOnceAsked(
        setting,
        "described",
        connection -> connection.prepareStatement("select ? as described").getParameterMetaData());
  }

  @OnPostgres
  void updateOfARow_isSilentAndItsBodyIsAskedToEnd_ends(Setting setting) throws Exception {
    assertEndsOnceAsked(
        setting,
        "updated",
        connection -> {
          connection
              .createStatement()
              .execute("create temp table item (id int primary key, name text)");
          connection.createStatement().execute("insert into item values (1, 'first')");
          ResultSet rows =
              connection
                  .createStatement(ResultSet.TYPE_SCROLL_INSENSITIVE, ResultSet.CONCUR_UPDATABLE)
                  .executeQuery("select id, name from item");
          rows.next();
          rows.updateString("name", "updated");
          rows.updateRow();
          return "updated";
        });
  }

  /** The server falls silent as it is sent the word, and then the body is asked to end. */
  private void assertEndsOnceAsked(
      Setting setting, String word, Body<Connection, Object, Exception> body) throws Exception {
    Throwable thrown =
        endOf(
            setting,
            pool -> {
              DroppingProxy.Hold sent = proxy.hold(word);
              Running<Object> running =
                  setting.begin(((JdbcLender) pool).pool().connection(), body);
              Async.await(sent.reached());
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
