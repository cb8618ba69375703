package dev.withal.database.testing.stories;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.withal.Async;
import dev.withal.database.Bounds;
import dev.withal.database.testing.DroppingProxy;
import dev.withal.database.testing.PostgresServer;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/**
 * A server that falls silent costs one connection: the caller has its answer, the place is free,
 * and the pool's exit ends.
 */
@SuppressWarnings("NullAway.Init") // JUnit calls open() first
public abstract class SilenceStories implements Stories {
  protected static final Bounds SHORT =
      new Bounds(
          Duration.ofSeconds(2),
          Duration.ofMillis(300),
          Duration.ofMillis(300),
          Duration.ofMillis(500));

  protected DroppingProxy proxy;

  @BeforeEach
  void open() throws Exception {
    proxy = new DroppingProxy(PostgresServer.port());
    waysToPostgres().findAny().orElseThrow().makeTable();
  }

  @AfterEach
  void close() throws Exception {
    proxy.close();
  }

  private Plan ofSize(int size) {
    return Plan.ofSize(size).bounded(SHORT).overPort(proxy.port());
  }

  @OnPostgres
  void opening_isSilent_enterFails(Way way) throws Exception {
    proxy.drop();
    Throwable thrown = endOf(way, pool -> pool.connection("report", Session::pid));

    assertThat(thrown)
        .isInstanceOf(way.noConnection())
        .hasMessageStartingWith("report got no connection of ")
        .hasMessageContaining("the database didn't open a connection within");
  }

  /** Those that were there are half open, and new ones work. */
  @OnPostgres
  void idleConnections_areHalfOpen_oneOfThemIsWaitedFor(Way way) throws Exception {
    way.pool(
        ofSize(3).validated(),
        pool -> {
          pool.pids(3);
          proxy.drop();
          proxy.heal();

          assertThat(pool.connection("pid", Session::pid).get()).isPositive();
          assertThat(pool.seen().idle()).as("the silent one is thrown away").isEqualTo(3);
          assertThat(pool.seen().inUse()).isZero();
        });
  }

  @OnPostgres
  void idleConnections_areSilent_exitOfThePoolEnds(Way way) throws Exception {
    var idle = new CompletableFuture<Integer>();
    way.pool(
        ofSize(3),
        pool -> {
          pool.pids(3);
          proxy.drop();
          idle.complete(pool.seen().idle());
        });

    assertThat(idle).isCompletedWithValue(3);
  }

  @OnPostgres
  void begin_isSilent_saysSo(Way way) throws Exception {
    Throwable thrown =
        endOf(
            way,
            pool -> {
              pool.transaction(Deal.PLAIN, Session::pid).get();
              proxy.dropAt("ISOLATION");
              return pool.transaction(Deal.SERIALIZABLE, Session::pid);
            });

    assertThat(way.outcome(thrown)).hasValue("NOT_COMMITTED");
    assertThat(thrown).hasMessageStartingWith("transfer: the transaction could not begin");
  }

  @OnPostgres
  void savepoint_isSilent_saysSo(Way way) throws Exception {
    Throwable thrown =
        endOf(
            way,
            pool ->
                pool.transaction(
                    Deal.PLAIN,
                    session ->
                        session
                            .insert(1)
                            .thenCompose(_ -> {
                              proxy.dropAt("SAVEPOINT");
                              return session.transaction(Deal.STEP, Session::pid);
                            })));

    assertThat(way.outcome(thrown)).hasValue("NOT_COMMITTED");
    assertThat(thrown).hasMessageStartingWith("step: the savepoint could not be set");
  }

  @OnPostgres
  void statement_isSilentAndItsBodyIsAskedToEnd_ends(Way way) throws Exception {
    Throwable thrown =
        endOf(
            way,
            pool -> {
              DroppingProxy.Hold statement = proxy.hold("select 42");
              Running<Long> use =
                  pool.transaction(
                      Deal.PLAIN,
                      session -> session.insert(1).thenCompose(_ -> session.ask("select 42")));
              Async.await(statement.reached());
              proxy.drop();
              use.end().run();
              return use;
            });

    assertThat(thrown).isInstanceOf(way.ended());
  }

  @OnPostgres
  void commit_isSilent_outcomeIsUnknown(Way way) throws Exception {
    Throwable thrown =
        endOf(
            way,
            pool ->
                pool.transaction(
                    Deal.PLAIN,
                    session -> {
                      proxy.dropAt("COMMIT");
                      return session.insert(1);
                    }));

    assertThat(way.outcome(thrown)).hasValue("UNKNOWN");
    assertThat(thrown).hasMessageStartingWith("transfer: the answer to the commit was lost");
  }

  @OnPostgres
  void rollback_isSilent_bodysErrorIsTheResult(Way way) throws Exception {
    Exception failure = way.failure("of the body");
    Throwable thrown =
        endOf(
            way,
            pool ->
                pool.transaction(
                    Deal.PLAIN,
                    session ->
                        session
                            .insert(1)
                            .thenCompose(_ -> {
                              proxy.dropAt("ROLLBACK");
                              return CompletableFuture.failedStage(failure);
                            })));

    assertThat(thrown).isSameAs(failure);
    assertThat(thrown.getSuppressed())
        .singleElement()
        .satisfies(second -> {
          assertThat(way.outcome(second)).isPresent();
          assertThat(second).hasMessageStartingWith("transfer: the rollback failed");
        });
  }

  /** Begins a use, during which the server falls silent. */
  protected interface Attempt {
    Running<?> begin(Lender pool) throws Exception;
  }

  /** {@return how an attempt ends on a pool of one connection that works again after it} */
  protected Throwable endOf(Way way, Attempt attempt) throws Exception {
    var end = new CompletableFuture<Throwable>();
    way.pool(
        ofSize(1),
        pool -> {
          Running<?> use = attempt.begin(pool);
          // PostgreSQL's JDBC driver gives its own request to cancel a statement ten seconds.
          Throwable thrown = catchThrowable(() -> use.result().get(25, TimeUnit.SECONDS));
          proxy.heal();

          assertThat(pool.seen().inUse()).isZero();
          assertThat(pool.seen().idle()).isZero();
          assertThat(pool.connection("pid", Session::pid).get()).isPositive();
          end.complete(thrown instanceof ExecutionException ? thrown.getCause() : thrown);
        });
    return end.resultNow();
  }
}
