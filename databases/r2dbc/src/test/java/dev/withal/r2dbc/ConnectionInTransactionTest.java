package dev.withal.r2dbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.withal.testkit.Journal;
import dev.withal.testkit.LeakCheck;
import io.r2dbc.spi.Connection;
import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** What a connection is like before, in and after a transaction. */
@ExtendWith(LeakCheck.class)
class ConnectionInTransactionTest {
  private final Journal journal = new Journal();
  private final IOException broken = new IOException("broken");

  @OnEverySetting
  void transaction_autoCommitIsOn_isOnAgainAfterIt(Setting setting) throws Exception {
    setting.makeTable();

    Boolean autoCommit =
        setting.use(
            R2dbc.connection(setting.factory()),
            connection ->
                R2dbc.transaction(connection)
                    .useAsync(this::work)
                    .thenApply(_ -> connection.isAutoCommit()));

    assertThat(autoCommit).isTrue();
  }

  @OnEverySetting
  void transaction_autoCommitIsOff_isOffAgainAfterIt(Setting setting) throws Exception {
    setting.makeTable();

    Boolean autoCommit =
        setting.use(
            R2dbc.connection(setting.factory()),
            connection ->
                R2dbc.completion(connection.setAutoCommit(false))
                    .thenCompose(_ -> R2dbc.transaction(connection).useAsync(this::work))
                    .thenApply(_ -> connection.isAutoCommit()));

    assertThat(autoCommit).isFalse();
    assertThat(setting.rows()).containsExactly(1);
  }

  @OnEverySetting
  void transaction_onAConnectionThatIsInOne_isRefused(Setting setting) throws Exception {
    setting.makeTable();

    Throwable thrown =
        catchThrowable(() ->
            setting.use(
                R2dbc.connection(setting.factory()),
                connection ->
                    R2dbc.transaction(connection)
                        .useAsync(_ ->
                            R2dbc.transaction(connection)
                                .useAsync(_ -> CompletableFuture.completedFuture("inner")))));

    assertThat(thrown)
        .isInstanceOf(IllegalStateException.class)
        .hasMessage(
            "this connection is already in a transaction: use the connection that the"
                + " transaction's body was given, on which a further transaction is a savepoint");
  }

  @OnEverySetting
  void transaction_afterAnother_commitsOnItsOwn(Setting setting) throws Exception {
    setting.makeTable();

    setting.use(
        R2dbc.connection(setting.factory()),
        connection ->
            R2dbc.transaction(connection)
                .useAsync(this::workAndFail)
                .exceptionally(_ -> null)
                .thenCompose(_ -> R2dbc.transaction(connection).useAsync(this::work)));

    assertThat(setting.rows()).containsExactly(1);
  }

  @OnEverySetting
  void transaction_beginFails_bodyDoesNotRunAndTheConnectionIsFree(Setting setting)
      throws Exception {
    setting.makeTable();
    var recorder = new Recorder(setting.factory(), journal).failing("beginTransaction", broken);

    Throwable second =
        setting.use(
            R2dbc.connection(recorder),
            connection ->
                R2dbc.transaction(connection)
                    .useAsync(this::work)
                    .exceptionallyCompose(_ -> R2dbc.transaction(connection).useAsync(this::work))
                    .handle((_, error) -> error));

    assertThat(second).hasRootCause(broken);
    assertThat(journal.events())
        .containsExactly("open", "beginTransaction", "beginTransaction", "close");
  }

  @Test
  void transaction_toString_saysWhatItIs() throws Exception {
    R2dbc.connection("r2dbc:h2:mem:///names")
        .use(connection ->
            assertThat(R2dbc.transaction(connection)).hasToString("R2dbc.transaction"));
  }

  private CompletionStage<String> work(Connection connection) {
    journal.add("body");
    return Setting.insert(connection, 1).thenApply(_ -> "result");
  }

  private CompletionStage<String> workAndFail(Connection connection) {
    return work(connection).thenCompose(_ -> CompletableFuture.failedFuture(broken));
  }
}
