package dev.withal.guide;

import static java.util.concurrent.CompletableFuture.completedFuture;
import static org.assertj.core.api.Assertions.assertThat;

import dev.withal.Async;
import dev.withal.AsyncContext;
import dev.withal.AsyncContextManager;
import dev.withal.ExitCase;
import dev.withal.Verdict;
import dev.withal.testkit.Gate;
import dev.withal.testkit.Journal;
import dev.withal.testkit.LeakCheck;
import dev.withal.testkit.ManagerLaws;
import dev.withal.testkit.ManualExecutor;
import dev.withal.testkit.VirtualTime;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** What the guide says on testing. */
@ExtendWith(LeakCheck.class)
class TestingTest {

  static AsyncContextManager<String> session(Journal journal) {
    return AsyncContextManager.closing(
        () -> Async.sleepAsync(Duration.ofSeconds(3)).thenApply(_ -> "session"),
        _ -> Async.sleepAsync(Duration.ofSeconds(2)).thenAccept(_ -> journal.add("closed")));
  }

  @Test
  void session_isCancelled(VirtualTime time, Journal journal) throws Exception {
    // @start region="advance"
    CompletableFuture<String> use = session(journal).useAsync(s -> new CompletableFuture<>());

    time.advance(Duration.ofSeconds(1)); // the enter still runs
    use.cancel(true);
    time.advance(Duration.ofSeconds(1)); // the grace period is over, and the enter still runs
    assertThat(use).isCancelled();

    time.advance(Duration.ofSeconds(3)); // it arrives after all, and is closed
    assertThat(journal.events()).containsExactly("closed");
    // @end
  }

  @Test
  void session_isAwaited(VirtualTime time, Journal journal) throws Exception {
    // @start region="await"
    String used = time.await(session(journal).useAsync(s -> completedFuture(s + " used")));
    // @end

    assertThat(used).isEqualTo("session used");
  }

  @Test
  void threads_areKnown(VirtualTime time, Journal journal) throws Exception {
    // @start region="threads"
    var result = new CompletableFuture<String>();
    Thread thread =
        time.start(() -> {
          try {
            result.complete(session(journal).use(s -> s));
          } catch (InterruptedException e) {
            result.completeExceptionally(e);
          }
        });

    time.advance(Duration.ofSeconds(1));
    time.interrupt(thread);
    time.advance(Duration.ofSeconds(1));
    assertThat(result).isCompletedExceptionally();
    // @end

    time.advance(Duration.ofSeconds(3));
    assertThat(journal.events()).containsExactly("closed");
  }

  @Test
  void step_isHeld(Journal journal) {
    // @start region="gate"
    var gate = new Gate();
    CompletableFuture<String> use =
        gate.manager("session").useAsync(value -> gate.step("query").thenApply(_ -> value));

    gate.go("enter session");
    assertThat(gate.waiting()).containsExactly("query");
    gate.go("query");
    assertThat(gate.held()).isOne(); // the body is done, the exit is not
    gate.go("exit session");
    assertThat(use).isCompletedWithValue("session");
    // @end
  }

  // @start region="laws"
  @Test
  void session_keepsTheLaws() throws InterruptedException {
    var server = new Server();
    ManagerLaws.of(gate -> new Sessions(server, gate)).holding(server::sessions).check();
  }

  // @end

  /** Counts its sessions. */
  static final class Server {
    private final AtomicInteger sessions = new AtomicInteger();

    int sessions() {
      return sessions.get();
    }
  }

  // @start region="steps"
  record Sessions(Server server, Gate gate) implements AsyncContextManager<Server> {
    @Override
    public CompletionStage<AsyncContext<Server>> enterAsync() {
      return gate.step("connect")
          .thenApply(_ -> {
            server.sessions.incrementAndGet();
            return new Session();
          });
    }

    private final class Session implements AsyncContext<Server> {
      @Override
      public Server value() {
        return server;
      }

      @Override
      public CompletionStage<Verdict> exitAsync(ExitCase how) {
        return gate.step("disconnect")
            .thenApply(_ -> {
              server.sessions.decrementAndGet();
              return Verdict.PROPAGATE;
            });
      }
    }
  }

  // @end

  @Test
  void executor_runsWhatItIsTold(Journal journal) {
    // @start region="executor"
    var executor = new ManualExecutor();
    CompletableFuture<String> use =
        AsyncContextManager.ofValue("value").on(executor).useAsync(value -> completedFuture(value));

    assertThat(use).isNotDone();
    executor.runAll();
    assertThat(use).isCompletedWithValue("value");
    // @end
  }
}
