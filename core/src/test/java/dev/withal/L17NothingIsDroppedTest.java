package dev.withal;

import static java.util.concurrent.CompletableFuture.completedFuture;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.withal.testkit.Journal;
import dev.withal.testkit.LeakCheck;
import dev.withal.testkit.VirtualTime;
import java.io.IOException;
import java.lang.ref.WeakReference;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * L17: what a body returns and nobody receives is released, or reported; {@link
 * L17DroppedStacksTest} has the stacks.
 */
@ExtendWith(LeakCheck.class)
class L17NothingIsDroppedTest {

  /** Something that is to be closed, and prints a secret. */
  private record Connection(List<String> events) implements AutoCloseable {
    @Override
    public void close() {
      events.add("closed by itself");
    }

    CompletableFuture<Void> closeAsync() {
      events.add("release connection");
      return completedFuture(null);
    }

    @Override
    public String toString() {
      return "secret";
    }
  }

  private final Journal journal = new Journal();
  private final List<Report> reports = new ArrayList<>();
  private final Report.Registration registration = Report.listen(reports::add);
  private final IOException broken = new IOException("broken");

  @AfterEach
  void endListening() {
    registration.close();
  }

  @Test
  void closeable_ofWhichNobodySaidHow_isReported() {
    var connection = new Connection(new ArrayList<>());

    var _ = catchThrowable(() -> losing().named("pool").use(_ -> connection));

    assertThat(connection.events()).isEmpty();
    assertThat(reports)
        .singleElement()
        .satisfies(report -> {
          assertThat(report.kind()).isEqualTo(Report.Kind.DROPPED_VALUE);
          assertThat(report.context()).isEqualTo("pool");
          assertThat(report.message()).contains(Connection.class.getName());
          assertThat(report.toString()).doesNotContain("secret");
          assertThat(report.error()).isSameAs(broken);
        });
  }

  @OnEveryCarrier
  void closeable_ofWhichSomebodySaidHow_isReleased(Carrier carrier, VirtualTime time) {
    var connection = new Connection(new ArrayList<>());
    var manager =
        new Probe(journal, carrier, "outer")
            .failingToExit(broken)
            .releasingDropped(Connection.class, Connection::closeAsync);

    Throwable thrown = catchThrowable(() -> carrier.use(time, manager, _ -> connection));

    assertThat(thrown).isSameAs(broken);
    assertThat(connection.events()).containsExactly("release connection");
    assertThat(reports).isEmpty();
  }

  @OnEveryCarrier
  void closeable_ofABlockingView_isReleasedAsTheManagerSays(Carrier carrier, VirtualTime time) {
    var connection = new Connection(new ArrayList<>());
    var view =
        new Probe(journal, carrier, "outer")
            .failingToExit(broken)
            .releasingDropped(Connection.class, Connection::closeAsync)
            .blocking()
            .async();

    for (var manager : List.of(view, view.named("view"))) {
      assertThat(catchThrowable(() -> carrier.use(time, manager, _ -> connection)))
          .isSameAs(broken);
    }

    assertThat(connection.events()).containsExactly("release connection", "release connection");
    assertThat(reports).isEmpty();
  }

  @OnEveryCarrier
  void closeable_ofAPartOfAChain_isReleasedAsTheWholeSays(Carrier carrier, VirtualTime time) {
    var connection = new Connection(new ArrayList<>());
    var inner = new Probe(journal, carrier, "inner").failingToExit(broken).named("inner");
    var manager =
        new Probe(journal, carrier, "outer")
            .flatMap(_ -> inner)
            .map(name -> name + "!")
            .releasingDropped(Connection.class, Connection::closeAsync)
            .named("whole");

    Throwable thrown = catchThrowable(() -> carrier.use(time, manager, _ -> connection));

    assertThat(thrown).isSameAs(broken);
    assertThat(connection.events()).containsExactly("release connection");
    assertThat(reports).isEmpty();
  }

  @Test
  void release_fails_isAddedToTheError() {
    var failure = new IllegalStateException("release");

    Throwable thrown =
        catchThrowable(() ->
            losing()
                .releasingDropped(String.class, _ -> CompletableFuture.failedFuture(failure))
                .use(_ -> "text"));

    assertThat(thrown).isSameAs(broken).hasSuppressedException(failure);
  }

  @Test
  void release_hangs_isAbandonedAfterTheExitsTimeout(VirtualTime time) {
    CompletableFuture<String> body = new CompletableFuture<>();
    CompletableFuture<String> use =
        AsyncContextManager.ofValue("value")
            .releasingDropped(String.class, _ -> new CompletableFuture<>())
            .exitTimeout(Duration.ofSeconds(3))
            .useAsync(_ -> body);
    use.cancel(true);
    body.complete("text");

    time.advance(Duration.ofMillis(2_999));
    assertThat(use).isNotDone();
    time.advance(Duration.ofMillis(1));

    assertThat(use).isCancelled();
    assertThat(reports).extracting(Report::kind).containsExactly(Report.Kind.ABANDONED_EXIT);
  }

  @Test
  void value_ofTheUsesOwnContext_isLeftToItsExit() {
    var connection = new Connection(new ArrayList<>());
    var manager =
        AsyncContextManager.closing(
            () -> completedFuture(connection), _ -> CompletableFuture.failedFuture(broken));

    Throwable thrown = catchThrowable(() -> manager.use(c -> c));

    assertThat(thrown).isSameAs(broken);
    assertThat(reports).isEmpty();
  }

  @Test
  void value_ofAGroupOrOneOfIt_isLeftToItsExit() {
    var connection = new Connection(new ArrayList<>());
    var other = new Connection(new ArrayList<>());
    var managers =
        AsyncContextManager.all(
            List.of(
                AsyncContextManager.closing(
                    () -> completedFuture(connection), _ -> CompletableFuture.failedFuture(broken)),
                AsyncContextManager.ofValue(other)));

    assertThat(catchThrowable(() -> managers.use(all -> all))).isSameAs(broken);
    assertThat(catchThrowable(() -> managers.use(List::getFirst))).isSameAs(broken);
    assertThat(catchThrowable(() -> managers.use(all -> List.of(all.getLast())))).isSameAs(broken);
    assertThat(reports).isEmpty();
  }

  @Test
  void closeables_inContainersInsideOfOthers_areReportedEach() {
    var connection = new Connection(new ArrayList<>());
    List<Object> ring = new ArrayList<>();
    ring.add(ring);
    ring.add(Optional.of(new Object[] {List.of(Map.of("a", connection))}));

    var _ = catchThrowable(() -> losing().use(_ -> ring));

    assertThat(reports)
        .singleElement()
        .satisfies(report -> assertThat(report.message()).contains(Connection.class.getName()));
  }

  @Test
  void valueOfAGroup_comesPastTheGracePeriod_isLeftToItsExit(VirtualTime time) {
    var events = new ArrayList<String>();
    var connection = new Connection(events);
    var body = new CompletableFuture<Connection>();
    AsyncContextManager<List<Connection>> group =
        AsyncContextManager.all(
            List.of(
                AsyncContextManager.closing(
                    () -> completedFuture(connection), Connection::closeAsync)));
    CompletableFuture<Connection> use =
        group.releasingDropped(Connection.class, Connection::closeAsync).useAsync(_ -> body);
    use.cancel(true);
    time.advance(Duration.ofSeconds(2));
    collect();

    body.complete(connection);

    assertThat(use).isCancelled();
    assertThat(events).containsExactly("release connection");
  }

  @OnEveryCarrier
  void valueOfTheContext_exitIsAbandoned_isLeftToIt(Carrier carrier, VirtualTime time) {
    var events = new ArrayList<String>();
    var connection = new Connection(events);
    AsyncContextManager<Connection> stuck =
        AsyncContextManager.closing(
            () -> carrier.step(() -> connection), _ -> new CompletableFuture<>());
    AsyncContextManager<Connection> manager =
        stuck
            .exitTimeout(Duration.ofSeconds(1))
            .releasingDropped(Connection.class, Connection::closeAsync);

    Throwable thrown = catchThrowable(() -> carrier.use(time, manager, value -> value));

    assertThat(thrown).isInstanceOf(TimeoutException.class);
    assertThat(events).isEmpty();
    assertThat(reports)
        .singleElement()
        .extracting(Report::kind)
        .isEqualTo(Report.Kind.ABANDONED_EXIT);
  }

  /** What nobody has any more is gone. */
  private static void collect() {
    var gone = new WeakReference<>(new Object());
    while (gone.get() != null) {
      System.gc();
    }
  }

  @Test
  void keysOfAMap_areReleasedAsItsValues() {
    var events = new ArrayList<String>();
    var key = new Connection(events);
    var value = new Connection(events);

    var _ =
        catchThrowable(() ->
            losing()
                .releasingDropped(Connection.class, Connection::closeAsync)
                .use(_ -> Map.of(key, value)));

    assertThat(events).containsExactly("release connection", "release connection");
    assertThat(reports).isEmpty();
  }

  @Test
  void value_thatASupplierMadeTooLate_isReleased(VirtualTime time) {
    var connection = new Connection(new ArrayList<>());
    CompletableFuture<Object> use =
        AsyncContextManager.ofValue("value")
            .releasingDropped(Connection.class, Connection::closeAsync)
            .useAsync(_ -> Async.sleepAsync(Duration.ofMillis(10)).thenApply(_ -> "result"));

    use.completeAsync(
        () -> {
          time.advance(Duration.ofMillis(10));
          return connection;
        },
        Runnable::run);

    assertThat(use).isCompletedWithValue("result");
    assertThat(connection.events()).containsExactly("release connection");
  }

  /** {@return a manager whose value is lost as the body begins} */
  private AsyncContextManager<String> losing() {
    return new Losing(journal, broken);
  }
}
