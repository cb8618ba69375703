package dev.withal.tasks.guide;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.withal.Async;
import dev.withal.AsyncContextManager;
import dev.withal.files.AsyncFiles;
import dev.withal.jdbc.Jdbc;
import dev.withal.tasks.Elements;
import dev.withal.tasks.Tasks;
import dev.withal.testkit.LeakCheck;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.ResultSet;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import javax.sql.DataSource;
import org.h2.jdbcx.JdbcDataSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** What the guide says on elements that come one by one: rows and lines. */
@ExtendWith(LeakCheck.class)
class ElementsTest {
  private static final JdbcDataSource DATABASE = new JdbcDataSource();

  static {
    DATABASE.setURL("jdbc:h2:mem:elements;DB_CLOSE_DELAY=-1");
  }

  // @start region="produce"
  /** The rows of a table, read as they are consumed. */
  static AsyncContextManager<Elements<String>> names(DataSource dataSource) {
    return Tasks.produce(out ->
        Jdbc.connection(dataSource)
            .run(connection -> {
              try (var statement = connection.createStatement();
                  ResultSet rows =
                      statement.executeQuery("select name from person order by name")) {
                while (rows.next()) {
                  out.put(rows.getString(1)); // waits for the consumer
                }
              }
            }));
  }

  static String firstWith(String prefix, DataSource dataSource) throws InterruptedException {
    return names(dataSource)
        .use(names -> {
          for (String name : names) {
            if (name.startsWith(prefix)) {
              return name; // closes the rows, the statement and the connection
            }
          }
          return "nobody";
        });
  }

  // @end

  private static void persons(String... names) throws Exception {
    Jdbc.connection(DATABASE)
        .run(connection -> {
          try (var statement = connection.createStatement()) {
            statement.execute("drop table if exists person");
            statement.execute("create table person (name varchar(20))");
            for (String name : names) {
              statement.execute("insert into person values ('" + name + "')");
            }
          }
        });
  }

  @Test
  void rows_areReadAsTheyAreConsumed() throws Exception {
    persons("Ada", "Edsger", "Grace", "Barbara");

    assertThat(firstWith("B", DATABASE)).isEqualTo("Barbara");
    assertThat(firstWith("X", DATABASE)).isEqualTo("nobody");
  }

  @Test
  void rows_inStageStyle() throws Exception {
    persons("Ada", "Grace");
    var greetings = Collections.synchronizedList(new ArrayList<String>());
    // @start region="for-each"
    CompletableFuture<Void> all =
        names(DATABASE).useAsync(names -> names.forEachAsync(name -> greetAsync(name, greetings)));
    // @end
    Async.await(all);

    assertThat(greetings).containsExactly("Hello Ada", "Hello Grace");
  }

  private static CompletableFuture<Void> greetAsync(String name, List<String> greetings) {
    return Async.runAsync(() -> greetings.add("Hello " + name));
  }

  @Test
  void rows_areSharedByTasks() throws Exception {
    persons("Ada", "Edsger", "Grace", "Barbara");
    var greetings = Collections.synchronizedList(new ArrayList<String>());
    // @start region="consumers"
    names(DATABASE)
        .run(names ->
            Tasks.group()
                .run(group -> {
                  for (int i = 0; i < 4; i++) {
                    group.launch(() -> {
                      for (String name : names) {
                        greetings.add("Hello " + name);
                      }
                    });
                  }
                }));
    // @end

    assertThat(greetings).hasSize(4).doesNotHaveDuplicates();
  }

  @Test
  void lines_ofAFile(@TempDir Path directory) throws Exception {
    Path log = Files.writeString(directory.resolve("log"), "fine\nerror: disk\nfine\n");
    // @start region="subscribe"
    String firstError =
        AsyncFiles.openText(log, UTF_8)
            .flatMap(file -> Tasks.subscribe(file.publishLines(), 64))
            .use(lines -> {
              for (String line : lines) {
                if (line.startsWith("error")) {
                  return line;
                }
              }
              return "none";
            });
    // @end

    assertThat(firstError).isEqualTo("error: disk");
  }
}
