package dev.withal.guide;

import static java.util.concurrent.CompletableFuture.completedFuture;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.withal.Async;
import dev.withal.AsyncContext;
import dev.withal.AsyncContextManager;
import dev.withal.ExitCase;
import dev.withal.Verdict;
import dev.withal.guide.Database.Connection;
import dev.withal.testkit.Journal;
import dev.withal.testkit.LeakCheck;
import dev.withal.testkit.VirtualTime;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import reactor.adapter.JdkFlowAdapter;
import reactor.core.publisher.Mono;

/** What the guide says on cancellation. */
@ExtendWith(LeakCheck.class)
class CancellationTest {
  private static final Duration SECOND = Duration.ofSeconds(1);

  private final Journal journal = new Journal();
  private final Database database = new Database(journal);
  private final AsyncContextManager<Connection> connection =
      AsyncContextManager.closing(database::connectAsync, Connection::closeAsync);

  @Test
  void cancel_isARequest(VirtualTime time) {
    // @start region="cancel"
    CompletableFuture<Integer> orders = connection.useAsync(c -> c.countAsync("orders"));

    boolean accepted = orders.cancel(true); // asks, and returns at once
    boolean cancelled = orders.isCancelled(); // not yet: what arrives has to be closed
    // @end

    assertThat(accepted).isTrue();
    assertThat(cancelled).isFalse();
    time.advance(SECOND);
    assertThat(orders).isCancelled();
    assertThat(journal.events()).containsExactly("connected", "closing", "closed");
  }

  @Test
  void stopping_endsTheWorkBeforeTheExit(VirtualTime time) {
    // @start region="stopping"
    CompletableFuture<Integer> orders =
        connection.useAsync(
            (c, cancellation) -> cancellation.stopping(c.countAsync("orders"), c::cancelStatement));
    // @end
    time.advance(Duration.ofMillis(15));

    orders.cancel(true);
    time.advance(SECOND);

    assertThat(orders).isCancelled();
    assertThat(journal.events())
        .containsExactly("connected", "statement stopped", "closing", "closed");
  }

  @Test
  void onRequest_tellsTheReason(VirtualTime time) {
    // @start region="cancellation"
    CompletableFuture<Integer> orders =
        connection.useAsync((c, cancellation) -> {
          cancellation.onRequest(reason -> journal.add("asked: " + reason.getMessage()));
          return cancellation.stopping(c.countAsync("orders"), c::cancelStatement);
        });
    // @end
    time.advance(Duration.ofMillis(15));

    orders.cancel(true);
    time.advance(SECOND);

    assertThat(orders).isCancelled();
    assertThat(journal.events())
        .containsExactly(
            "connected",
            "asked: cancelled by its caller",
            "statement stopped",
            "closing",
            "closed");
  }

  @Test
  void cancellation_reachesAUseBehindAThenApply(VirtualTime time) {
    // @start region="nested"
    CompletableFuture<String> outer =
        AsyncContextManager.ofValue("outer")
            .useAsync((name, cancellation) ->
                cancellation
                    .cancelling(connection.useAsync(_ -> new CompletableFuture<>()))
                    .thenApply(inner -> name + inner));
    // @end

    outer.cancel(true);
    time.advance(SECOND);

    assertThat(outer).isCancelled();
    assertThat(journal.events()).containsExactly("connected", "closing", "closed");
  }

  @Test
  void callAsync_isInterruptedAndAwaited(VirtualTime time) {
    // @start region="call"
    CompletableFuture<String> report =
        connection.useAsync(c -> Async.callAsync(() -> printReport(c)));
    // @end
    time.advance(Duration.ofMillis(15));

    report.cancel(true);
    time.advance(SECOND);

    assertThat(report).isCancelled();
    assertThat(journal.events()).containsExactly("connected", "printer off", "closing", "closed");
  }

  /** A call that blocks. */
  private String printReport(Connection c) throws InterruptedException {
    try {
      Async.sleep(SECOND);
      return "printed " + Async.await(c.countAsync("orders"));
    } finally {
      journal.add("printer off");
    }
  }

  @Test
  void interrupt_endsADirectBody_andItsExitsRun(VirtualTime time) throws Exception {
    var thrown = new CompletableFuture<Throwable>();

    // @start region="interrupt"
    Thread thread =
        time.start(() -> thrown.complete(catchThrowable(() -> connection.use(this::count))));
    time.advance(Duration.ofMillis(15));

    time.interrupt(thread); // Thread.interrupt() where time is real

    assertThat(time.await(thrown)).isExactlyInstanceOf(InterruptedException.class);
    // @end
    assertThat(journal.events())
        .containsExactly("connected", "statement stopped", "closing", "closed");
  }

  // @start region="stop"
  int count(Connection c) throws InterruptedException {
    return Async.await(c.countAsync("orders"), c::cancelStatement);
  }

  // @end

  /** A client with callbacks. */
  private static final class Client {
    void ask(String question, Consumer<String> answered, Consumer<Throwable> failed) {
      Async.sleepAsync(SECOND)
          .thenRun(() -> {
            if (question.endsWith("?")) {
              answered.accept(question + " yes");
            } else {
              failed.accept(new IllegalArgumentException("no question"));
            }
          });
    }
  }

  @Test
  void stage_ofACallWithCallbacks_completesAsItDoes(VirtualTime time) throws Exception {
    var client = new Client();

    // @start region="stage"
    CompletableFuture<String> answer =
        Async.stage(done -> client.ask("open?", done::complete, done::completeExceptionally));
    // @end

    assertThat(time.await(answer)).isEqualTo("open? yes");
    assertThat(time.elapsed()).isEqualTo(SECOND);
  }

  @Test
  void stage_ofACallWithCallbacks_failsAsItDoes(VirtualTime time) {
    CompletableFuture<String> answer =
        Async.stage(done -> new Client().ask("open", done::complete, done::completeExceptionally));

    assertThat(catchThrowable(() -> time.await(answer))).hasMessage("no question");
  }

  @Test
  void one_ofAPublisher_isItsElement() throws Exception {
    Flow.Publisher<Integer> counts = JdkFlowAdapter.publisherToFlowPublisher(Mono.just(3));

    // @start region="one"
    CompletableFuture<Integer> count = Async.one(counts);
    // @end

    assertThat(count).isCompletedWithValue(3);
  }

  // @start region="lost"
  /** A lock that its server may take back. */
  record Lease(String value, CompletableFuture<?> lost) implements AsyncContext<String> {
    @Override
    public CompletionStage<Verdict> exitAsync(ExitCase how) {
      return Verdict.PROPAGATE.now();
    }
  }

  // @end

  private static AsyncContextManager<String> lease(CompletableFuture<?> takenBack) {
    return () -> completedFuture(new Lease("lease", takenBack));
  }

  @Test
  void lost_asksTheBodyToEnd(VirtualTime time) {
    var takenBack = new CompletableFuture<Void>();
    CompletableFuture<Object> use =
        lease(takenBack)
            .useAsync((_, cancellation) -> cancellation.cancelling(new CompletableFuture<>()));

    takenBack.completeExceptionally(new IllegalStateException("lease taken back"));

    assertThat(use.exceptionNow()).hasMessage("lease taken back");
  }

  @Test
  void lost_inDirectStyle_interruptsTheBody(VirtualTime time) {
    CompletableFuture<Void> takenBack = Async.sleepAsync(SECOND).thenApply(_ -> takeBack());

    Throwable thrown =
        catchThrowable(() -> lease(takenBack).run(_ -> Async.sleep(Duration.ofMinutes(1))));

    assertThat(thrown).hasMessage("lease taken back");
    assertThat(time.elapsed()).isEqualTo(SECOND);
  }

  private static Void takeBack() {
    throw new IllegalStateException("lease taken back");
  }
}
