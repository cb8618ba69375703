package dev.withal.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import dev.withal.Async;
import dev.withal.testkit.LeakCheck;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.concurrent.CompletableFuture;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** The examples of the documentation. */
@ExtendWith(LeakCheck.class)
class JdbcExamplesTest {

  @Test
  void examples_directAndStages_doTheSame() throws Exception {
    assertThat(direct(Setting.h2("direct"))).isEqualTo(1);
    assertThat(Async.await(stages(Setting.h2("stages")))).isEqualTo(1);
  }

  private static int direct(DataSource dataSource) throws SQLException, InterruptedException {
    // @start region="direct"
    return Jdbc.connection(dataSource)
        .use(connection -> {
          Jdbc.transaction(connection)
              .use(inside -> {
                Statement statement = inside.createStatement();
                statement.execute("create table person (name text)");
                return statement.executeUpdate("insert into person values ('Ada')");
              });
          ResultSet people =
              connection.createStatement().executeQuery("select count(*) from person");
          people.next();
          return people.getInt(1);
        });
    // @end
  }

  private static CompletableFuture<Integer> stages(DataSource dataSource) {
    // @start region="stages"
    return Jdbc.transaction(dataSource)
        .useAsync(connection ->
            Jdbc.callAsync(
                connection,
                inside -> {
                  Statement statement = inside.createStatement();
                  statement.execute("create table person (name text)");
                  return statement.executeUpdate("insert into person values ('Ada')");
                }));
    // @end
  }
}
