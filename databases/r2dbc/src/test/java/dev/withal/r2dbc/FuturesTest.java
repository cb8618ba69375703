package dev.withal.r2dbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.withal.testkit.LeakCheck;
import io.r2dbc.spi.Connection;
import io.r2dbc.spi.R2dbcBadGrammarException;
import io.r2dbc.spi.R2dbcDataIntegrityViolationException;
import io.r2dbc.spi.Readable;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.extension.ExtendWith;

/** Futures of what a driver publishes. */
@ExtendWith(LeakCheck.class)
class FuturesTest {
  private static final String THREE = "select 1 as n union all select 2 union all select 3";

  @OnEverySetting
  void rowsUpdated_severalResults_areAddedUp(Setting setting) throws Exception {
    setting.makeTable();

    long updated =
        setting.use(
            R2dbc.connection(setting.factory()),
            connection ->
                R2dbc.rowsUpdated(
                    connection
                        .createBatch()
                        .add("insert into entry values (1)")
                        .add("insert into entry select id + 1 from entry")
                        .add("update entry set id = id + 10")
                        .execute()));

    assertThat(updated).isEqualTo(4);
    assertThat(setting.rows()).containsExactly(11, 12);
  }

  @OnEverySetting
  void rowsUpdated_nothingToUpdate_isZero(Setting setting) throws Exception {
    setting.makeTable();

    long updated =
        setting.use(
            R2dbc.connection(setting.factory()),
            connection ->
                R2dbc.rowsUpdated(connection.createStatement("delete from entry").execute()));

    assertThat(updated).isZero();
  }

  @OnEverySetting
  void completion_resultsWithRows_areReadToTheirEnd(Setting setting) throws Exception {
    setting.makeTable();

    setting.use(
        R2dbc.connection(setting.factory()),
        connection ->
            R2dbc.completion(
                    connection
                        .createBatch()
                        .add(THREE)
                        .add("insert into entry values (1)")
                        .add(THREE)
                        .execute())
                .thenCompose(_ -> Setting.insert(connection, 2)));

    assertThat(setting.rows()).containsExactly(1, 2);
  }

  @OnEverySetting
  void list_rows_areInTheirOrder(Setting setting) throws Exception {
    List<Integer> list =
        setting.use(
            R2dbc.connection(setting.factory()),
            connection -> R2dbc.list(connection.createStatement(THREE).execute(), this::number));

    assertThat(list).containsExactly(1, 2, 3).isUnmodifiable();
  }

  @OnEverySetting
  void first_severalRows_isTheFirstAndLeavesTheConnectionUsable(Setting setting) throws Exception {
    String firsts =
        setting.use(
            R2dbc.connection(setting.factory()),
            connection ->
                R2dbc.first(connection.createStatement(THREE).execute(), this::number)
                    .thenCompose(first ->
                        R2dbc.first(connection.createStatement(THREE).execute(), this::number)
                            .thenApply(again -> first + " and " + again)));

    assertThat(firsts).isEqualTo("1 and 1");
  }

  @OnEverySetting
  void first_noRows_isNull(Setting setting) throws Exception {
    setting.makeTable();

    Integer first =
        setting.use(
            R2dbc.connection(setting.factory()),
            connection ->
                R2dbc.first(
                    connection.createStatement("select id from entry").execute(), this::number));

    assertThat(first).isNull();
  }

  @OnEverySetting
  void completion_statementIsWrong_failsWithTheDriversError(Setting setting) {
    Throwable thrown =
        catchThrowable(() ->
            setting.use(
                R2dbc.connection(setting.factory()),
                connection -> R2dbc.completion(connection.createStatement("selec 1").execute())));

    assertThat(thrown).isInstanceOf(R2dbcBadGrammarException.class);
  }

  @OnEverySetting
  void rowsUpdated_oneOfSeveralFails_failsAndLeavesTheConnectionUsable(Setting setting)
      throws Exception {
    setting.makeTable();

    Throwable thrown =
        setting.use(
            R2dbc.connection(setting.factory()),
            connection ->
                R2dbc.rowsUpdated(
                        connection
                            .createBatch()
                            .add("insert into entry values (1)")
                            .add("insert into entry values (1)")
                            .execute())
                    .handle((_, error) -> error)
                    .thenCompose(error -> Setting.insert(connection, 2).thenApply(_ -> error)));

    assertThat(thrown).isInstanceOf(R2dbcDataIntegrityViolationException.class);
  }

  @OnEverySetting
  void list_rowCanNotBeRead_failsAndLeavesTheConnectionUsable(Setting setting) throws Exception {
    var notNumber = new IllegalStateException("not a number");

    Throwable thrown =
        setting.use(
            R2dbc.connection(setting.factory()),
            connection ->
                R2dbc.list(
                        connection.createStatement(THREE).execute(),
                        _ -> {
                          throw notNumber;
                        })
                    .handle((_, error) -> error)
                    .thenCompose(error -> usable(connection).thenApply(_ -> error)));

    assertThat(thrown).isSameAs(notNumber);
  }

  @OnEverySetting
  void list_cancelled_leavesTheConnectionUsable(Setting setting) throws Exception {
    Boolean usable =
        setting.use(
            R2dbc.connection(setting.factory()),
            connection -> {
              R2dbc.list(connection.createStatement(THREE).execute(), this::number).cancel(true);
              return usable(connection);
            });

    assertThat(usable).isTrue();
  }

  private CompletableFuture<Boolean> usable(Connection connection) {
    return R2dbc.list(connection.createStatement(THREE).execute(), this::number)
        .thenApply(List.of(1, 2, 3)::equals);
  }

  private int number(Readable row) {
    return row.get(0, Integer.class);
  }
}
