package dev.withal.r2dbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.withal.Async;
import dev.withal.database.testing.Warnings;
import dev.withal.testkit.Journal;
import dev.withal.testkit.LeakCheck;
import dev.withal.testkit.VirtualTime;
import io.r2dbc.spi.Connection;
import io.r2dbc.spi.ConnectionFactory;
import io.r2dbc.spi.Lifecycle;
import java.io.IOException;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import reactor.core.publisher.Mono;

/** What a pool lends, and what it takes back. */
@ExtendWith(LeakCheck.class)
class PoolTest {
  private static final PoolSettings ONE = PoolSettings.ofSize(1);

  private final Journal journal = new Journal();
  private final IOException broken = new IOException("broken");

  @OnEverySetting
  void connection_isGivenBack_isLentAgain(Setting setting) throws Exception {
    R2dbc.pool(new Recorder(setting.factory(), journal), ONE)
        .use(pool -> {
          for (int i = 0; i < 3; i++) {
            assertThat(setting.<Connection, Object>use(pool.connection(), this::answer))
                .isEqualTo(42);
            assertThat(pool.inUse()).isZero();
            assertThat(pool.idle()).isEqualTo(1);
          }
          return null;
        });

    assertThat(journal.events()).containsExactly("open", "close");
  }

  @OnEverySetting
  void connection_bodyLeavesATransactionOpen_isRolledBackFirst(Setting setting) throws Exception {
    setting.makeTable();

    R2dbc.pool(setting.url(), ONE)
        .use(pool -> {
          setting.use(
              pool.connection(),
              connection ->
                  R2dbc.completion(connection.beginTransaction())
                      .thenCompose(_ -> Setting.insert(connection, 1)));
          return setting.use(
              pool.connection(),
              connection -> {
                assertThat(connection.isAutoCommit()).isTrue();
                return Setting.insert(connection, 2);
              });
        });

    assertThat(setting.rows()).containsExactly(2);
  }

  @OnEverySetting
  void connection_closedByHand_isRefused(Setting setting) throws Exception {
    R2dbc.pool(setting.url(), ONE)
        .use(pool ->
            pool.connection("report")
                .use(connection ->
                    assertThatThrownBy(connection::close)
                        .isInstanceOf(IllegalStateException.class)
                        .hasMessage(
                            "report ends with its body: return to give the connection back,"
                                + " instead of calling close()")));
  }

  @OnEverySetting
  void transaction_bodySucceeds_commits(Setting setting) throws Exception {
    setting.makeTable();

    R2dbc.pool(setting.url(), ONE)
        .use(pool -> {
          setting.use(pool.transaction(), connection -> Setting.insert(connection, 1));
          return setting.use(pool.transaction(), connection -> Setting.insert(connection, 2));
        });

    assertThat(setting.rows()).containsExactly(1, 2);
  }

  @OnEverySetting
  void transaction_rollbackFails_connectionIsThrownAway(Setting setting) throws Exception {
    setting.makeTable();
    var recorder = new Recorder(setting.factory(), journal).failing("rollbackTransaction", broken);

    Throwable thrown =
        R2dbc.pool(recorder, ONE)
            .use(pool -> {
              Throwable error =
                  catchThrowable(() ->
                      setting.use(
                          pool.transaction(TransactionOptions.DEFAULT.named("transfer")),
                          connection ->
                              Setting.insert(connection, 1)
                                  .thenCompose(_ -> CompletableFuture.failedFuture(broken))));
              assertThat(pool.idle()).isZero();
              return error;
            });

    assertThat(thrown).isSameAs(broken);
    assertThat(thrown.getSuppressed())
        .singleElement()
        .hasToString(
            "dev.withal.r2dbc.TransactionException: transfer: the rollback failed; the server rolls"
                + " back when it sees the connection closed: broken");
    assertThat(journal.events())
        .containsExactly(
            "open",
            "beginTransaction [TransactionOptions{name=transfer}]",
            "rollbackTransaction",
            "close");
    assertThat(setting.rows()).isEmpty();
  }

  @Test
  void connection_bodyStillRuns_isToldByNameAndThrownAway() throws Exception {
    var recorder = new Recorder(Setting.H2_MEMORY_STAGES.factory(), journal);
    try (var time = VirtualTime.install();
        var warnings = new Warnings()) {
      R2dbc.pool(recorder, ONE)
          .use(pool -> {
            CompletableFuture<Object> use =
                pool.connection("report").useAsync(_ -> new CompletableFuture<>());
            use.cancel(true);
            time.advance(Duration.ofSeconds(1));
            assertThat(use).isCancelled();
            assertThat(warnings.messages())
                .singleElement(InstanceOfAssertFactories.STRING)
                .startsWith("report: the exit begins although the body still runs");
            assertThat(pool.idle()).isZero();
            return null;
          });
    }

    assertThat(journal.events()).containsExactly("open", "close");
  }

  @Test
  void connection_withALifecycle_isToldWhenItIsLentAndGivenBack() throws Exception {
    ConnectionFactory real = Setting.H2_MEMORY_STAGES.factory();

    R2dbc.pool(new ManualFactory(Mono.from(real.create()).map(this::withLifecycle)), ONE)
        .use(pool ->
            pool.connection()
                .use(_ -> {
                  journal.add("body");
                  return null;
                }));

    assertThat(journal.events()).containsExactly("postAllocate", "body", "preRelease");
  }

  private Connection withLifecycle(Connection real) {
    return (Connection)
        Proxy.newProxyInstance(
            getClass().getClassLoader(),
            new Class<?>[] {Connection.class, Lifecycle.class},
            (_, method, arguments) -> {
              if (method.getDeclaringClass() != Lifecycle.class) {
                return method.invoke(real, arguments);
              }
              return Mono.fromRunnable(() -> journal.add(method.getName()));
            });
  }

  @Test
  void connection_noServer_saysWhoGotNoneOfWhichPool() throws Exception {
    String url = Postgres.urlOfNobody();

    R2dbc.pool(url)
        .use(pool -> {
          Throwable thrown =
              catchThrowable(() -> pool.connection("orders").use(connection -> connection));
          assertThat(thrown)
              .hasMessageStartingWith(
                  "orders got no connection of R2dbc.pool(" + url.replace("user:s3cret@", "") + ")")
              .hasMessageNotContaining("s3cret");
          assertThat(pool.inUse()).isZero();
          return null;
        });
  }

  @Test
  void exit_waitsForWhatIsInUse() throws Exception {
    var body = new CompletableFuture<String>();
    CompletableFuture<String> use;
    CompletableFuture<Void> whole;
    var escaped = new CompletableFuture<Pool>();
    whole =
        R2dbc.pool(new Recorder(Setting.H2_MEMORY_STAGES.factory(), journal), ONE)
            .useAsync(pool -> {
              escaped.complete(pool);
              var _ = pool.connection().useAsync(_ -> body.thenAccept(_ -> journal.add("body")));
              return CompletableFuture.completedFuture(null);
            });
    assertThat(whole).isNotDone();
    use = escaped.join().connection().useAsync(_ -> CompletableFuture.completedFuture("late"));

    body.complete("done");

    Async.await(whole);
    assertThat(journal.events()).containsExactly("open", "body", "close");
    assertThatThrownBy(use::get)
        .isInstanceOf(ExecutionException.class)
        .hasMessageContaining("R2dbc.pool(H2) is closed: use it inside its body only");
  }

  @Test
  void pool_toString_tellsNoSecrets() throws Exception {
    assertThat(R2dbc.pool("r2dbc:postgresql://me:s3cret@host/db?sslPassword=also"))
        .hasToString("R2dbc.pool(r2dbc:postgresql://host/db)");
    R2dbc.pool("r2dbc:h2:mem:///named?options=DB_CLOSE_DELAY=0")
        .use(pool -> assertThat(pool).hasToString("R2dbc.pool(r2dbc:h2:mem:///named)"));
  }

  private CompletableFuture<Object> answer(Connection connection) {
    return R2dbc.<Object>first(
        connection.createStatement("select 42").execute(), row -> row.get(0, Integer.class));
  }
}
