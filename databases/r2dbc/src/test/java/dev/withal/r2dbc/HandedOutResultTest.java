package dev.withal.r2dbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.withal.r2dbc.Database.Values;
import dev.withal.testkit.LeakCheck;
import io.r2dbc.spi.Connection;
import io.r2dbc.spi.Result;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.reactivestreams.Subscription;
import reactor.core.publisher.BaseSubscriber;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** A result that was handed out is read by its reader, once, and before its context exits. */
@ExtendWith(LeakCheck.class)
class HandedOutResultTest {

  static Stream<Arguments> statements() {
    return Stream.of(Database.values())
        .flatMap(
            database -> Stream.of(Values.values()).map(values -> Arguments.of(database, values)));
  }

  /** {@code Mono.from} cancels the statement before it hands on the result. */
  @ParameterizedTest
  @MethodSource("statements")
  void insert_readThroughAMono_isRunOnce(Database database, Values values) throws Exception {
    List<Long> seen = new ArrayList<>();

    List<Integer> rows =
        rowsAfter(
            database,
            connection ->
                seen.add(
                    read(
                        Mono.from(database.insert(connection, 1, values).execute())
                            .flatMap(result -> Mono.from(result.getRowsUpdated())))));

    assertThat(seen).containsExactly(1L);
    assertThat(rows).containsExactly(1);
  }

  @ParameterizedTest
  @MethodSource("statements")
  void select_readThroughAMono_bringsItsRows(Database database, Values values) throws Exception {
    rowsAfter(
        database,
        connection -> {
          Setting.run(connection, "insert into entry values (1), (2), (3)");
          String ids = "select id from entry where id > ";
          var statement =
              values == Values.BOUND
                  ? connection.createStatement(ids + database.parameter()).bind(0, 1)
                  : connection.createStatement(ids + 1);

          assertThat(
                  read(
                      Mono.from(statement.execute())
                          .flatMapMany(result -> result.map(row -> row.get(0, Integer.class)))
                          .collectList()))
              .containsExactlyInAnyOrder(2, 3);
        });
  }

  /** As coroutines do, which await a result and read it later. */
  @ParameterizedTest
  @MethodSource("statements")
  void insert_readLaterThanItsStatementIsCancelled_isRunOnce(Database database, Values values)
      throws Exception {
    List<Integer> rows =
        rowsAfter(
            database,
            connection -> {
              Result result = read(first(database.insert(connection, 1, values)));
              assertThat(read(Mono.from(result.getRowsUpdated()))).isEqualTo(1L);
            });

    assertThat(rows).containsExactly(1);
  }

  @ParameterizedTest
  @MethodSource("statements")
  void result_isReadByNobodyAndItsStatementCancelled_connectionGoesOn(
      Database database, Values values) throws Exception {
    List<Integer> rows =
        rowsAfter(
            database,
            connection -> {
              read(Mono.from(database.insert(connection, 1, values).execute()).then());
              read(Mono.from(database.insert(connection, 2, Values.IN_THE_TEXT).execute()).then());
              Setting.run(connection, "insert into entry values (3)");
            });

    assertThat(rows).endsWith(2, 3);
  }

  @ParameterizedTest
  @MethodSource("statements")
  void insert_isCancelledBeforeAnyRequest_isNotSent(Database database, Values values)
      throws Exception {
    List<Integer> rows =
        rowsAfter(
            database,
            connection -> {
              database.insert(connection, 1, values).execute().subscribe(new Unrequesting());
              Setting.run(connection, "insert into entry values (2)");
            });

    assertThat(rows).containsExactly(2);
  }

  @ParameterizedTest
  @MethodSource("statements")
  void result_isReadAfterItsTransactionWasRolledBack_changesNothing(
      Database database, Values values) throws Exception {
    database.makeTable();
    List<Result> kept = new ArrayList<>();

    R2dbc.pool(database.url(), PoolSettings.ofSize(1))
        .use(pool -> {
          assertThat(
                  catchThrowable(() ->
                      pool.transaction()
                          .use(connection -> {
                            kept.add(read(first(database.insert(connection, 1, values))));
                            throw new Library.Undone();
                          })))
              .isInstanceOf(Library.Undone.class)
              .hasNoSuppressedExceptions();

          pool.transaction()
              .use(connection -> {
                Setting.run(connection, "insert into entry values (2)");
                return catchThrowable(() -> read(Mono.from(kept.getFirst().getRowsUpdated())));
              });
          return null;
        });
    assertThat(database.rows()).containsExactly(2);
  }

  private interface Work {
    void run(Connection connection) throws Exception;
  }

  /**
   * {@return the rows of the table after a transaction, and one more statement on its connection}
   */
  private static List<Integer> rowsAfter(Database database, Work work) throws Exception {
    database.makeTable();
    R2dbc.pool(database.url(), PoolSettings.ofSize(1))
        .use(pool -> {
          pool.transaction()
              .use(connection -> {
                work.run(connection);
                return null;
              });
          return pool.connection().use(connection -> Setting.run(connection, "select 1"));
        });
    return database.rows();
  }

  private static Mono<Result> first(io.r2dbc.spi.Statement statement) {
    return Flux.<Result>from(statement.execute()).next();
  }

  private static <T> T read(Mono<T> mono) throws Exception {
    CompletableFuture<T> read = mono.toFuture();
    return read.get(5, TimeUnit.SECONDS);
  }

  /** Cancels without having requested anything. */
  private static final class Unrequesting extends BaseSubscriber<Result> {
    @Override
    protected void hookOnSubscribe(Subscription subscription) {
      subscription.cancel();
    }
  }
}
