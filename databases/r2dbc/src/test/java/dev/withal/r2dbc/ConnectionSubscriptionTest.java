package dev.withal.r2dbc;

import static dev.withal.r2dbc.ConnectionFactoryTest.ONE;
import static dev.withal.r2dbc.ConnectionFactoryTest.await;
import static dev.withal.r2dbc.ConnectionFactoryTest.onOne;
import static dev.withal.r2dbc.ConnectionFactoryTest.taken;
import static org.assertj.core.api.Assertions.assertThat;

import dev.withal.testkit.LeakCheck;
import io.r2dbc.spi.Connection;
import io.r2dbc.spi.ConnectionFactory;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.reactivestreams.Subscriber;
import org.reactivestreams.Subscription;
import reactor.core.Disposable;
import reactor.core.publisher.BaseSubscriber;
import reactor.core.publisher.Hooks;
import reactor.core.publisher.Mono;

/** A subscriber to a connection gets one, or leaves nothing behind. */
@ExtendWith(LeakCheck.class)
class ConnectionSubscriptionTest {

  @Test
  void subscription_isCancelledWhileItWaits_leavesTheQueue() throws Exception {
    onOne(
        Setting.H2_MEMORY_STAGES,
        (pool, factory) -> {
          Connection connection = taken(factory);
          Disposable waiting = Mono.from(factory.create()).subscribe();
          assertThat(pool.waiting()).isEqualTo(1);
          waiting.dispose();
          assertThat(pool.waiting()).isZero();
          await(connection.close());
          assertThat(pool.idle()).isEqualTo(1);
        });
  }

  @Test
  void connection_arrivesAfterACancellation_goesToThePool() throws Exception {
    ConnectionFactory real = Setting.H2_MEMORY_STAGES.factory();
    var go = new CompletableFuture<Void>();
    var slow = new ManualFactory(Mono.fromFuture(go).then(Mono.from(real.create())));
    R2dbc.pool(slow, ONE)
        .use(pool -> {
          Disposable asked = Mono.from(pool.connectionFactory().create()).subscribe();
          assertThat(pool.inUse()).isEqualTo(1);
          asked.dispose();
          go.complete(null);
          assertThat(pool.connection().<Boolean, Exception>use(Connection::isAutoCommit)).isTrue();
          assertThat(pool.idle()).isEqualTo(1);
          return null;
        });
  }

  @Test
  void request_isNoneOrFewer_isRefused() throws Exception {
    onOne(
        Setting.H2_MEMORY_STAGES,
        (pool, factory) -> {
          var told = new CompletableFuture<Throwable>();
          factory
              .create()
              .subscribe(
                  new BaseSubscriber<Connection>() {
                    @Override
                    protected void hookOnSubscribe(Subscription subscription) {
                      subscription.request(0);
                    }

                    @Override
                    protected void hookOnError(Throwable error) {
                      told.complete(error);
                    }
                  });
          assertThat(told.getNow(null)).isInstanceOf(IllegalArgumentException.class);
          assertThat(pool.inUse()).isZero();
        });
  }

  /** Code on an embedded database may block, as nothing there is an event loop. */
  @Test
  void close_isWaitedForWhereTheConnectionIsHandedOut_ends() throws Exception {
    onOne(
        Setting.H2_MEMORY_STAGES,
        (pool, factory) -> {
          CompletableFuture<Integer> inUse =
              Mono.from(factory.create())
                  .map(connection -> {
                    Mono.from(connection.close()).block();
                    return pool.inUse();
                  })
                  .toFuture();
          assertThat(inUse).isCompletedWithValue(0);
        });
  }

  /** It must not; so nobody closes what it was given. */
  @Test
  void subscriber_throws_isToldOfAndTheConnectionGoesBack() throws Exception {
    var dropped = new CompletableFuture<Throwable>();
    Hooks.onErrorDropped(dropped::complete);
    try {
      onOne(
          Setting.H2_MEMORY_STAGES,
          (pool, factory) -> {
            factory.create().subscribe(new Throws());
            assertThat(dropped.getNow(null)).hasMessage("not mine");
            assertThat(pool.inUse()).isZero();
            assertThat(pool.idle()).isEqualTo(1);
          });
    } finally {
      Hooks.resetOnErrorDropped();
    }
  }

  private static final class Throws implements Subscriber<Connection> {
    @Override
    public void onSubscribe(Subscription subscription) {
      subscription.request(1);
    }

    @Override
    public void onNext(Connection connection) {
      throw new IllegalStateException("not mine");
    }

    @Override
    public void onError(Throwable error) {
      throw new AssertionError(error);
    }

    @Override
    public void onComplete() {
      throw new AssertionError("it had nothing");
    }
  }
}
