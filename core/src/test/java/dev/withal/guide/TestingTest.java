package dev.withal.guide;

import static java.util.concurrent.CompletableFuture.completedFuture;
import static org.assertj.core.api.Assertions.assertThat;

import dev.withal.Async;
import dev.withal.AsyncContextManager;
import dev.withal.testkit.Journal;
import dev.withal.testkit.LeakCheck;
import dev.withal.testkit.ManualExecutor;
import dev.withal.testkit.VirtualTime;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
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
  void executor_runsWhatItIsTold(Journal journal) {
    // @start region="executor"
    var executor = new ManualExecutor();
    CompletableFuture<String> use =
        AsyncContextManager.of("value").on(executor).useAsync(value -> completedFuture(value));

    assertThat(use).isNotDone();
    executor.runAll();
    assertThat(use).isCompletedWithValue("value");
    // @end
  }
}
