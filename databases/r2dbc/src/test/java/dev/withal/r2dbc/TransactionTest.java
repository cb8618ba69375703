package dev.withal.r2dbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.junit.jupiter.params.provider.EnumSource.Mode.MATCH_ALL;

import dev.withal.Async;
import dev.withal.database.testing.Warnings;
import dev.withal.testkit.Journal;
import dev.withal.testkit.LeakCheck;
import dev.withal.testkit.VirtualTime;
import io.r2dbc.spi.Connection;
import io.r2dbc.spi.ConnectionFactory;
import io.r2dbc.spi.R2dbcDataIntegrityViolationException;
import io.r2dbc.spi.R2dbcNonTransientResourceException;
import io.r2dbc.spi.R2dbcRollbackException;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What becomes of a transaction, however its body ends. */
@ExtendWith(LeakCheck.class)
class TransactionTest {
  private final Journal journal = new Journal();
  private final IOException broken = new IOException("broken");

  @OnEverySetting
  void transaction_bodySucceeds_commits(Setting setting) throws Exception {
    setting.makeTable();

    String result = setting.inTransaction(new Recorder(setting.factory(), journal), this::work);

    assertThat(result).isEqualTo("result");
    assertThat(setting.rows()).containsExactly(1);
    assertThat(journal.events())
        .containsExactly("open", "beginTransaction", "body", "commitTransaction", "close");
  }

  @OnEverySetting
  void transaction_bodyFails_rollsBack(Setting setting) throws Exception {
    setting.makeTable();

    Throwable thrown =
        catchThrowable(() ->
            setting.inTransaction(new Recorder(setting.factory(), journal), this::workAndFail));

    assertThat(thrown).isSameAs(broken).hasNoSuppressedExceptions();
    assertThat(setting.rows()).isEmpty();
    assertThat(journal.events())
        .containsExactly("open", "beginTransaction", "body", "rollbackTransaction", "close");
  }

  @OnEverySetting
  void transaction_bodyIsCancelled_rollsBack(Setting setting) throws Exception {
    setting.makeTable();
    Connection connection = open(new Recorder(setting.factory(), journal));

    Throwable thrown = setting.cancel(R2dbc.transaction(connection), this::work);

    Async.await(R2dbc.completion(connection.close()));
    assertThat(thrown)
        .isInstanceOf(setting.isDirect() ? InterruptedException.class : CancellationException.class)
        .hasNoSuppressedExceptions();
    assertThat(setting.rows()).isEmpty();
    assertThat(journal.events())
        .containsExactly("open", "beginTransaction", "body", "rollbackTransaction", "close");
  }

  @ParameterizedTest
  @EnumSource(mode = MATCH_ALL, names = ".*STAGES")
  void transaction_bodyIgnoresTheCancellation_rollsBackAfterTheGracePeriod(Setting setting)
      throws Exception {
    setting.makeTable();
    Connection connection = open(setting.factory());
    var worked = new CompletableFuture<Void>();

    // The database is out of virtual time, so it is waited for in a way that doesn't pass any.
    try (var time = VirtualTime.install();
        var warnings = new Warnings()) {
      CompletableFuture<Void> use =
          R2dbc.transaction(connection)
              .useAsync(_ ->
                  work(connection)
                      .thenCompose(_ -> {
                        worked.complete(null);
                        return new CompletableFuture<>();
                      }));
      worked.get();
      use.cancel(true);
      time.advance(Duration.ofSeconds(1));
      assertThat(catchThrowable(use::get)).isInstanceOf(CancellationException.class);
      assertThat(warnings.messages())
          .singleElement(InstanceOfAssertFactories.STRING)
          .startsWith("R2dbc.transaction: the exit begins although the body still runs");
    }

    assertThat(setting.rows()).isEmpty();
    Async.await(R2dbc.completion(connection.close()));
  }

  /** PostgreSQL checks a deferred constraint when it commits. */
  @ParameterizedTest
  @EnumSource(mode = MATCH_ALL, names = "POSTGRESQL.*")
  void transaction_databaseRefusesTheCommit_itsErrorIsTheResult(Setting setting) throws Exception {
    setting.makeTable();
    R2dbc.connection(setting.url())
        .use(connection ->
            Setting.run(
                connection,
                "alter table entry add constraint self foreign key (id) references entry (id)"
                    + " deferrable initially deferred,"
                    + " add column parent int references entry deferrable initially deferred"));

    Throwable thrown =
        catchThrowable(() ->
            setting.inTransaction(
                new Recorder(setting.factory(), journal),
                connection ->
                    R2dbc.rowsUpdated(
                        connection
                            .createStatement("insert into entry (id, parent) values (1, 2)")
                            .execute())));

    assertThat(thrown)
        .isInstanceOf(TransactionException.class)
        .hasMessageStartingWith("R2dbc.transaction: the commit failed, nothing is committed: ")
        .hasCauseInstanceOf(R2dbcDataIntegrityViolationException.class)
        .hasNoSuppressedExceptions()
        .extracting(error -> ((TransactionException) error).outcome())
        .isEqualTo(TransactionException.Outcome.NOT_COMMITTED);
    assertThat(setting.rows()).isEmpty();
    assertThat(journal.events())
        .containsExactly(
            "open", "beginTransaction", "commitTransaction", "rollbackTransaction", "close");
  }

  /** PostgreSQL answers the commit of a transaction in which a statement failed by a rollback. */
  @ParameterizedTest
  @EnumSource(mode = MATCH_ALL, names = "POSTGRESQL.*")
  void transaction_bodyHidesAFailedStatement_theCommitFails(Setting setting) throws Exception {
    setting.makeTable();

    Throwable thrown =
        catchThrowable(() ->
            setting.inTransaction(
                setting.factory(),
                connection ->
                    work(connection)
                        .thenCompose(_ -> Setting.insert(connection, 1))
                        .exceptionally(_ -> null)));

    assertThat(thrown)
        .isInstanceOf(TransactionException.class)
        .hasCauseInstanceOf(R2dbcRollbackException.class)
        .hasNoSuppressedExceptions();
    assertThat(setting.rows()).isEmpty();
  }

  @OnEverySetting
  void transaction_commitFails_isTheResultAndItIsRolledBack(Setting setting) throws Exception {
    setting.makeTable();
    var recorder = new Recorder(setting.factory(), journal).failing("commitTransaction", broken);

    Throwable thrown = catchThrowable(() -> setting.inTransaction(recorder, this::work));

    assertThat(thrown)
        .isInstanceOf(TransactionException.class)
        .hasMessage(
            "R2dbc.transaction: the answer to the commit was lost, so whether it took"
                + " effect is unknown: check the data before trying again: broken")
        .hasCause(broken)
        .hasNoSuppressedExceptions();
    assertThat(setting.rows()).isEmpty();
    assertThat(journal.events())
        .containsExactly(
            "open",
            "beginTransaction",
            "body",
            "commitTransaction",
            "rollbackTransaction",
            "close");
  }

  /** What it answers as it ends doesn't say whether it has committed. */
  @OnEverySetting
  void transaction_serverEndsDuringTheCommit_outcomeIsUnknown(Setting setting) throws Exception {
    setting.makeTable();
    var ending = new R2dbcNonTransientResourceException("terminating connection", "57P01");
    var recorder = new Recorder(setting.factory(), journal).failing("commitTransaction", ending);

    Throwable thrown = catchThrowable(() -> setting.inTransaction(recorder, this::work));

    assertThat(thrown)
        .isInstanceOf(TransactionException.class)
        .hasCause(ending)
        .extracting(error -> ((TransactionException) error).outcome())
        .isEqualTo(TransactionException.Outcome.UNKNOWN);
  }

  @OnEverySetting
  void transaction_rollbackFails_isAddedToTheBodysErrorAndNothingIsCommitted(Setting setting)
      throws Exception {
    setting.makeTable();
    var alsoBroken = new IOException("also broken");
    var recorder =
        new Recorder(setting.factory(), journal).failing("rollbackTransaction", alsoBroken);

    Throwable thrown = catchThrowable(() -> setting.inTransaction(recorder, this::workAndFail));

    assertThat(thrown).isSameAs(broken);
    assertThat(thrown.getSuppressed())
        .singleElement()
        .isInstanceOf(TransactionException.class)
        .extracting(Throwable::getCause)
        .isSameAs(alsoBroken);
    assertThat(setting.rows()).isEmpty();
    assertThat(journal.events())
        .containsExactly("open", "beginTransaction", "body", "rollbackTransaction", "close");
  }

  private CompletionStage<String> work(Connection connection) {
    journal.add("body");
    return Setting.insert(connection, 1).thenApply(_ -> "result");
  }

  private CompletionStage<String> workAndFail(Connection connection) {
    return work(connection).thenCompose(_ -> CompletableFuture.failedFuture(broken));
  }

  private static Connection open(ConnectionFactory factory) throws InterruptedException {
    return Async.await(Arrival.from(factory, "test", Secrets.unknown()));
  }
}
