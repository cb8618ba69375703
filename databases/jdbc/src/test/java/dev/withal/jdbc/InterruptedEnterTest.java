package dev.withal.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.withal.Async;
import dev.withal.database.Holder;
import dev.withal.database.testing.stories.Running;
import dev.withal.jdbc.PoolSettings.Validation;
import dev.withal.testkit.LeakCheck;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.time.Duration;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** A thread that takes a connection of a pool may be interrupted, which costs the pool none. */
@ExtendWith(LeakCheck.class)
class InterruptedEnterTest {
  private volatile String held = "nothing";
  private final AtomicInteger opened = new AtomicInteger();
  private final CompletableFuture<Void> reached = new CompletableFuture<>();
  private final CompletableFuture<Void> goOn = new CompletableFuture<>();

  /** To interrupt a virtual thread that reads from a socket would close it. */
  @Test
  void check_ofAnIdleConnection_isNotInterrupted() throws Exception {
    PoolSettings settings = PoolSettings.ofSize(1).withValidation(Validation.ALWAYS);
    Jdbc.pool(shown(Postgres.dataSource()), settings)
        .use(pool -> {
          long first = pool.connection().use(Backends::pid);
          held = "isValid";
          Running<String> running =
              Setting.POSTGRESQL_DIRECT.begin(pool.connection(), _ -> "never runs");
          Async.await(reached);
          running.end().run();

          assertThat(catchThrowable(() -> Async.await(running.result())))
              .isInstanceOf(InterruptedException.class);
          goOn.complete(null);
          assertThat(pool.connection().<Long, Exception>use(Backends::pid)).isEqualTo(first);
          return null;
        });
  }

  @Test
  void connection_isStillBeingOpened_isNotWaitedForAndGoesToThePool() throws Exception {
    held = "getConnection";
    Jdbc.pool(shown(Postgres.dataSource()), PoolSettings.ofSize(1))
        .use(pool -> {
          Running<String> running =
              Setting.POSTGRESQL_DIRECT.begin(pool.connection(), _ -> "never runs");
          Async.await(reached);
          running.end().run();

          assertThat(catchThrowable(() -> Async.await(running.result())))
              .isInstanceOf(InterruptedException.class);
          assertThat(pool.inUse()).as("its place is kept for it").isEqualTo(1);
          goOn.complete(null);
          pool.connection().use(Backends::pid);
          return null;
        });
    assertThat(opened).hasValue(1);
  }

  /** In stage style nothing ends the wait for it. */
  @Test
  void connection_wasGivenUpAndIsStillOpened_keepsItsPlaceFromTheNext() throws Exception {
    held = "getConnection";
    Jdbc.pool(shown(Postgres.dataSource()), PoolSettings.ofSize(1))
        .use(pool -> {
          CompletableFuture<Object> use =
              pool.connection("orders").grace(Duration.ZERO).useAsync(_ -> reached);
          Async.await(reached);
          use.cancel(true);
          assertThat(catchThrowable(() -> Async.await(use)))
              .isInstanceOf(CancellationException.class);

          CompletableFuture<Long> next =
              pool.connection("report")
                  .useAsync(connection -> Jdbc.callAsync(connection, Backends::pid));
          assertThat(pool.holders()).extracting(Holder::name).containsExactly("orders");
          assertThat(pool.waiting()).isEqualTo(1);
          goOn.complete(null);

          Async.await(next);
          assertThat(pool.inUse()).isZero();
          return null;
        });
    assertThat(opened).hasValue(1);
  }

  /** {@return the same, but what is held waits when it is called} */
  private DataSource shown(DataSource target) {
    return (DataSource) proxy(DataSource.class, target);
  }

  private Object proxy(Class<?> type, Object target) {
    return Proxy.newProxyInstance(
        InterruptedEnterTest.class.getClassLoader(),
        new Class<?>[] {type},
        (_, method, given) -> {
          if (method.getName().equals(held)) {
            reached.complete(null);
            Async.await(goOn);
          }
          try {
            Object result = method.invoke(target, given);
            if (result instanceof Connection) {
              opened.addAndGet(method.getName().equals("getConnection") ? 1 : 0);
              return proxy(Connection.class, result);
            }
            return result;
          } catch (InvocationTargetException e) {
            throw e.getCause();
          }
        });
  }
}
