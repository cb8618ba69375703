package dev.withal.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import dev.withal.Async;
import dev.withal.ExitCase;
import dev.withal.database.Bounds;
import dev.withal.testkit.LeakCheck;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.Statement;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** A request to cancel that a body sends by JDBC itself doesn't outlive the body's context. */
@ExtendWith(LeakCheck.class)
class OwnCancelTest {
  private final CompletableFuture<Void> reached = new CompletableFuture<>();
  private final CompletableFuture<Void> goOn = new CompletableFuture<>();

  @Test
  void cancel_isUnderWayAsTheBodyReturns_isAwaitedByTheExit() throws Exception {
    try (Connection driver = Setting.h2("test").getConnection()) {
      Connection slow = slow(Connection.class, driver);
      var session = new Session(new Physical(slow), Where.DEFAULT, Bounds.DEFAULT);
      var scope = new Scope("report", session);
      var connection = new GuardedConnection(session, scope, GuardedConnection.Kind.LEASE);
      Statement statement = connection.proxy().createStatement();
      CompletableFuture<Object> request =
          started(() -> {
            statement.cancel();
            return "requested";
          });
      Async.await(reached);

      CompletableFuture<?> quiet = scope.close(ExitCase.success());
      assertThat(quiet).isNotDone();
      goOn.complete(null);

      Async.await(quiet);
      assertThat(Async.<Object, Exception>await(request)).isEqualTo("requested");
    }
  }

  private static CompletableFuture<Object> started(Callable<?> call) {
    return Calls.startSurely(VirtualThreads.EACH, call);
  }

  private <T> T slow(Class<T> type, T target) {
    return type.cast(
        Proxy.newProxyInstance(
            OwnCancelTest.class.getClassLoader(),
            new Class<?>[] {type},
            (_, method, given) -> {
              if (method.getName().equals("cancel")) {
                reached.complete(null);
                Async.await(goOn);
              }
              Object made = method.invoke(target, given);
              return made instanceof Statement statement ? slow(Statement.class, statement) : made;
            }));
  }
}
