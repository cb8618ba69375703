package dev.withal.examples.serve;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.withal.Async;
import dev.withal.AsyncContextManager;
import dev.withal.AsyncExitStack;
import dev.withal.Body;
import dev.withal.tasks.Tasks;
import dev.withal.testkit.Journal;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import org.junit.jupiter.api.Test;

/** What the guide says on services. */
class LifespanTest {
  private final Journal journal = new Journal();

  private AsyncContextManager<String> part(String name) {
    return AsyncContextManager.closing(
        () -> {
          journal.add("start " + name);
          return CompletableFuture.completedFuture(name);
        },
        _ -> {
          journal.add("stop " + name);
          return CompletableFuture.completedFuture(null);
        });
  }

  private AsyncContextManager<String> database() {
    return part("database");
  }

  private AsyncContextManager<String> cache() {
    return part("cache");
  }

  private AsyncContextManager<String> server(String database, String cache) {
    return part("server").map(name -> name + " of " + database + " and " + cache);
  }

  // @start region="lifespan"
  void run(Body.Action<String, Exception> serving) throws Exception {
    AsyncExitStack.manager()
        .run(stack -> {
          String database = stack.enter(database());
          String cache = stack.enter(cache());
          String server = stack.enter(server(database, cache));
          serving.run(server);
        });
  }

  // @end

  private static void listen(Executor executor) {
    executor.execute(() -> {});
  }

  @Test
  void parts_areStoppedInReverseOrder() throws Exception {
    run(_ -> journal.add("serving"));

    assertThat(journal.events())
        .containsExactly(
            "start database",
            "start cache",
            "start server",
            "serving",
            "stop server",
            "stop cache",
            "stop database");
  }

  @Test
  void requests_areTasks() throws Exception {
    // @start region="requests"
    Tasks.supervise()
        .named("requests")
        .run(requests -> {
          listen(request -> requests.launch(request::run)); // each on a virtual thread
          journal.add("serving");
        }); // waits for those that run
    // @end

    assertThat(journal.events()).containsExactly("serving");
  }

  /** The main part of a program, which this test doesn't end by a signal. */
  void main() throws Exception {
    // @start region="main"
    Duration grace = Duration.ofSeconds(20); // for everything
    Duration drain = Duration.ofSeconds(10); // of it, for requests that run
    Async.run(grace, () -> run(_ -> Async.untilShutdown(drain)));
    // @end
  }

  @Test
  void main_isInterrupted_stopsAll() throws Exception {
    Thread main = Thread.ofVirtual().start(() -> journal.add("" + catchThrowable(this::main)));
    while (!journal.events().contains("start server")) {
      Async.sleep(Duration.ofMillis(1));
    }
    main.interrupt();
    main.join();

    assertThat(journal.events())
        .endsWith("stop server", "stop cache", "stop database", "java.lang.InterruptedException");
  }

  @Test
  void start_failsHalfWay_stopsWhatWasStarted() {
    Throwable thrown =
        catchThrowable(() ->
            AsyncExitStack.manager()
                .run(stack -> {
                  stack.enter(database());
                  stack.enter(
                      AsyncContextManager.closing(
                          () -> CompletableFuture.failedFuture(new IOException("no cache")),
                          _ -> CompletableFuture.completedFuture(null)));
                }));

    assertThat(thrown).hasMessage("no cache");
    assertThat(journal.events()).containsExactly("start database", "stop database");
  }
}
