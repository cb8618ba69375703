package dev.withal.r2dbc;

import static org.assertj.core.api.Assertions.assertThat;

import dev.withal.Async;
import dev.withal.testkit.LeakCheck;
import java.util.concurrent.CompletableFuture;
import org.jooq.SQLDialect;
import org.jooq.impl.DSL;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.r2dbc.connection.R2dbcTransactionManager;
import org.springframework.r2dbc.core.DatabaseClient;
import org.springframework.transaction.reactive.TransactionalOperator;

/** The examples of the guide on databases that are about other libraries. */
@ExtendWith(LeakCheck.class)
class ConnectionFactoryGuideTest {
  private static final Setting H2 = Setting.H2_MEMORY_STAGES;

  @BeforeEach
  void makeTable() throws Exception {
    H2.makeTable();
  }

  @Test
  void pool_isAConnectionFactory() throws Exception {
    R2dbc.pool(H2.url())
        .use(pool -> {
          // @start region="pool"
          var factory = pool.connectionFactory("orders");
          var client = DatabaseClient.create(factory);
          CompletableFuture<Void> inserted =
              TransactionalOperator.create(new R2dbcTransactionManager(factory))
                  .transactional(client.sql("insert into entry values (1)").then())
                  .toFuture();
          // @end
          return Async.await(inserted);
        });
    assertThat(H2.rows()).containsExactly(1);
  }

  @Test
  void transactionOfJooq_isASavepointOfOurs() throws Exception {
    R2dbc.pool(H2.url())
        .use(pool -> {
          // @start region="nested"
          CompletableFuture<Void> inserted =
              pool.transaction()
                  .useAsync(connection -> {
                    var jooq = DSL.using(R2dbc.connectionFactory(connection), SQLDialect.H2);
                    return R2dbc.completion(
                        jooq.transactionPublisher(
                            inner -> inner.dsl().query("insert into entry values (1)")));
                  });
          // @end
          return Async.await(inserted);
        });
    assertThat(H2.rows()).containsExactly(1);
  }
}
