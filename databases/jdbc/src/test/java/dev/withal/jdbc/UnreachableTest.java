package dev.withal.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.STRING;

import dev.withal.Async;
import dev.withal.database.testing.Warnings;
import dev.withal.testkit.LeakCheck;
import java.lang.reflect.Proxy;
import java.sql.SQLException;
import java.sql.SQLNonTransientException;
import java.sql.SQLTransientConnectionException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** An enter that finds no database tries again only as long as it is awaited. */
@ExtendWith(LeakCheck.class)
class UnreachableTest {
  private static final PoolSettings ONE = PoolSettings.ofSize(1);
  private static final Duration LONG = Duration.ofHours(1);

  private final AtomicInteger attempts = new AtomicInteger();
  private final CompletableFuture<Void> second = new CompletableFuture<>();
  private final CompletableFuture<Void> goOn = new CompletableFuture<>();

  @Test
  void exitOfThePool_anEnterStillTries_endsThatWithItsAttempt() throws Exception {
    var entering = new CompletableFuture<CompletableFuture<String>>();
    var body = new CompletableFuture<String>();
    CompletableFuture<String> use =
        Jdbc.pool(refusing(), ONE.withEnterTimeout(LONG))
            .useAsync(pool -> {
              entering.complete(pool.connection("report").useAsync(_ -> body));
              return body;
            });
    Async.await(second);
    body.complete("done");
    goOn.complete(null);

    assertThat(use.get(10, TimeUnit.SECONDS)).isEqualTo("done");
    assertThatThrownBy(() -> Async.await(Async.await(entering)))
        .isInstanceOf(SQLTransientConnectionException.class)
        .hasMessageStartingWith("report got no connection of ")
        .hasMessageEndingWith(": nobody is there");
    assertThat(attempts).hasValue(2);
  }

  @Test
  void enter_isGivenUp_triesNoMoreAndFreesItsPlace() throws Exception {
    try (var warnings = new Warnings()) {
      Jdbc.pool(refusing(), ONE.withEnterTimeout(LONG))
          .use(pool -> {
            CompletableFuture<Object> use =
                pool.connection("report").grace(Duration.ZERO).useAsync(_ -> second);
            Async.await(second);
            use.cancel(true);
            assertThatThrownBy(() -> Async.await(use)).isInstanceOf(CancellationException.class);

            goOn.complete(null);
            while (pool.inUse() > 0) {
              Async.sleep(Duration.ofMillis(5));
            }
            assertThat(attempts).hasValue(2);
            return null;
          });

      assertThat(warnings.messages())
          .singleElement(STRING)
          .startsWith("report: the enter failed after its caller had stopped waiting")
          .endsWith(": nobody is there");
    }
  }

  @Test
  void pause_enterIsGivenUp_endsAtOnce() {
    var attempts = new Attempts(new Pauses());
    CompletableFuture<Boolean> before = attempts.pause(LONG);

    attempts.end();

    assertThat(before).isCompletedWithValue(false);
    assertThat(attempts.pause(LONG)).isCompletedWithValue(false);
  }

  @Test
  void pause_poolCloses_endsAtOnce() {
    var pauses = new Pauses();
    CompletableFuture<Boolean> before = pauses.begin(LONG);

    pauses.close();

    assertThat(before).isCompletedWithValue(false);
    assertThat(pauses.begin(LONG)).isCompletedWithValue(false);
  }

  @ParameterizedTest
  @MethodSource
  void enter_isRefused_triesNoMore(Exception refusal) throws Exception {
    DataSource dataSource =
        SecretsTest.source(() -> {
          attempts.incrementAndGet();
          throw refusal;
        });
    Jdbc.pool(dataSource, ONE.withEnterTimeout(Duration.ofMillis(300)))
        .run(pool -> {
          assertThatThrownBy(() -> pool.connection().use(_ -> "never runs"))
              .isInstanceOf(SQLException.class);
          assertThat(attempts).hasValue(1);
        });
  }

  static List<Exception> enter_isRefused_triesNoMore() {
    String secret = "no driver for jdbc:none://me:s3cret@host";
    var denied = new SQLException("password authentication failed", "28P01");
    return List.of(
        denied,
        new SQLException("can't connect", denied),
        new SQLException("can't connect", "08001", denied),
        new SQLNonTransientException(secret),
        new IllegalStateException(secret),
        new SQLException("access denied, this account is locked", "HY000", 4151),
        new SQLException("you must SET PASSWORD", "HY000", 1862));
  }

  /** {@return a database that refuses all, the second time not before it may go on} */
  private DataSource refusing() {
    return (DataSource)
        Proxy.newProxyInstance(
            UnreachableTest.class.getClassLoader(),
            new Class<?>[] {DataSource.class},
            (_, method, _) -> {
              if (!method.getName().equals("getConnection")) {
                return false;
              }
              if (attempts.incrementAndGet() == 2) {
                second.complete(null);
                Async.await(goOn);
              }
              throw new SQLException("nobody is there", "08001");
            });
  }
}
