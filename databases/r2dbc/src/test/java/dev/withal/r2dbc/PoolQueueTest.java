package dev.withal.r2dbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.withal.Async;
import dev.withal.database.Holder;
import dev.withal.testkit.Journal;
import dev.withal.testkit.LeakCheck;
import dev.withal.testkit.VirtualTime;
import io.r2dbc.spi.Connection;
import io.r2dbc.spi.ConnectionFactories;
import io.r2dbc.spi.R2dbcException;
import io.r2dbc.spi.ValidationDepth;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Mono;

/** What is told to who gets no connection of a pool. */
@ExtendWith(LeakCheck.class)
class PoolQueueTest {
  private static final String URL = "r2dbc:h2:mem:///queue";
  private static final PoolSettings SHORT =
      PoolSettings.ofSize(1).withEnterTimeout(Duration.ofMillis(300));

  private final CompletableFuture<Void> end = new CompletableFuture<>();

  @Test
  void connection_isWaitedForTooLong_errorNamesThoseWhoHoldThem() throws Exception {
    PoolSettings settings = PoolSettings.ofSize(2).withEnterTimeout(Duration.ofSeconds(5));
    try (var time = VirtualTime.install()) {
      R2dbc.pool(URL, settings)
          .use(pool -> {
            var _ = pool.connection("orders").useAsync(_ -> end);
            var _ = pool.transaction().named("audit").useAsync(_ -> end);
            CompletableFuture<Void> late = pool.connection("report").useAsync(_ -> end);
            assertThat(pool.waiting()).isEqualTo(1);
            assertThat(pool.holders()).extracting(Holder::name).containsExactly("orders", "audit");

            time.advance(Duration.ofSeconds(5));

            assertThat(late.exceptionNow())
                .isInstanceOf(PoolExhaustedException.class)
                .hasMessageStartingWith(
                    "report got no connection of R2dbc.pool(r2dbc:h2:mem:///queue): none came free"
                        + " within PT5S; 2 of 2 are in use, by audit (1), orders (1); 0 wait; held"
                        + " longest: orders for ")
                .hasMessageContaining("in the body at PoolQueueTest.java:");
            assertThat(pool.waiting()).isZero();
            end.complete(null);
            return null;
          });
    }
  }

  @Test
  void connection_isOpenedForTooLong_isGivenUpAndClosedWhenItArrives() throws Exception {
    var journal = new Journal();
    var opening = new ManualPublisher<Connection>(journal);
    var closed = new CompletableFuture<Void>();
    Connection real = Mono.from(ConnectionFactories.get(URL).create()).block();
    R2dbc.pool(new ManualFactory(opening), SHORT)
        .use(pool -> {
          CompletableFuture<Void> late = pool.connection("orders").useAsync(_ -> end);

          assertThat(catchThrowable(() -> Async.await(late)))
              .isInstanceOf(R2dbcException.class)
              .hasMessageStartingWith(
                  "orders got no connection of R2dbc.pool(by hand): the database didn't open a"
                      + " connection within PT0.");
          assertThat(journal.events()).containsExactly("subscribe", "request 1");
          assertThat(pool.inUse()).isZero();
          opening.emit(new TellsWhenItIsClosed(real, closed));
          Async.await(closed);
          assertThat(pool.idle()).isZero();
          return null;
        });
  }

  @Test
  void connection_wasGivenUpAndIsStillOpened_leavesItsPlaceToTheNext() throws Exception {
    var openings = new ArrayDeque<Publisher<? extends Connection>>();
    openings.add(new ManualPublisher<>(new Journal()));
    openings.add(ConnectionFactories.get(URL).create());
    R2dbc.pool(new ManualFactory(subscriber -> openings.remove().subscribe(subscriber)), SHORT)
        .use(pool -> {
          CompletableFuture<Void> late = pool.connection("orders").useAsync(_ -> end);
          assertThat(catchThrowable(() -> Async.await(late))).isInstanceOf(R2dbcException.class);

          assertThat(pool.connection("report").<List<Holder>, Exception>use(_ -> pool.holders()))
              .extracting(Holder::name)
              .containsExactly("report");
          return null;
        });
  }

  @Test
  void exit_connectionWasGivenUpAndIsStillOpened_isClosedWhenItComes() throws Exception {
    var opening = new ManualPublisher<Connection>(new Journal());
    Connection real = Mono.from(ConnectionFactories.get(URL).create()).block();
    try (var time = VirtualTime.install()) {
      CompletableFuture<Object> use =
          R2dbc.pool(new ManualFactory(opening), PoolSettings.ofSize(1))
              .useAsync(pool ->
                  pool.connection("orders").enterTimeout(Duration.ofSeconds(5)).useAsync(_ -> end));
      time.advance(Duration.ofSeconds(6));
      assertThat(use.exceptionNow()).isInstanceOf(TimeoutException.class);

      opening.emit(real);
      opening.complete();

      assertThat(Mono.from(real.validate(ValidationDepth.LOCAL)).block()).isFalse();
    }
  }

  @Test
  void connection_tooManyWait_isRefused() throws Exception {
    R2dbc.pool(URL, PoolSettings.ofSize(1).withMaxWaiting(0))
        .use(pool -> {
          var _ = pool.connection().useAsync(_ -> end);

          assertThatThrownBy(() -> pool.connection("second").use(_ -> "in vain"))
              .isInstanceOf(PoolExhaustedException.class)
              .hasMessageContaining("its queue is full (maxWaiting = 0)");
          end.complete(null);
          return null;
        });
  }

  @Test
  void connection_nestedInDirectStyleWithNoneLeft_isRefusedAtOnce() throws Exception {
    R2dbc.pool(URL, PoolSettings.ofSize(1))
        .use(pool -> {
          assertThatThrownBy(() ->
                  pool.transaction()
                      .named("transfer")
                      .use(_ -> pool.connection("audit").use(_ -> "in vain")))
              .isInstanceOf(PoolExhaustedException.class)
              .hasMessageContaining("none can come free")
              .hasMessageContaining("1 of 1 are in use, by transfer (1)");
          assertThat(pool.inUse()).isZero();
          return null;
        });
  }
}
