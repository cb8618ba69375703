package dev.withal.guide;

import static java.util.concurrent.CompletableFuture.completedFuture;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.withal.Async;
import dev.withal.AsyncContext;
import dev.withal.AsyncContextManager;
import dev.withal.AsyncExitStack;
import dev.withal.ExitCase;
import dev.withal.Timeout;
import dev.withal.Verdict;
import dev.withal.guide.Database.Connection;
import dev.withal.testkit.Journal;
import dev.withal.testkit.LeakCheck;
import dev.withal.testkit.VirtualTime;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** What the guide says on cancellation and timeouts. */
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
  void orTimeout_endsAfterTheExit(VirtualTime time) {
    // @start region="or-timeout"
    CompletableFuture<Object> answer =
        connection
            .useAsync((_, cancellation) -> cancellation.cancelling(new CompletableFuture<>()))
            .orTimeout(5, SECONDS);
    // @end

    time.advance(Duration.ofSeconds(5));
    assertThat(answer).isNotDone();
    time.advance(Duration.ofMillis(10));
    assertThat(answer.exceptionNow()).isExactlyInstanceOf(TimeoutException.class);
    assertThat(journal.events()).containsExactly("connected", "closing", "closed");
  }

  @Test
  void cancellation_stopsWhatTheBodyOwns(VirtualTime time) {
    // @start region="cancellation"
    CompletableFuture<Integer> orders =
        connection.useAsync((c, cancellation) -> {
          CompletableFuture<Integer> count = c.countAsync("orders");
          cancellation.onRequest(reason -> journal.add("asked: " + reason.getMessage()));
          return cancellation.cancelling(count);
        });
    // @end
    time.advance(Duration.ofMillis(15));

    orders.cancel(true);
    time.advance(SECOND);

    assertThat(orders).isCancelled();
    assertThat(journal.events())
        .containsExactly(
            "connected", "asked: cancelled by its caller", "closing", "counted orders", "closed");
  }

  @Test
  void cancellation_reachesAUseBehindAThenApply(VirtualTime time) {
    // @start region="nested"
    CompletableFuture<String> outer =
        AsyncContextManager.of("outer")
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
        .containsExactly("connected", "closing", "counted orders", "closed");
  }

  private int count(Connection c) throws InterruptedException {
    return Async.await(c.countAsync("orders"));
  }

  @Test
  void timeout_boundsABody(VirtualTime time) {
    // @start region="timeout"
    assertThatThrownBy(() ->
            Async.timeout(Duration.ofSeconds(2))
                .use(_ ->
                    connection.use(c -> {
                      Async.sleep(Duration.ofMinutes(1));
                      return c;
                    })))
        .isExactlyInstanceOf(TimeoutException.class);
    // @end

    assertThat(time.elapsed()).isEqualTo(Duration.ofMillis(2010));
    assertThat(journal.events()).containsExactly("connected", "closing", "closed");
  }

  @Test
  void timeout_inStageStyle_boundsABody(VirtualTime time) {
    // @start region="timeout-async"
    CompletableFuture<Object> use =
        Async.timeout(Duration.ofSeconds(2))
            .useAsync(_ ->
                connection.useAsync(
                    (_, cancellation) -> cancellation.cancelling(new CompletableFuture<>())));
    // @end

    assertThat(catchThrowable(() -> time.await(use))).isExactlyInstanceOf(TimeoutException.class);
    assertThat(time.elapsed()).isEqualTo(Duration.ofMillis(2010));
    assertThat(journal.events()).containsExactly("connected", "closing", "closed");
  }

  @Test
  void timeout_rescheduled_expiresThen(VirtualTime time) throws Exception {
    // @start region="reschedule"
    boolean expired =
        Async.timeout(Duration.ofSeconds(2))
            .use((Timeout timeout) -> {
              Async.sleep(Duration.ofSeconds(1));
              timeout.reschedule(Duration.ofSeconds(5));
              Async.sleep(Duration.ofSeconds(4));
              return timeout.expired();
            });
    // @end

    assertThat(expired).isFalse();
    assertThat(time.elapsed()).isEqualTo(Duration.ofSeconds(5));
  }

  @Test
  void timeout_onAStack_boundsTheRestOfItsBody(VirtualTime time) {
    Throwable thrown =
        catchThrowable(() ->
            AsyncExitStack.manager()
                .use(stack -> {
                  stack.enter(connection);
                  stack.enter(Async.timeout(Duration.ofSeconds(2)));
                  Async.sleep(Duration.ofMinutes(1));
                  return null;
                }));

    assertThat(thrown).isExactlyInstanceOf(TimeoutException.class);
    assertThat(journal.events()).containsExactly("connected", "closing", "closed");
  }

  @Test
  void enterTimeout_exitsWhatArrivesLate(VirtualTime time) {
    // @start region="enter-timeout"
    AsyncContextManager<Connection> quick =
        connection.named("database").enterTimeout(Duration.ofMillis(5));
    // @end

    assertThatThrownBy(() -> quick.use(c -> c))
        .isExactlyInstanceOf(TimeoutException.class)
        .hasMessage("database did not enter within PT0.005S");
    assertThat(time.elapsed()).isEqualTo(Duration.ofMillis(5));
    time.advance(Duration.ofSeconds(1));
    assertThat(journal.events()).containsExactly("connected", "closing", "closed");
  }

  @Test
  void exitTimeout_forcesWhatHangs(VirtualTime time) {
    var hanging = new CompletableFuture<Void>();
    AsyncContextManager<String> socket =
        AsyncContextManager.closing(() -> completedFuture("socket"), _ -> hanging);

    // @start region="exit-timeout"
    AsyncContextManager<String> bounded =
        socket
            .named("socket")
            .exitTimeout(
                Duration.ofSeconds(3),
                s -> {
                  journal.add("abort " + s);
                  return completedFuture(null);
                });
    // @end

    assertThatThrownBy(() -> bounded.use(s -> s))
        .isExactlyInstanceOf(TimeoutException.class)
        .hasMessage("the exit of socket did not end within PT3S and was forced");
    assertThat(journal.events()).containsExactly("abort socket");
    hanging.complete(null);
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
        catchThrowable(() ->
            lease(takenBack)
                .use(_ -> {
                  Async.sleep(Duration.ofMinutes(1));
                  return null;
                }));

    assertThat(thrown).hasMessage("lease taken back");
    assertThat(time.elapsed()).isEqualTo(SECOND);
  }

  private static Void takeBack() {
    throw new IllegalStateException("lease taken back");
  }
}
