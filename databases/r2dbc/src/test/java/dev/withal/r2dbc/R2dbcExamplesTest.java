package dev.withal.r2dbc;

import static org.assertj.core.api.Assertions.assertThat;

import dev.withal.Async;
import dev.withal.testkit.LeakCheck;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** The examples of the documentation. */
@ExtendWith(LeakCheck.class)
class R2dbcExamplesTest {

  @Test
  void examples_directAndStages_doTheSame() throws Exception {
    assertThat(direct("r2dbc:h2:mem:///direct")).containsExactly("Ada");
    assertThat(Async.await(stages("r2dbc:h2:mem:///stages"))).containsExactly("Ada");
  }

  private static List<String> direct(String url) throws Exception {
    // @start region="direct"
    return R2dbc.connection(url)
        .use(connection -> {
          R2dbc.transaction(connection)
              .use(_ -> {
                Async.await(
                    R2dbc.completion(
                        connection.createStatement("create table person (name text)").execute()));
                return Async.await(
                    R2dbc.rowsUpdated(
                        connection.createStatement("insert into person values ('Ada')").execute()));
              });
          return Async.await(
              R2dbc.list(
                  connection.createStatement("select name from person").execute(),
                  row -> row.get("name", String.class)));
        });
    // @end
  }

  private static CompletableFuture<List<String>> stages(String url) {
    // @start region="stages"
    return R2dbc.connection(url)
        .useAsync(connection ->
            R2dbc.transaction(connection)
                .useAsync(_ ->
                    R2dbc.completion(
                        connection
                            .createBatch()
                            .add("create table person (name text)")
                            .add("insert into person values ('Ada')")
                            .execute()))
                .thenCompose(_ ->
                    R2dbc.list(
                        connection.createStatement("select name from person").execute(),
                        row -> row.get("name", String.class))));
    // @end
  }
}
