package dev.withal.spring;

import static org.assertj.core.api.Assertions.assertThat;

import dev.withal.Report;
import dev.withal.database.testing.PostgresServer;
import dev.withal.insight.Insight;
import dev.withal.jdbc.Jdbc;
import dev.withal.jdbc.Pool;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.postgresql.ds.PGSimpleDataSource;
import org.springframework.beans.factory.FactoryBean;
import org.springframework.boot.Banner;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/** A web application with a real server over a real database: its end, and its endpoint. */
class WebTest {
  private static final String SLEEP = "select pg_sleep(60)";

  @Configuration(proxyBeanMethods = false)
  @EnableAutoConfiguration
  @Import(Orders.class)
  static class App {
    @Bean
    FactoryBean<Pool> pool() {
      return WithalSpring.bean(Jdbc.pool(postgres()).named("orders db"));
    }
  }

  @RestController
  static class Orders {
    private final Pool pool;

    Orders(Pool pool) {
      this.pool = pool;
    }

    @GetMapping("/slow")
    String slow() throws Exception {
      return pool.connection()
          .<String, Exception>use(connection -> {
            try (var statement = connection.createStatement()) {
              statement.execute(SLEEP);
              return "slept";
            } catch (SQLException ended) { // or else the server logs it
              return "ended";
            }
          });
    }
  }

  private static PGSimpleDataSource postgres() {
    var dataSource = new PGSimpleDataSource();
    dataSource.setServerNames(new String[] {"localhost"});
    dataSource.setPortNumbers(new int[] {PostgresServer.port()});
    dataSource.setDatabaseName("postgres");
    dataSource.setUser("postgres");
    return dataSource;
  }

  private static ConfigurableApplicationContext run(Map<String, Object> properties) {
    return new SpringApplicationBuilder(App.class)
        .logStartupInfo(false)
        .bannerMode(Banner.Mode.OFF)
        .properties(
            Map.of(
                "server.port",
                "0",
                "logging.level.root",
                "OFF",
                "spring.lifecycle.timeout-per-shutdown-phase",
                "300ms",
                "withal.exit-timeout",
                "1s"))
        .properties(properties)
        .run();
  }

  private static CompletableFuture<HttpResponse<String>> get(
      HttpClient client, ConfigurableApplicationContext context, String path) {
    String port = context.getEnvironment().getProperty("local.server.port");
    var request = HttpRequest.newBuilder(URI.create("http://localhost:" + port + path)).build();
    return client.sendAsync(request, BodyHandlers.ofString());
  }

  /** The server's own record of who sleeps. */
  private static int sleeping(Connection connection) throws SQLException {
    try (var statement = connection.createStatement();
        var rows =
            statement.executeQuery(
                "select count(*) from pg_stat_activity where state = 'active' and query = '"
                    + SLEEP
                    + "'")) {
      rows.next();
      return rows.getInt(1);
    }
  }

  private static void awaitSleeping(Connection connection, int count) throws SQLException {
    while (sleeping(connection) != count) {
      try (var statement = connection.createStatement()) {
        statement.execute("select pg_sleep(0.01)");
      }
    }
  }

  private static Duration timeToClose(ConfigurableApplicationContext context) {
    long before = System.nanoTime();
    context.close();
    return Duration.ofNanos(System.nanoTime() - before);
  }

  @Test
  void shutdown_withAQueryUnderWay_cancelsItOnceTheServerInterruptsItsThread() throws Exception {
    List<Report> reports = new CopyOnWriteArrayList<>();
    try (HttpClient client = HttpClient.newHttpClient();
        Connection beside = postgres().getConnection();
        var _ = Report.listen(reports::add)) {
      ConfigurableApplicationContext context = run(Map.of());
      CompletableFuture<HttpResponse<String>> answer = get(client, context, "/slow");
      awaitSleeping(beside, 1);

      Duration took = timeToClose(context);

      assertThat(took).isLessThan(Duration.ofSeconds(10));
      assertThat(reports).isEmpty();
      awaitSleeping(beside, 0);
      assertThat(
              answer
                  .handle((response, error) -> response == null || response.statusCode() != 200)
                  .get())
          .isTrue();
    }
  }

  @Test
  void shutdown_withAQueryThatNobodyInterrupts_endsWithinTheTimeoutAndReportsThePool()
      throws Exception {
    List<Report> reports = new CopyOnWriteArrayList<>();
    try (HttpClient client = HttpClient.newHttpClient();
        Connection beside = postgres().getConnection()) {
      ConfigurableApplicationContext context =
          run(Map.of("spring.threads.virtual.enabled", "true"));
      CompletableFuture<HttpResponse<String>> answer = get(client, context, "/slow");
      awaitSleeping(beside, 1);

      Duration took;
      try (var _ = Report.listen(reports::add)) {
        took = timeToClose(context);
      }

      assertThat(took).isLessThan(Duration.ofSeconds(10));
      assertThat(reports)
          .extracting(report -> report.kind() + " " + report.context())
          .containsExactly("ABANDONED_EXIT pool");
      try (var statement = beside.createStatement()) {
        statement.execute(
            "select pg_cancel_backend(pid) from pg_stat_activity where query = '" + SLEEP + "'");
      }
      answer.handle((_, _) -> "ended").get();
    }
  }

  @Test
  void endpoint_ofInsight_showsWhatIsHeld() throws Exception {
    try (HttpClient client = HttpClient.newHttpClient();
        ConfigurableApplicationContext context =
            run(Map.of("management.endpoints.web.exposure.include", "contexts"))) {
      assertThat(get(client, context, "/actuator/contexts").get().body())
          .contains("contexts held\n", "orders db", "in body since");
      assertThat(get(client, context, "/actuator/contexts/json?max=1").get().body())
          .contains("\"manager\":\"orders db\"");
      assertThat(get(client, context, "/actuator/contexts/leaks").get().body()).isEmpty();
    } finally {
      Insight.stop();
    }
  }
}
