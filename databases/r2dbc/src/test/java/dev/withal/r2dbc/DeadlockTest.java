package dev.withal.r2dbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.withal.Async;
import dev.withal.database.testing.stories.Running;
import dev.withal.r2dbc.TransactionException.Outcome;
import dev.withal.testkit.LeakCheck;
import io.r2dbc.spi.Batch;
import io.r2dbc.spi.Connection;
import io.r2dbc.spi.R2dbcException;
import io.r2dbc.spi.Result;
import io.r2dbc.spi.Statement;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** What the server has undone under a body that takes no notice is told as such. */
@ExtendWith(LeakCheck.class)
class DeadlockTest {
  private static final TransactionOptions TRANSFER = TransactionOptions.DEFAULT.named("transfer");

  /** How a body takes no notice of an error. */
  enum Hidden {
    CAUGHT,
    IN_A_SAVEPOINT,
    IN_A_SEGMENT
  }

  /** Two transactions change two rows, in opposite order. */
  @ParameterizedTest
  @CsvSource({
    "H2, CAUGHT",
    "H2, IN_A_SAVEPOINT",
    "MariaDB, CAUGHT",
    "MariaDB, IN_A_SAVEPOINT",
    "MariaDB, IN_A_SEGMENT"
  })
  void transaction_serverHasRolledItBack_commitIsNoSuccess(String database, Hidden hidden)
      throws Exception {
    String url = url(database);
    makeTable(url);
    var met = new CyclicBarrier(2);

    R2dbc.pool(url, PoolSettings.ofSize(2))
        .use(pool -> {
          List<Throwable> ends =
              Stream.of(begin(pool, met, 1, hidden), begin(pool, met, 2, hidden)).toList().stream()
                  .map(running -> catchThrowable(() -> running.result().get(20, TimeUnit.SECONDS)))
                  .toList();

          assertThat(ends).filteredOn(end -> end == null).as("the other one").hasSize(1);
          assertThat(ends)
              .filteredOn(end -> end != null)
              .singleElement()
              .extracting(Throwable::getCause)
              .isInstanceOfSatisfying(
                  TransactionException.class,
                  told -> {
                    assertThat(told.outcome()).isEqualTo(Outcome.NOT_COMMITTED);
                    assertThat(told.getSqlState()).isEqualTo("40001");
                    assertThat(told.getMessage())
                        .startsWith("transfer: nothing is committed, as the server aborted");
                  });
          return null;
        });
    assertThat(ask(url, "select sum(n) from entry")).isEqualTo(2);
    assertThat(ask(url, "select count(*) from entry")).as("and one insert").isEqualTo(3);
  }

  /** The driver would send the rest, and the server would commit it row by row. */
  @ParameterizedTest
  @EnumSource
  void severalStatements_serverHasRolledBackInTheirMidst_restIsNotRun(Several several)
      throws Exception {
    String url = url("MariaDB");
    makeTable(url);
    R2dbc.connection(url)
        .use(connection ->
            Setting.run(connection, "insert into entry values (3, 0), (4, 0), (5, 0)"));
    var met = new CyclicBarrier(2);

    R2dbc.pool(url, PoolSettings.ofSize(2))
        .use(pool -> {
          Running<Void> heavier =
              Running.on(
                  Thread.ofVirtual(),
                  () ->
                      pool.transaction()
                          .use(connection -> {
                            Setting.run(
                                connection, "insert into entry select seq, 0 from seq_100_to_2000");
                            Setting.run(connection, change(2));
                            met.await();
                            Setting.run(connection, "do sleep(0.3)");
                            return Setting.run(connection, change(1));
                          }));
          Throwable lighter =
              catchThrowable(() ->
                  pool.transaction(TRANSFER)
                      .use(connection -> {
                        Setting.run(connection, change(1));
                        met.await();
                        return Async.await(several.run(connection));
                      }));
          heavier.result().get(20, TimeUnit.SECONDS);

          assertThat(lighter)
              .isInstanceOfSatisfying(
                  R2dbcException.class, told -> assertThat(told.getSqlState()).isEqualTo("40001"))
              .hasNoSuppressedExceptions();
          return null;
        });
    assertThat(ask(url, "select sum(n) from entry where id in (3, 4, 5)")).isZero();
    assertThat(ask(url, "select sum(n) from entry where id in (1, 2)")).isEqualTo(2);
  }

  /** How several statements are sent at once: a change of the rows 2, 3, 4 and 5. */
  enum Several {
    BINDINGS {
      @Override
      CompletableFuture<?> run(Connection connection) {
        return R2dbc.rowsUpdated(bound(connection).execute());
      }
    },
    BINDINGS_AS_FLUX {
      @Override
      CompletableFuture<?> run(Connection connection) {
        return all(bound(connection).execute());
      }
    },
    BATCH {
      @Override
      CompletableFuture<?> run(Connection connection) {
        return R2dbc.rowsUpdated(batch(connection).execute());
      }
    },
    BATCH_AS_FLUX {
      @Override
      CompletableFuture<?> run(Connection connection) {
        return all(batch(connection).execute());
      }
    };

    abstract CompletableFuture<?> run(Connection connection);

    private static Statement bound(Connection connection) {
      Statement statement = connection.createStatement("update entry set n = n + 1 where id = ?");
      for (int id = 2; id < 5; id++) {
        statement.bind(0, id).add();
      }
      return statement.bind(0, 5);
    }

    private static Batch batch(Connection connection) {
      Batch batch = connection.createBatch();
      for (int id = 2; id <= 5; id++) {
        batch.add(change(id));
      }
      return batch;
    }

    private static CompletableFuture<?> all(Publisher<? extends Result> results) {
      return Flux.<Result>from(results).flatMap(Result::getRowsUpdated).then().toFuture();
    }
  }

  /** H2 commits when a table is made, and knows the savepoint no more. */
  @Test
  void rollbackToASavepoint_fails_commitIsNoSuccess() throws Exception {
    String url = url("H2");
    makeTable(url);

    Throwable thrown =
        catchThrowable(() ->
            R2dbc.connection(url)
                .use(connection ->
                    R2dbc.transaction(connection, TRANSFER)
                        .use(outer -> {
                          R2dbc.transaction(outer)
                              .suppressing(Library.Undone.class)
                              .use(inner -> {
                                Setting.run(inner, "create table if not exists other (id int)");
                                Setting.run(inner, "insert into entry values (3, 0)");
                                throw new Library.Undone();
                              });
                          return Setting.run(outer, "insert into entry values (4, 0)");
                        })));

    assertThat(thrown)
        .isInstanceOfSatisfying(
            TransactionException.class,
            told -> assertThat(told.outcome()).isEqualTo(Outcome.UNKNOWN))
        .hasMessageStartingWith(
            "transfer: its exit commits nothing, as work inside it could not be undone: ");
    assertThat(ask(url, "select count(*) from entry")).isEqualTo(2);
  }

  private static Running<Void> begin(Pool pool, CyclicBarrier met, int own, Hidden hidden) {
    return Running.on(
        Thread.ofVirtual(),
        () ->
            pool.transaction(TRANSFER)
                .use(connection -> {
                  Setting.run(connection, change(own));
                  met.await();
                  hide(connection, change(3 - own), hidden);
                  String later = "insert into entry values (1" + own + ", 0)";
                  catchThrowable(() -> Setting.run(connection, later));
                  return null;
                }));
  }

  private static void hide(Connection connection, String sql, Hidden hidden) throws Exception {
    switch (hidden) {
      case CAUGHT -> catchThrowable(() -> Setting.run(connection, sql));
      case IN_A_SAVEPOINT ->
          R2dbc.transaction(connection)
              .suppressing(R2dbcException.class)
              .use(inner -> Setting.run(inner, sql));
      case IN_A_SEGMENT ->
          Async.await(
              R2dbc.completion(
                  Flux.<Result>from(connection.createStatement(sql).execute())
                      .flatMap(result -> result.flatMap(_ -> Mono.empty()))));
    }
  }

  private static String change(int id) {
    return "update entry set n = n + 1 where id = " + id;
  }

  private static String url(String database) {
    if (database.equals("H2")) {
      return Setting.H2_MEMORY_DIRECT.url();
    }
    Mariadb.assumeThere();
    return Mariadb.url();
  }

  private static void makeTable(String url) throws Exception {
    R2dbc.connection(url)
        .use(connection -> {
          Setting.run(connection, "drop table if exists entry");
          Setting.run(connection, "create table entry (id int primary key, n int)");
          return Setting.run(connection, "insert into entry values (1, 0), (2, 0)");
        });
  }

  private static long ask(String url, String sql) throws Exception {
    return R2dbc.connection(url)
        .use(connection ->
            Async.await(
                R2dbc.first(
                    connection.createStatement(sql).execute(), row -> row.get(0, Long.class))));
  }
}
