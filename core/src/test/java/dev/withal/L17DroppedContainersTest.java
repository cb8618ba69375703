package dev.withal;

import static java.util.concurrent.CompletableFuture.completedFuture;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.withal.testkit.Journal;
import dev.withal.testkit.LeakCheck;
import dev.withal.testkit.VirtualTime;
import java.io.IOException;
import java.time.Duration;
import java.util.AbstractMap;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** L17 and L1: whatever a dropped result is, and whenever it comes, it is in no exit's way. */
@ExtendWith(LeakCheck.class)
class L17DroppedContainersTest {
  private final Journal journal = new Journal();
  private final List<Report> reports = new ArrayList<>();
  private final Report.Registration registration = Report.listen(reports::add);
  private final IOException broken = new IOException("broken");

  @AfterEach
  void endListening() {
    registration.close();
  }

  /** As a map that is loaded lazily, once its session is closed. */
  private static Map<String, String> unreadable() {
    return Collections.unmodifiableMap(
        new AbstractMap<>() {
          @Override
          public Set<String> keySet() {
            throw new IllegalStateException("lazy");
          }

          @Override
          public Set<Entry<String, String>> entrySet() {
            throw new IllegalStateException("lazy");
          }
        });
  }

  @OnEveryCarrier
  void map_canNotBeReadAndTheExitFails_isTheExitsError(Carrier carrier, VirtualTime time) {
    Throwable thrown =
        catchThrowable(() ->
            carrier.use(
                time, new Probe(journal, carrier, "a").failingToExit(broken), _ -> unreadable()));

    assertThat(thrown).isSameAs(broken).hasNoSuppressedExceptions();
  }

  @Test
  void map_canNotBeReadAndTheBodyWasAsked_exitRuns() {
    var body = new CompletableFuture<Map<String, String>>();
    CompletableFuture<Map<String, String>> use =
        new Probe(journal, Carrier.STAGE_COMPLETE, "a").useAsync(_ -> body);

    use.cancel(true);
    body.complete(unreadable());

    assertThat(use).isCancelled();
    assertThat(journal.events())
        .containsExactly(
            "enter a", "entered a", "exit a cancelled CancellationException", "exited a");
  }

  @Test
  void map_canNotBeReadAndTheValueIsLost_exitRuns() {
    Throwable thrown = catchThrowable(() -> new Losing(journal, broken).use(_ -> unreadable()));

    assertThat(thrown).isSameAs(broken);
    assertThat(journal.events()).containsExactly("exit cancelled IOException");
  }

  @Test
  void closeable_inContainersAtAnyDepth_isReleased() {
    Object nest = "text";
    for (int depth = 0; depth < 100_000; depth++) {
      nest = List.of(nest);
    }
    Object deep = nest;

    Throwable thrown =
        catchThrowable(() ->
            new Losing(journal, broken)
                .releasingDropped(
                    String.class,
                    text -> {
                      journal.add("release " + text);
                      return completedFuture(null);
                    })
                .use(_ -> deep));

    assertThat(thrown).isSameAs(broken);
    assertThat(journal.events()).containsExactly("release text", "exit cancelled IOException");
  }

  @Test
  void context_whoseExitIsOfABareStage_isExitedBeforeTheUses() {
    var exits = new BareStage<Verdict>();
    AsyncContext<String> dropped =
        new AsyncContext<>() {
          @Override
          public String value() {
            return "dropped";
          }

          @Override
          public CompletionStage<Verdict> exitAsync(ExitCase how) {
            journal.add("exit dropped");
            return exits;
          }
        };
    var body = new CompletableFuture<AsyncContext<String>>();
    CompletableFuture<AsyncContext<String>> use =
        new Probe(journal, Carrier.STAGE_COMPLETE, "a").useAsync(_ -> body);
    use.cancel(true);
    body.complete(dropped);
    assertThat(journal.events()).endsWith("exit dropped");

    exits.complete(Verdict.PROPAGATE);

    assertThat(journal.events())
        .endsWith("exit dropped", "exit a cancelled CancellationException", "exited a");
    assertThat(catchThrowable(use::get)).hasNoSuppressedExceptions();
  }

  /** A stage that refuses to become a future, as do those that come from it. */
  private static final class BareStage<T> extends CompletableFuture<T> {
    @Override
    public CompletableFuture<T> toCompletableFuture() {
      throw new UnsupportedOperationException("toCompletableFuture");
    }

    @Override
    public <U> CompletableFuture<U> newIncompleteFuture() {
      return new BareStage<>();
    }
  }

  @Test
  void valueOfTheContext_isReturnedAfterTheExit_isLeftToIt(VirtualTime time) {
    var manager = new ByHand(journal);
    var gate = new CompletableFuture<Void>();
    CompletableFuture<String> use =
        releasing(manager)
            .useAsync(value -> {
              Async.await(gate);
              return completedFuture(value);
            });
    time.start(manager::arrive);
    time.settle();
    use.cancel(true);
    time.advance(Duration.ofSeconds(1));
    manager.exit.complete(Verdict.PROPAGATE);
    assertThat(use).isCancelled();

    gate.complete(null);
    time.settle();

    assertThat(journal.events())
        .containsExactly("enter", "exit cancelled CancellationException beside the body");
    assertThat(reports).extracting(Report::kind).containsExactly(Report.Kind.OVERLAP);
  }

  @Test
  void valueOfTheContext_waitsForABusyExecutor_isLeftToIt(VirtualTime time) {
    var manager = new ByHand(journal);
    var busy = new ArrayList<Runnable>();
    Executor executor = task -> busy.add(task);
    var body = new CompletableFuture<String>();
    CompletableFuture<String> use = releasing(manager).on(executor).useAsync(_ -> body);
    manager.arrive();
    runAll(busy);
    body.complete("value");
    use.cancel(true);
    time.advance(Duration.ofSeconds(1));
    manager.exit.complete(Verdict.PROPAGATE);

    runAll(busy);

    assertThat(use).isCancelled();
    assertThat(journal.events())
        .containsExactly("enter", "exit cancelled CancellationException beside the body");
  }

  private static void runAll(List<Runnable> tasks) {
    while (!tasks.isEmpty()) {
      tasks.removeFirst().run();
    }
  }

  private AsyncContextManager<String> releasing(AsyncContextManager<String> manager) {
    return manager.releasingDropped(
        String.class,
        value -> {
          journal.add("release " + value);
          return completedFuture(null);
        });
  }
}
