package dev.withal.r2dbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.withal.database.testing.stories.Deal;
import dev.withal.database.testing.stories.Running;
import dev.withal.database.testing.stories.Session;
import dev.withal.database.testing.stories.SilenceStories;
import io.r2dbc.spi.ConnectionFactories;
import io.r2dbc.spi.ConnectionFactory;
import io.r2dbc.spi.R2dbcException;
import java.util.concurrent.TimeUnit;

/**
 * A server that falls silent costs one connection: the caller has its answer, the place is free,
 * and the pool's exit ends.
 */
class BlackHoleTest extends SilenceStories implements R2dbcStories {

  @OnPostgres
  void openingOutsideOfAPool_isSilent_enterFails(Setting setting) {
    proxy.drop();
    ConnectionFactory factory = ConnectionFactories.get(Postgres.urlOverPort(proxy.port()));
    Running<Long> running =
        R2dbcLender.begin(
            setting,
            R2dbc.connection(new Opening(factory, Secrets.unknown(), SHORT), "report"),
            Session::pid);

    assertThat(catchThrowable(() -> running.result().get(20, TimeUnit.SECONDS)))
        .hasCauseInstanceOf(R2dbcException.class);
  }

  /** The exit waits for a statement that still runs as the body returns. */
  @OnPostgres
  void statement_isSilentAndItsBodyReturns_nothingIsCommitted(Setting setting) throws Exception {
    Throwable thrown =
        endOf(
            setting,
            pool ->
                pool.transaction(
                    Deal.PLAIN,
                    session ->
                        session
                            .insert(1)
                            .thenAccept(_ -> {
                              proxy.dropAt("select 42");
                              session.ask("select 42");
                            })));

    assertThat(setting.outcome(thrown)).hasValue("NOT_COMMITTED");
    assertThat(thrown).hasMessageStartingWith("transfer: nothing is committed");
    assertThat(setting.rows()).isEmpty();
  }

  @OnPostgres
  void return_isSilent_isTold(Setting setting) throws Exception {
    Throwable thrown =
        endOf(
            setting,
            pool ->
                pool.connection(
                    "report",
                    session -> session.beginByHand().thenAccept(_ -> proxy.dropAt("ROLLBACK"))));

    assertThat(thrown).isInstanceOf(R2dbcException.class);
  }
}
