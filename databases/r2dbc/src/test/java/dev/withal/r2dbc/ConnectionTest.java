package dev.withal.r2dbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.withal.Async;
import dev.withal.ExitCase;
import dev.withal.database.testing.Warnings;
import dev.withal.testkit.Journal;
import dev.withal.testkit.LeakCheck;
import dev.withal.testkit.VirtualTime;
import io.r2dbc.spi.Connection;
import io.r2dbc.spi.ConnectionFactories;
import io.r2dbc.spi.ConnectionFactory;
import io.r2dbc.spi.R2dbcNonTransientResourceException;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** When a connection is opened and closed, and what comes of publishers that do as they like. */
@ExtendWith(LeakCheck.class)
class ConnectionTest {
  private final Journal journal = new Journal();
  private final IOException broken = new IOException("broken");

  @OnEverySetting
  void connection_bodySucceeds_isClosedOnce(Setting setting) throws Exception {
    String result =
        setting.use(
            R2dbc.connection(new Recorder(setting.factory(), journal)),
            _ -> body(CompletableFuture.completedFuture("result")));

    assertThat(result).isEqualTo("result");
    assertThat(journal.events()).containsExactly("open", "body", "close");
  }

  @OnEverySetting
  void connection_bodyFails_isClosedOnce(Setting setting) {
    Throwable thrown =
        catchThrowable(() ->
            setting.use(
                R2dbc.connection(new Recorder(setting.factory(), journal)),
                _ -> body(CompletableFuture.failedFuture(broken))));

    assertThat(thrown).isSameAs(broken).hasNoSuppressedExceptions();
    assertThat(journal.events()).containsExactly("open", "body", "close");
  }

  @OnEverySetting
  void connection_bodyIsCancelled_isClosedOnce(Setting setting) throws Exception {
    Throwable thrown =
        setting.cancel(
            R2dbc.connection(new Recorder(setting.factory(), journal)),
            _ -> body(CompletableFuture.completedFuture("result")));

    assertThat(thrown)
        .isInstanceOf(setting.isDirect() ? InterruptedException.class : CancellationException.class)
        .hasNoSuppressedExceptions();
    assertThat(journal.events()).containsExactly("open", "body", "close");
  }

  @OnEverySetting
  void connection_closeFails_itsErrorIsTheResult(Setting setting) {
    Throwable thrown =
        catchThrowable(() ->
            setting.use(
                R2dbc.connection(new Recorder(setting.factory(), journal).failing("close", broken)),
                _ -> body(CompletableFuture.completedFuture("result"))));

    assertThat(thrown).isSameAs(broken).hasNoSuppressedExceptions();
    assertThat(journal.events()).containsExactly("open", "body", "close");
  }

  @Test
  void connection_entered_requestsOneAndNeverCancels() throws Exception {
    var publisher = new ManualPublisher<Connection>(journal);
    Connection connection = recorded();

    var result =
        R2dbc.connection(new ManualFactory(publisher))
            .useAsync(_ -> body(CompletableFuture.completedFuture("result")));
    publisher.emit(connection);
    publisher.complete();

    assertThat(result).isCompletedWithValue("result");
    assertThat(journal.events()).containsExactly("subscribe", "request 1", "body", "close");
  }

  @Test
  void connection_arrivesAfterACancelledWait_isClosedOnce(VirtualTime time) throws Exception {
    var publisher = new ManualPublisher<Connection>(journal);
    Connection connection = recorded();
    var use =
        R2dbc.connection(new ManualFactory(publisher))
            .useAsync(_ -> body(CompletableFuture.completedFuture("result")));

    use.cancel(true);
    time.advance(Duration.ofSeconds(1));
    assertThat(use).isCancelled();
    publisher.emit(connection);
    publisher.complete();

    assertThat(journal.events()).containsExactly("subscribe", "request 1", "close");
  }

  @Test
  void connection_arrivesAfterAnInterruptedWait_isClosedOnce(VirtualTime time) throws Exception {
    var publisher = new ManualPublisher<Connection>(journal);
    Connection connection = recorded();
    var thrown = new CompletableFuture<Throwable>();
    Thread user =
        time.start(() ->
            thrown.complete(
                catchThrowable(
                    () -> R2dbc.connection(new ManualFactory(publisher)).use(_ -> "unreachable"))));
    time.settle();

    time.interrupt(user);
    assertThat(time.await(thrown)).isInstanceOf(InterruptedException.class);
    publisher.emit(connection);
    publisher.complete();

    assertThat(journal.events()).containsExactly("subscribe", "request 1", "close");
  }

  @Test
  void connection_enterStage_canNotBeCompletedByOthers() throws Exception {
    var publisher = new ManualPublisher<Connection>(journal);
    var entering = R2dbc.connection(new ManualFactory(publisher)).enterAsync();

    entering.toCompletableFuture().cancel(true);
    publisher.emit(recorded());

    Async.await(entering.thenCompose(context -> context.exitAsync(ExitCase.success())));
    assertThat(journal.events()).containsExactly("subscribe", "request 1", "close");
  }

  @Test
  void connection_publisherIsEmpty_failsAndSaysSo() {
    var publisher = new ManualPublisher<Connection>(journal);
    var result = R2dbc.connection(new ManualFactory(publisher)).useAsync(_ -> body(null));

    publisher.complete();

    assertThat(failureOf(result))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage(
            "R2dbc.connection(by hand) got no connection: the publisher of"
                + " ConnectionFactory.create() completed without one, but must emit one or fail");
    assertThat(journal.events()).containsExactly("subscribe", "request 1");
  }

  @Test
  void connection_publisherFails_isTheResult() {
    var publisher = new ManualPublisher<Connection>(journal);
    var result = R2dbc.connection(new ManualFactory(publisher)).useAsync(_ -> body(null));

    publisher.fail(broken);

    assertThat(failureOf(result)).isSameAs(broken);
    assertThat(journal.events()).containsExactly("subscribe", "request 1");
  }

  @Test
  void connection_publisherEmitsASecondOne_isClosedAtOnceAndReported() throws Exception {
    var publisher = new ManualPublisher<Connection>(journal);
    var body = new CompletableFuture<String>();
    var result = R2dbc.connection(new ManualFactory(publisher)).useAsync(_ -> body(body));
    var unasked = new Journal();

    try (var warnings = new Warnings()) {
      publisher.emit(recorded());
      publisher.emit(new Recorder(h2(), unasked).failing("close", broken).open());

      assertThat(unasked.events()).containsExactly("close");
      assertThat(warnings.messages())
          .containsExactly(
              "R2dbc.connection(by hand) got a second connection unrequested, and closes it",
              "R2dbc.connection(by hand) failed to close a second connection: " + broken);
    }
    body.complete("result");

    assertThat(result).isCompletedWithValue("result");
    assertThat(journal.events()).containsExactly("subscribe", "request 1", "body", "close");
  }

  @Test
  void connection_publisherFailsAfterIt_isReported() throws Exception {
    var publisher = new ManualPublisher<Connection>(journal);
    var result =
        R2dbc.connection(new ManualFactory(publisher))
            .useAsync(_ -> body(CompletableFuture.completedFuture("result")));
    publisher.emit(recorded());

    try (var warnings = new Warnings()) {
      publisher.fail(broken);

      assertThat(warnings.messages())
          .containsExactly(
              "R2dbc.connection(by hand) received an error after it had a connection: " + broken);
    }
    assertThat(result).isCompletedWithValue("result");
  }

  @Test
  void connection_secondSubscription_isCancelled() {
    var publisher = new ManualPublisher<Connection>(journal);
    var _ = R2dbc.connection(new ManualFactory(publisher)).useAsync(_ -> body(null));

    publisher.subscribed();

    assertThat(journal.events()).containsExactly("subscribe", "request 1", "cancel");
  }

  @Test
  void connection_factoryThrows_isTheResult() {
    var result =
        R2dbc.connection(
                new ManualFactory(_ -> {
                  throw new IllegalArgumentException("no such option");
                }))
            .useAsync(_ -> body(null));

    assertThat(failureOf(result))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("no such option");
  }

  @Test
  void connection_factoryThrowsWithAPassword_isHidden() {
    var result =
        R2dbc.connection(
                new ManualFactory(_ -> {
                  throw new IllegalArgumentException("no user in x:y;PASSWORD=s3cret;SSL=no");
                }))
            .useAsync(_ -> body(null));

    assertThat(failureOf(result))
        .isInstanceOf(R2dbcNonTransientResourceException.class)
        .hasMessage("no user in x:y;PASSWORD=***;SSL=no")
        .hasNoCause();
  }

  @Test
  void connection_factoryReturnsNull_failsAndSaysSo() {
    var result = R2dbc.connection(new ManualFactory(null)).useAsync(_ -> body(null));

    assertThat(failureOf(result))
        .isInstanceOf(NullPointerException.class)
        .hasMessage("R2dbc.connection(by hand): ConnectionFactory.create() returned null");
  }

  private <R> CompletionStage<R> body(CompletionStage<R> stage) {
    journal.add("body");
    return stage;
  }

  private static Throwable failureOf(CompletableFuture<?> result) {
    return catchThrowable(result::get) instanceof ExecutionException e ? e.getCause() : null;
  }

  private Connection recorded() throws Exception {
    return new Recorder(h2(), journal).open();
  }

  private static ConnectionFactory h2() {
    return ConnectionFactories.get("r2dbc:h2:mem:///connection");
  }
}
