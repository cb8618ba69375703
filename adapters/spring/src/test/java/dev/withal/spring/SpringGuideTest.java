package dev.withal.spring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.withal.AsyncContextManager;
import dev.withal.jdbc.Jdbc;
import dev.withal.jdbc.Pool;
import dev.withal.r2dbc.R2dbc;
import dev.withal.testkit.Journal;
import dev.withal.testkit.LeakCheck;
import io.r2dbc.spi.ConnectionFactory;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import javax.sql.DataSource;
import org.h2.jdbcx.JdbcDataSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.beans.factory.FactoryBean;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.stereotype.Component;

/** The code of the guide for Spring. */
@ExtendWith(LeakCheck.class)
class SpringGuideTest {

  /** Something that is opened and closed asynchronously. */
  record Broker(Journal journal) {
    static Broker connect(Journal journal) {
      journal.add("broker connected");
      return new Broker(journal);
    }

    void flush() {
      journal.add("broker flushed");
    }

    void disconnect() {
      journal.add("broker disconnected");
    }
  }

  private static DataSource h2() {
    var dataSource = new JdbcDataSource();
    dataSource.setURL("jdbc:h2:mem:orders");
    return dataSource;
  }

  @Configuration(proxyBeanMethods = false)
  static class Databases {
    // @start region="bean"
    @Bean
    FactoryBean<Pool> pool() {
      return WithalSpring.bean(Jdbc.pool(h2()).named("orders db"));
    }

    // @end

    // @start region="data-source"
    @Bean
    DataSource dataSource(Pool pool) {
      return pool.dataSource(); // for JdbcClient, JPA, @Transactional
    }

    // @end
  }

  // @start region="component"
  @Component
  static class Orders {
    private final Pool pool;

    Orders(Pool pool) { // entered already
      this.pool = pool;
    }

    int count() throws SQLException, InterruptedException {
      return pool.connection().use(connection -> countOrders(connection));
    }
  }

  // @end

  private static int countOrders(Connection connection) throws SQLException {
    try (var statement = connection.createStatement();
        var rows = statement.executeQuery("select 7")) {
      rows.next();
      return rows.getInt(1);
    }
  }

  @Configuration(proxyBeanMethods = false)
  static class ReactiveDatabases {
    // @start region="r2dbc"
    @Bean
    FactoryBean<dev.withal.r2dbc.Pool> reactivePool() {
      return WithalSpring.bean(R2dbc.pool("r2dbc:h2:mem:///orders"));
    }

    @Bean
    ConnectionFactory connectionFactory(dev.withal.r2dbc.Pool pool) {
      return pool.connectionFactory(); // for DatabaseClient
    }
    // @end
  }

  @Configuration(proxyBeanMethods = false)
  static class BrokersByHand {
    // @start region="by-hand"
    @Bean(destroyMethod = "disconnect")
    Broker broker(Journal journal) {
      return Broker.connect(journal);
    }
    // @end
  }

  @Configuration(proxyBeanMethods = false)
  static class Brokers {
    // @start region="generator"
    @Bean
    FactoryBean<Broker> broker(Journal journal) {
      return WithalSpring.bean(
          AsyncContextManager.<Broker>generator(
                  yield -> {
                    Broker broker = Broker.connect(journal);
                    try {
                      yield.value(broker); // until the application ends
                      broker.flush(); // not if its start failed
                    } finally {
                      broker.disconnect();
                    }
                  })
              .named("broker")
              .enterTimeout(Duration.ofSeconds(10))
              .exitTimeout(Duration.ofSeconds(5)));
    }
    // @end
  }

  @Test
  void pool_isABean_servesThoseItIsInjectedInto(Journal journal) throws Exception {
    try (AnnotationConfigApplicationContext context =
        Noted.started(journal, Databases.class, Orders.class)) {
      assertThat(context.getBean(Orders.class).count()).isEqualTo(7);
      try (Connection connection = context.getBean(DataSource.class).getConnection()) {
        assertThat(connection.isValid(1)).isTrue();
      }
    }
  }

  @Test
  void reactivePool_isABean_servesAsAConnectionFactory(Journal journal) {
    try (AnnotationConfigApplicationContext context =
        Noted.started(journal, ReactiveDatabases.class)) {
      assertThat(context.getBean(ConnectionFactory.class).getMetadata().getName()).isEqualTo("H2");
    }
  }

  @Test
  void broker_byHand_isDisconnectedWhenTheApplicationEnds(Journal journal) {
    Noted.started(journal, BrokersByHand.class).close();

    assertThat(journal.events()).containsExactly("broker connected", "broker disconnected");
  }

  @Test
  void generator_isABean_continuesAfterItsYieldWhenTheApplicationEnds(Journal journal) {
    Noted.started(journal, Brokers.class).close();

    assertThat(journal.events())
        .containsExactly("broker connected", "broker flushed", "broker disconnected");
  }

  @Test
  void generator_whoseApplicationFailsToStart_skipsTheRestOfItsBody(Journal journal) {
    assertThatThrownBy(() ->
            Noted.started(journal, Brokers.class, EndTest.Outer.class, EndTest.BrokenService.class))
        .hasRootCauseMessage("no service");

    assertThat(journal.events())
        .containsExactly(
            "broker connected",
            "enter outer",
            "exit outer, failure: shop did not start",
            "broker disconnected");
  }
}
