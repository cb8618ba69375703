package dev.withal.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import dev.withal.testkit.LeakCheck;
import javax.sql.DataSource;
import org.jooq.SQLDialect;
import org.jooq.exception.DataAccessException;
import org.jooq.impl.DSL;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** The examples of the guide on databases that are about other libraries. */
@ExtendWith(LeakCheck.class)
class DataSourceGuideTest {

  @Test
  void pool_isADataSource() throws Exception {
    DataSource dataSource = JdbcGuideTest.people("jooq");
    Jdbc.pool(dataSource)
        .use(pool -> {
          // @start region="pool"
          var jooq = DSL.using(pool.dataSource("orders"), SQLDialect.H2);
          jooq.transaction(inner -> inner.dsl().execute("insert into person values ('Ada')"));
          // @end
          return null;
        });
    assertThat(JdbcGuideTest.count(dataSource)).isEqualTo(1);
  }

  @Test
  void transactionOfJooq_isASavepointOfOurs() throws Exception {
    DataSource dataSource = JdbcGuideTest.people("nested");
    Jdbc.pool(dataSource)
        .use(pool -> {
          // @start region="nested"
          pool.transaction()
              .run(connection -> {
                var jooq = DSL.using(Jdbc.dataSource(connection), SQLDialect.H2);
                jooq.execute("insert into person values ('Ada')");
                try {
                  jooq.transaction(inner ->
                      inner.dsl().execute("insert into person values ('too long a name')"));
                } catch (DataAccessException e) {
                  jooq.execute("insert into person values ('Charles')");
                }
              });
          // @end
          return null;
        });
    assertThat(JdbcGuideTest.count(dataSource)).isEqualTo(2);
  }
}
