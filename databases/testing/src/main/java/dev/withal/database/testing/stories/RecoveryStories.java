package dev.withal.database.testing.stories;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.withal.Async;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is told when PostgreSQL goes in the middle of a step, and what works when it is back. */
public abstract class RecoveryStories implements Stories {
  private static final Plan ONE = Plan.ofSize(1);

  @BeforeEach
  void makeTable() throws Exception {
    waysToPostgres().findAny().orElseThrow().makeTable();
  }

  @OnPostgres
  void backend_isTerminatedWhileIdle_poolLendsANewConnection(Way way) throws Exception {
    way.pool(
        Plan.ofSize(3).validated(),
        pool -> {
          List<Long> before = pool.pids(3);
          for (long pid : before) {
            terminate(way, pid);
          }

          List<Long> after = pool.pids(3);

          assertThat(after).hasSize(3).doesNotContainAnyElementsOf(before);
          assertThat(pool.seen().inUse()).isZero();
        });
  }

  @OnPostgres
  void backend_isTerminatedBeforeTheBegin_errorNamesTheContextAndTheConnectionIsThrownAway(Way way)
      throws Exception {
    way.pool(
        ONE,
        pool -> {
          Throwable thrown =
              catchThrowable(() ->
                  pool.connection(
                          "report",
                          session ->
                              terminated(way, session)
                                  .thenCompose(
                                      _ -> session.transaction(Deal.SERIALIZABLE, Session::pid)))
                      .get());

          assertThat(way.outcome(thrown)).hasValue("NOT_COMMITTED");
          assertThat(thrown)
              .hasMessageStartingWith("transfer: the transaction could not begin: ")
              .hasCauseInstanceOf(way.failures())
              .hasNoSuppressedExceptions();
          assertWorksAgain(pool);
        });
    assertThat(way.rows()).containsExactly(7);
  }

  @OnPostgres
  void backend_isTerminatedInsideTheBody_errorsAreKeptAndTheConnectionIsThrownAway(Way way)
      throws Exception {
    way.pool(
        ONE,
        pool -> {
          Throwable thrown =
              catchThrowable(() ->
                  pool.transaction(
                          Deal.PLAIN,
                          session ->
                              session
                                  .insert(1)
                                  .thenCompose(_ -> terminated(way, session))
                                  .thenCompose(_ -> session.insert(2)))
                      .get());

          assertThat(thrown).isInstanceOf(way.failures());
          assertThat(way.outcome(thrown)).isEmpty();
          assertThat(thrown.getSuppressed())
              .singleElement()
              .satisfies(second -> {
                assertThat(way.outcome(second)).isPresent();
                assertThat(second)
                    .hasMessageStartingWith("transfer: the rollback failed; the server rolls back");
              });
          assertWorksAgain(pool);
        });
    assertThat(way.rows()).containsExactly(7);
  }

  @OnPostgres
  void backend_isTerminatedBeforeTheCommit_outcomeIsUnknown(Way way) throws Exception {
    way.pool(
        ONE,
        pool -> {
          Throwable thrown =
              catchThrowable(() ->
                  pool.transaction(
                          Deal.PLAIN,
                          session -> session.insert(1).thenCompose(_ -> terminated(way, session)))
                      .get());

          assertThat(way.outcome(thrown)).hasValue("UNKNOWN");
          assertThat(thrown).hasMessageStartingWith("transfer: the answer to the commit was lost");
          assertWorksAgain(pool);
        });
    assertThat(way.rows()).containsExactly(7);
  }

  /** A deferred trigger keeps the commit busy for as long as it takes to end it. */
  @OnPostgres
  void backend_isTerminatedDuringTheCommit_outcomeIsUnknown(Way way) throws Exception {
    way.pool(
        ONE,
        pool -> {
          pool.connection(
                  "makes a trigger",
                  session ->
                      session
                          .run(
                              "create or replace function take_ages() returns trigger language"
                                  + " plpgsql as $$ begin perform pg_sleep(3600); return null; end"
                                  + " $$")
                          .thenCompose(_ ->
                              session.run(
                                  "create constraint trigger slow after insert on entry deferrable"
                                      + " initially deferred for each row execute function"
                                      + " take_ages()")))
              .get();
          var pid = new CompletableFuture<Long>();
          Running<?> use =
              pool.transaction(
                  Deal.PLAIN,
                  session ->
                      session
                          .pid()
                          .thenCompose(own -> {
                            pid.complete(own);
                            return session.insert(1);
                          }));
          long own = pid.get(1, TimeUnit.MINUTES);
          awaitThat(way, own, "query = 'COMMIT' and wait_event = 'PgSleep'");

          terminate(way, own);

          Throwable thrown = catchThrowable(use::get);
          assertThat(way.outcome(thrown)).hasValue("UNKNOWN");
          assertThat(thrown)
              .hasMessageStartingWith("transfer: the answer to the commit was lost")
              .hasCauseInstanceOf(way.failures());
          assertThat(pool.seen().idle()).isZero();
        });
    assertThat(way.rows()).isEmpty();
  }

  /** In one way only, as it takes seconds. */
  @Test
  void server_isStoppedAndStartedAgain_poolRecovers(@TempDir Path folder) throws Exception {
    Way way = waysToPostgres().findFirst().orElseThrow();
    EmbeddedPostgres first = server(folder, 0);
    int port = first.getPort();
    way.pool(
        Plan.ofSize(3).within(Duration.ofSeconds(5)).validated().overPort(port),
        pool -> {
          assertThat(pool.pids(3)).hasSize(3);

          first.close();
          Throwable refused = catchThrowable(() -> pool.connection("orders", Session::pid).get());
          try (EmbeddedPostgres _ = server(folder, port)) {
            assertThat(pool.pids(3)).hasSize(3);
          }

          assertThat(refused)
              .isInstanceOf(way.noConnection())
              .hasMessageStartingWith("orders got no connection of ");
          assertThat(pool.seen().inUse()).isZero();
        });
  }

  private static EmbeddedPostgres server(Path folder, int port) throws IOException {
    return EmbeddedPostgres.builder()
        .setDataDirectory(folder.resolve("data"))
        .setCleanDataDirectory(false)
        .setPort(port)
        .start();
  }

  private static void assertWorksAgain(Lender pool) throws Exception {
    assertThat(pool.seen().inUse()).isZero();
    assertThat(pool.seen().idle()).isZero();
    pool.transaction(Deal.PLAIN, session -> session.insert(7)).get();
  }

  /** Ends the backend of a session; on a thread that may block, as a driver's may not. */
  private static CompletionStage<Long> terminated(Way way, Session session) {
    return session
        .pid()
        .thenCompose(pid ->
            Async.callAsync(() -> {
              terminate(way, pid);
              return pid;
            }));
  }

  /** Ends a backend, and waits until it has. */
  private static void terminate(Way way, long pid) throws Exception {
    way.ask("select pg_terminate_backend(" + pid + ", 10000)::int");
  }

  /** Lets the server wait until a backend does something, as its row in pg_stat_activity says. */
  private static void awaitThat(Way way, long pid, String condition) throws Exception {
    way.run(
        """
        do $$ begin
          while not exists (select from pg_stat_activity where pid = %d and %s) loop
            perform pg_sleep(0.01);
            perform pg_stat_clear_snapshot();
          end loop;
        end $$\
        """
            .formatted(pid, condition));
  }
}
