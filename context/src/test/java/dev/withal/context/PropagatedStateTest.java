package dev.withal.context;

import static org.assertj.core.api.Assertions.assertThat;

import dev.withal.Async;
import dev.withal.AsyncContextManager;
import dev.withal.database.testing.PostgresServer;
import dev.withal.jdbc.Jdbc;
import dev.withal.jdbc.PoolSettings;
import dev.withal.testkit.LeakCheck;
import io.micrometer.context.ContextRegistry;
import io.micrometer.context.integration.Slf4jThreadLocalAccessor;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationHandler;
import io.micrometer.observation.ObservationRegistry;
import io.micrometer.observation.contextpropagation.ObservationThreadLocalAccessor;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.postgresql.ds.PGSimpleDataSource;
import org.slf4j.MDC;

/** The keys of a log and a trace follow a use, through a pool and its driver's threads as well. */
@ExtendWith(LeakCheck.class)
class PropagatedStateTest {
  private final ObservationRegistry observations = ObservationRegistry.create();
  private final List<String> events = Collections.synchronizedList(new ArrayList<>());
  private final ObservationThreadLocalAccessor current =
      new ObservationThreadLocalAccessor(observations);

  @BeforeEach
  void register() {
    ContextRegistry.getInstance()
        .registerThreadLocalAccessor(new Slf4jThreadLocalAccessor())
        .registerThreadLocalAccessor(current);
    observations.observationConfig().observationHandler(new Parents());
  }

  @AfterEach
  void unregister() {
    ContextRegistry.getInstance().removeThreadLocalAccessor("cp.slf4j");
    ContextRegistry.getInstance().removeThreadLocalAccessor(ObservationThreadLocalAccessor.KEY);
    MDC.clear();
  }

  /** Tells which observation each is a part of. */
  private final class Parents implements ObservationHandler<Observation.Context> {
    @Override
    public void onStart(Observation.Context context) {
      var parent = context.getParentObservation();
      events.add(
          context.getName()
              + " in "
              + (parent == null ? "nothing" : parent.getContextView().getName())
              + ", "
              + MDC.get("request"));
    }

    @Override
    public boolean supportsContext(Observation.Context context) {
      return true;
    }
  }

  private <T> T observed(String name, java.util.concurrent.Callable<T> step) throws Exception {
    return Observation.createNotStarted(name, observations).observeChecked(step::call);
  }

  @Test
  void useInStageStyle_stepsRunOnOtherThreads_haveTheCallersKeysAndObservation() throws Exception {
    var entered = new CompletableFuture<String>();
    AsyncContextManager<String> manager =
        AsyncContextManager.closing(
            () -> entered,
            _ -> {
              events.add("exit of " + MDC.get("request") + " in " + name());
              return CompletableFuture.completedFuture(null);
            });
    CompletableFuture<String> use =
        observed(
            "request",
            () -> {
              MDC.put("request", "42");
              return manager.useAsync(value -> {
                events.add("body of " + MDC.get("request") + " in " + name());
                return CompletableFuture.completedFuture(value);
              });
            });
    MDC.clear();
    try (ExecutorService other = Executors.newSingleThreadExecutor()) {
      other
          .submit(() -> {
            MDC.put("request", "of somebody else");
            MDC.put("other", "of somebody else");
            entered.complete("value");
            events.add("then " + MDC.get("request") + " in " + name());
          })
          .get();
    }

    assertThat(use).isCompletedWithValue("value");
    assertThat(events)
        .containsExactly(
            "request in nothing, null",
            "body of 42 in request",
            "exit of 42 in request",
            "then of somebody else in nothing");
  }

  private String name() {
    Observation observation = observations.getCurrentObservation();
    return observation == null ? "nothing" : observation.getContext().getName();
  }

  @Test
  void transactionOfAPool_onDriversThreads_isOneTrace() throws Exception {
    Jdbc.pool(observing(postgresql()), PoolSettings.ofSize(1))
        .<Exception>run(pool -> {
          Thread caller =
              Thread.ofVirtual()
                  .start(() -> {
                    MDC.put("request", "42");
                    try {
                      observed(
                          "request",
                          () ->
                              pool.transaction()
                                  .use(connection -> {
                                    try (Statement select = connection.createStatement();
                                        ResultSet row = select.executeQuery("select 1")) {
                                      return row.next();
                                    }
                                  }));
                    } catch (Exception error) {
                      events.add("failed: " + error);
                    }
                  });
          caller.join();
        });

    assertThat(events)
        .containsExactly(
            "request in nothing, 42",
            "getConnection in request, 42",
            "executeQuery in request, 42",
            "commit in request, 42");
  }

  @Test
  void transactionInStageStyle_onDriversThreads_isOneTrace() throws Exception {
    Jdbc.pool(observing(postgresql()), PoolSettings.ofSize(1))
        .<Exception>run(pool -> {
          MDC.put("request", "42");
          CompletableFuture<Boolean> use =
              observed(
                  "request",
                  () ->
                      pool.transaction()
                          .useAsync(connection ->
                              Jdbc.callAsync(
                                  connection,
                                  inside -> {
                                    try (Statement select = inside.createStatement();
                                        ResultSet row = select.executeQuery("select 1")) {
                                      return row.next();
                                    }
                                  })));
          MDC.clear();
          assertThat(Async.<Boolean, Exception>await(use)).isTrue();
        });

    assertThat(events)
        .containsExactly(
            "request in nothing, 42",
            "getConnection in request, 42",
            "executeQuery in request, 42",
            "commit in request, 42");
  }

  private static DataSource postgresql() {
    var dataSource = new PGSimpleDataSource();
    dataSource.setPortNumbers(new int[] {PostgresServer.port()});
    dataSource.setDatabaseName("postgres");
    dataSource.setUser("postgres");
    return dataSource;
  }

  /** {@return the same, whose calls to the server are observed on the threads they are made on} */
  private DataSource observing(DataSource target) {
    return observing(DataSource.class, target);
  }

  private <T> T observing(Class<T> type, Object target) {
    return type.cast(
        Proxy.newProxyInstance(
            PropagatedStateTest.class.getClassLoader(),
            new Class<?>[] {type},
            (_, method, given) -> {
              try {
                String name = method.getName();
                Object result =
                    List.of("getConnection", "executeQuery", "commit").contains(name)
                            && type != ResultSet.class
                            && !(type == Statement.class && name.equals("getConnection"))
                        ? observed(name, () -> method.invoke(target, given))
                        : method.invoke(target, given);
                return switch (result) {
                  case Connection made when type == DataSource.class ->
                      observing(Connection.class, made);
                  case Statement made when type == Connection.class ->
                      observing(Statement.class, made);
                  case null, default -> result;
                };
              } catch (InvocationTargetException e) {
                throw e.getCause();
              }
            }));
  }
}
