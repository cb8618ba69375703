package dev.withal.database.testing.stories;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** How long statements of a transaction may run and wait; the server keeps to it. */
public abstract class LimitStories implements Stories {

  @OnEveryWay
  void statementTimeout_statementTakesLonger_isEndedByTheServer(Way way) throws Exception {
    // H2 looks at the time between rows.
    String slow =
        way.isPostgres()
            ? "select 1 from pg_sleep(600)"
            : "select count(*) from system_range(1, 100000) a, system_range(1, 100000) b"
                + " where a.x < b.x";
    way.pool(
        Plan.ofSize(1),
        pool -> {
          Throwable thrown =
              catchThrowable(() ->
                  pool.transaction(Deal.SHORT_STATEMENTS, session -> session.ask(slow)).get());

          assertThat(thrown).isInstanceOf(way.failures());
          assertThat(way.state(thrown)).isEqualTo("57014");
          assertIsAsBefore(way, pool);
        });
  }

  @OnEveryWay
  void lockWait_anotherTransactionHasTheRow_statementFails(Way way) throws Exception {
    way.makeTable();
    var locked = new CompletableFuture<Void>();
    var end = new CompletableFuture<Void>();
    way.pool(
        Plan.ofSize(2),
        pool -> {
          pool.transaction(Deal.PLAIN, session -> session.insert(1)).get();
          Running<Void> locking =
              pool.transaction(
                  Deal.PLAIN,
                  session ->
                      session
                          .run("update entry set id = 2")
                          .thenCompose(_ -> {
                            locked.complete(null);
                            return end;
                          }));
          locked.get(1, TimeUnit.MINUTES);

          assertThat(
                  catchThrowable(() ->
                      pool.transaction(
                              Deal.SHORT_WAITS, session -> session.run("update entry set id = 3"))
                          .get()))
              .isInstanceOf(way.failures());
          assertIsAsBefore(way, pool);
          end.complete(null);
          locking.get();
        });
    assertThat(way.rows()).containsExactly(2);
  }

  @OnEveryWay
  void limits_transactionCommits_areGoneForTheNext(Way way) throws Exception {
    way.makeTable();
    way.pool(
        Plan.ofSize(1),
        pool -> {
          pool.transaction(Deal.LIMITED, session -> session.insert(1)).get();
          assertIsAsBefore(way, pool);
        });
    assertThat(way.rows()).containsExactly(1);
  }

  private static void assertIsAsBefore(Way way, Lender pool) throws Exception {
    String limits =
        way.isPostgres()
            ? "select sum(setting::int) from pg_settings where name in"
                + " ('statement_timeout', 'lock_timeout')"
            : "select lock_timeout() + cast((select setting_value from information_schema.settings"
                + " where setting_name = 'QUERY_TIMEOUT') as int)";

    assertThat(pool.connection("asks", session -> session.ask(limits)).get())
        .isEqualTo(way.ask(limits));
    assertThat(pool.seen().idle()).as("it was not thrown away").isPositive();
  }
}
