package dev.withal.r2dbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.withal.Async;
import dev.withal.database.testing.DroppingProxy;
import dev.withal.r2dbc.StepInFlightTest.Server;
import dev.withal.testkit.LeakCheck;
import io.r2dbc.spi.Connection;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import reactor.core.Disposable;
import reactor.core.publisher.Mono;

/** A savepoint that comes after its enter was given up takes no effect on newer work. */
@ExtendWith(LeakCheck.class)
class LateSavepointTest {
  private final IOException broken = new IOException("broken");

  private interface Work {
    CompletableFuture<?> begin(Connection outer);
  }

  /**
   * {@return the rows of a transaction whose savepoint comes late} Its body has begun its own work
   * by then, but the server hasn't.
   */
  private static long rowsAfterGivingUp(Server server, Work work) throws Exception {
    return StepInFlightTest.rowsAfter(
        server,
        (pool, proxy) -> {
          DroppingProxy.Hold savepoint = proxy.hold("SAVEPOINT");
          pool.transaction()
              .<Object, Exception>use(outer -> {
                assertThat(
                        catchThrowable(() ->
                            R2dbc.transaction(outer)
                                .enterTimeout(Duration.ofMillis(50))
                                .use(_ -> null)))
                    .isInstanceOf(TimeoutException.class);
                Async.await(savepoint.reached());
                CompletableFuture<?> begun = work.begin(outer);
                savepoint.letGo();
                return Async.await(begun);
              });
        });
  }

  @ParameterizedTest
  @EnumSource
  void savepoint_isGivenUpAndComesLate_newerWorkIsCommitted(Server server) throws Exception {
    long rows = rowsAfterGivingUp(server, outer -> Setting.insert(outer, 1));

    assertThat(rows).isEqualTo(1);
  }

  /** To release a savepoint releases those that were set after it as well. */
  @ParameterizedTest
  @EnumSource
  void savepoint_isGivenUpAndComesLate_newerOneIsUndoneAlone(Server server) throws Exception {
    long rows =
        rowsAfterGivingUp(
            server,
            outer -> {
              CompletableFuture<Void> second =
                  R2dbc.transaction(outer)
                      .useAsync(inner ->
                          Setting.insert(inner, 1)
                              .thenCompose(_ -> CompletableFuture.failedFuture(broken)));
              return second
                  .handle((_, error) -> {
                    assertThat(Failure.unwrapped(error)).isSameAs(broken);
                    assertThat(broken).hasNoSuppressedExceptions();
                    return null;
                  })
                  .thenCompose(_ -> Setting.insert(outer, 2));
            });

    assertThat(rows).isEqualTo(1);
  }

  /** The server releases the savepoint in any case, so there is nothing to roll back to. */
  @ParameterizedTest
  @EnumSource
  void commitOfALibrary_isGivenUpUnderWay_isKeptByTheOuterTransaction(Server server)
      throws Exception {
    long rows =
        StepInFlightTest.rowsAfter(
            server,
            (pool, proxy) -> {
              DroppingProxy.Hold release = proxy.hold("RELEASE");
              pool.transaction()
                  .<Object, Exception>use(outer -> {
                    Connection view = ConnectionFactoryTest.taken(R2dbc.connectionFactory(outer));
                    Async.await(R2dbc.completion(view.beginTransaction()));
                    Async.await(Setting.insert(view, 1));
                    Disposable commit = Mono.from(view.commitTransaction()).subscribe();
                    Async.await(release.reached());
                    commit.dispose();
                    CompletableFuture<?> closed = R2dbc.completion(view.close());
                    release.letGo();
                    return Async.await(closed);
                  });
            });

    assertThat(rows).isEqualTo(1);
  }
}
