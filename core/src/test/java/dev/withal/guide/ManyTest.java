package dev.withal.guide;

import static java.util.concurrent.CompletableFuture.completedFuture;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.withal.Async;
import dev.withal.AsyncContextManager;
import dev.withal.AsyncExitStack;
import dev.withal.ExitCase;
import dev.withal.Verdict;
import dev.withal.testkit.Journal;
import dev.withal.testkit.LeakCheck;
import dev.withal.testkit.VirtualTime;
import java.io.BufferedReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** What the guide says on several contexts at once. */
@ExtendWith(LeakCheck.class)
class ManyTest {
  private final Journal journal = new Journal();

  /** A server that takes 10 ms to start and 10 ms to stop. */
  private AsyncContextManager<String> server(String name) {
    return AsyncContextManager.<String>closing(
            () ->
                Async.sleepAsync(Duration.ofMillis(10)).thenApply(_ -> note("start " + name, name)),
            _ ->
                Async.sleepAsync(Duration.ofMillis(10))
                    .thenAccept(_ -> journal.add("stop " + name)))
        .named(name);
  }

  private <T> T note(String event, T value) {
    journal.add(event);
    return value;
  }

  @Test
  void flatMap_entersInOrderAndExitsTheOtherWayRound(VirtualTime time) throws Exception {
    // @start region="flat-map"
    AsyncContextManager<String> both =
        server("database").flatMap(database -> server("web").map(web -> web + " on " + database));

    String running = both.use(names -> names);
    // @end

    assertThat(running).isEqualTo("web on database");
    assertThat(journal.events())
        .containsExactly("start database", "start web", "stop web", "stop database");
  }

  @Test
  void nested_doesTheSame(VirtualTime time) throws Exception {
    // @start region="nested"
    String running =
        server("database").use(database -> server("web").use(web -> web + " on " + database));
    // @end

    assertThat(running).isEqualTo("web on database");
    assertThat(journal.events())
        .containsExactly("start database", "start web", "stop web", "stop database");
  }

  @Test
  void all_entersAndExitsInParallel(VirtualTime time) throws Exception {
    // @start region="all"
    AsyncContextManager<List<String>> all =
        AsyncContextManager.all(List.of(server("a"), server("b"), server("c")));

    CompletableFuture<String> names = all.useAsync(n -> completedFuture(String.join(" ", n)));
    // @end

    assertThat(time.await(names)).isEqualTo("a b c");
    assertThat(time.elapsed()).isEqualTo(Duration.ofMillis(20));
    assertThat(journal.events())
        .containsExactlyInAnyOrder("start a", "start b", "start c", "stop a", "stop b", "stop c");
  }

  @Test
  void both_entersTwoInParallel(VirtualTime time) throws Exception {
    AsyncContextManager<Integer> port = AsyncContextManager.ofValue(8080);

    // @start region="both"
    String address =
        AsyncContextManager.both(server("web"), port)
            .use(both -> both.first() + ":" + both.second());
    // @end

    assertThat(address).isEqualTo("web:8080");
    assertThat(journal.events()).containsExactly("start web", "stop web");
  }

  @Test
  void all_ofBoundedWidth_takesTurns(VirtualTime time) throws Exception {
    List<AsyncContextManager<String>> servers = List.of(server("a"), server("b"), server("c"));

    // @start region="width"
    AsyncContextManager<List<String>> twoAtATime = AsyncContextManager.all(2, servers);
    // @end

    time.await(twoAtATime.useAsync(n -> completedFuture(n)));
    assertThat(time.elapsed()).isEqualTo(Duration.ofMillis(40));
  }

  @Test
  void stack_inDirectStyle_exitsLastFirst(VirtualTime time) throws Exception {
    List<String> names = List.of("a", "b");

    // @start region="stack"
    int started =
        AsyncExitStack.manager()
            .use(stack -> {
              List<String> servers = new ArrayList<>();
              for (String name : names) {
                servers.add(stack.enter(server(name)));
              }
              return servers.size();
            });
    // @end

    assertThat(started).isEqualTo(2);
    assertThat(journal.events()).containsExactly("start a", "start b", "stop b", "stop a");
  }

  @Test
  void stack_inStageStyle_entersSideBySide(VirtualTime time) throws Exception {
    // @start region="stack-async"
    CompletableFuture<String> both =
        AsyncExitStack.manager()
            .useAsync(stack -> {
              var a = stack.enterAsync(server("a"));
              var b = stack.enterAsync(server("b"));
              return a.thenCombine(b, (first, second) -> first + " and " + second);
            });
    // @end

    assertThat(time.await(both)).isEqualTo("a and b");
    assertThat(time.elapsed()).isEqualTo(Duration.ofMillis(30));
    assertThat(journal.events()).containsExactly("start a", "start b", "stop b", "stop a");
  }

  @Test
  void stack_takesExitsOfEveryKind(VirtualTime time) throws Exception {
    CompletableFuture<String> use =
        AsyncExitStack.manager()
            .useAsync(stack -> {
              // @start region="kinds-async"
              stack.pushAsync(how -> tell(how).now());
              stack.deferAsync(() -> logAsync("done"));
              String socket = stack.adoptAsync("socket", s -> logAsync("release " + s));
              // @end
              return completedFuture(socket);
            });

    assertThat(time.await(use)).isEqualTo("socket");
    assertThat(journal.events()).containsExactly("release socket", "done", "told Succeeded");
  }

  @Test
  void stack_takesPlainExitsOfEveryKind(@TempDir Path folder, VirtualTime time) throws Exception {
    Path path = Files.writeString(folder.resolve("orders.csv"), "first\nsecond\n");

    String line =
        AsyncExitStack.manager()
            .use(stack -> {
              // @start region="kinds"
              // Told how the body ended, and answers with a verdict.
              stack.push(how -> tell(how));
              // Runs however the body ended.
              stack.defer(() -> log("done"));
              // Takes over something that is open already and has a close method,
              BufferedReader reader = stack.adopt(Files.newBufferedReader(path));
              // or is released in another way.
              String socket = stack.adopt("socket", s -> log("release " + s));
              // @end
              return socket + " sends " + reader.readLine();
            });

    assertThat(line).isEqualTo("socket sends first");
    assertThat(journal.events()).containsExactly("release socket", "done", "told Succeeded");
  }

  private Verdict tell(ExitCase how) {
    journal.add("told " + how.getClass().getSimpleName());
    return Verdict.PROPAGATE;
  }

  private void log(String event) {
    journal.add(event);
  }

  private CompletableFuture<Void> logAsync(String event) {
    journal.add(event);
    return completedFuture(null);
  }

  // @start region="pop-all"
  /** All servers, or none: the caller closes the stack. */
  AsyncExitStack start(List<AsyncContextManager<String>> servers) throws InterruptedException {
    return AsyncExitStack.manager()
        .use(stack -> {
          for (AsyncContextManager<String> server : servers) {
            stack.enter(server);
          }
          return stack.popAll();
        });
  }

  // @end

  @Test
  void popAll_handsOverWhatWasEntered(VirtualTime time) throws Exception {
    AsyncExitStack running = start(List.of(server("a"), server("b")));

    assertThat(journal.events()).containsExactly("start a", "start b");
    running.succeeded();
    time.await(running.closeAsync());
    assertThat(journal.events()).containsExactly("start a", "start b", "stop b", "stop a");
  }

  @Test
  void popAll_oneFailsToEnter_exitsThoseBefore(VirtualTime time) {
    AsyncContextManager<String> broken =
        () -> CompletableFuture.failedFuture(new IllegalStateException("broken"));

    Throwable thrown = catchThrowable(() -> start(List.of(server("a"), broken)));

    assertThat(thrown).hasMessage("broken");
    assertThat(journal.events()).containsExactly("start a", "stop a");
  }

  @Test
  void tryWithResources_countsAsFailedUnlessToldOtherwise(VirtualTime time) throws Exception {
    // @start region="try"
    try (AsyncExitStack stack = AsyncExitStack.open()) {
      stack.push(this::tell);
      stack.enter(server("a"));
      stack.succeeded();
    }
    // @end
    try (AsyncExitStack stack = AsyncExitStack.open()) {
      stack.push(this::tell);
    }

    assertThat(journal.events())
        .containsExactly("start a", "stop a", "told Succeeded", "told Failed");
  }
}
