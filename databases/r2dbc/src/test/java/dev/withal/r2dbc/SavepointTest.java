package dev.withal.r2dbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.withal.testkit.LeakCheck;
import io.r2dbc.spi.Connection;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Mono;

/** A transaction inside a transaction, and what neither lets its body do. */
@ExtendWith(LeakCheck.class)
class SavepointTest {
  private final IOException broken = new IOException("broken");

  @OnEverySetting
  void nested_bodySucceeds_isCommittedWithTheOuterOne(Setting setting) throws Exception {
    setting.makeTable();

    setting.inTransaction(
        setting.factory(),
        outer ->
            R2dbc.transaction(outer)
                .useAsync(inner -> Setting.insert(inner, 1))
                .thenCompose(_ -> Setting.insert(outer, 2)));

    assertThat(setting.rows()).containsExactly(1, 2);
  }

  /** Not every driver can: the end of the outer transaction releases it as well. */
  @Test
  void nested_driverCanNotReleaseSavepoints_isCommittedWithTheOuterOne() throws Exception {
    Setting setting = Setting.H2_MEMORY_STAGES;
    setting.makeTable();
    var factory =
        new ManualFactory(subscriber ->
            Mono.from(setting.factory().create())
                .<Connection>map(opened ->
                    new ForwardingConnection(opened) {
                      @Override
                      public Publisher<Void> releaseSavepoint(String name) {
                        throw new UnsupportedOperationException("releaseSavepoint");
                      }
                    })
                .subscribe(subscriber));

    setting.inTransaction(
        factory, outer -> R2dbc.transaction(outer).useAsync(inner -> Setting.insert(inner, 1)));

    assertThat(setting.rows()).containsExactly(1);
  }

  @OnEverySetting
  void nested_bodyFails_isUndoneAlone(Setting setting) throws Exception {
    setting.makeTable();

    setting.inTransaction(
        setting.factory(),
        outer ->
            Setting.insert(outer, 1)
                .thenCompose(_ -> R2dbc.transaction(outer).useAsync(this::insertAndFail))
                .exceptionally(_ -> null)
                .thenCompose(_ -> Setting.insert(outer, 3)));

    assertThat(setting.rows()).containsExactly(1, 3);
  }

  @OnEverySetting
  void nested_outerBodyFails_isUndoneWithIt(Setting setting) throws Exception {
    setting.makeTable();

    Throwable thrown =
        catchThrowable(() ->
            setting.inTransaction(
                setting.factory(),
                outer ->
                    R2dbc.transaction(outer)
                        .useAsync(inner -> Setting.insert(inner, 1))
                        .thenCompose(_ -> CompletableFuture.failedFuture(broken))));

    assertThat(thrown).isSameAs(broken);
    assertThat(setting.rows()).isEmpty();
  }

  @OnEverySetting
  void nested_threeDeepAndTwice_eachIsUndoneAlone(Setting setting) throws Exception {
    setting.makeTable();

    setting.inTransaction(
        setting.factory(),
        outer ->
            R2dbc.transaction(outer)
                .useAsync(middle ->
                    Setting.insert(middle, 1)
                        .thenCompose(_ -> R2dbc.transaction(middle).useAsync(this::insertAndFail))
                        .exceptionally(_ -> null))
                .thenCompose(_ -> R2dbc.transaction(outer).useAsync(this::insertAndFail))
                .exceptionally(_ -> null));

    assertThat(setting.rows()).containsExactly(1);
  }

  @OnEverySetting
  void nested_withMoreOptionsThanAName_isRefused(Setting setting) throws Exception {
    setting.makeTable();

    Throwable thrown =
        catchThrowable(() ->
            setting.inTransaction(
                setting.factory(),
                outer ->
                    R2dbc.transaction(outer, TransactionOptions.DEFAULT.readOnly())
                        .useAsync(inner -> Setting.insert(inner, 1))));

    assertThat(thrown)
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("leave them out");
  }

  @OnEverySetting
  void transaction_endedByHandInside_isRefusedAndRollsBack(Setting setting) throws Exception {
    setting.makeTable();
    List<Consumer<Connection>> byHand =
        List.of(
            Connection::beginTransaction,
            connection -> connection.beginTransaction(TransactionOptions.DEFAULT),
            Connection::commitTransaction,
            Connection::rollbackTransaction,
            connection -> connection.setAutoCommit(true),
            Connection::close,
            connection -> connection.createStatement(" commit;"),
            connection -> connection.createStatement("ROLLBACK work"),
            connection -> connection.createStatement("Start  Transaction read only"),
            connection -> connection.createBatch().add("end"));

    for (Consumer<Connection> call : byHand) {
      assertThatThrownBy(() ->
              setting.inTransaction(
                  setting.factory(),
                  connection ->
                      Setting.insert(connection, 1).thenAccept(_ -> call.accept(connection))))
          .isInstanceOf(IllegalStateException.class)
          .hasMessageStartingWith(
              "R2dbc.transaction ends with its body: return to commit or throw to roll"
                  + " back, instead of ");
    }
    assertThat(setting.rows()).isEmpty();
  }

  @OnEverySetting
  void transaction_statementsThatOnlyLookLikeAnEnd_run(Setting setting) throws Exception {
    setting.makeTable();

    setting.inTransaction(
        setting.factory(),
        connection ->
            R2dbc.completion(connection.createSavepoint("own"))
                .thenCompose(_ -> Setting.insert(connection, 1))
                .thenCompose(_ ->
                    R2dbc.completion(
                        connection.createStatement("ROLLBACK TO SAVEPOINT own").execute()))
                .thenCompose(_ ->
                    R2dbc.completion(
                        connection
                            .createBatch()
                            .add("insert into entry values (2)")
                            .add("insert into entry values (3)")
                            .execute())));

    assertThat(setting.rows()).containsExactly(2, 3);
  }

  private CompletionStage<Void> insertAndFail(Connection connection) {
    return Setting.insert(connection, 99).thenCompose(_ -> CompletableFuture.failedFuture(broken));
  }
}
