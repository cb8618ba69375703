package dev.withal.guide;

import static java.util.concurrent.CompletableFuture.completedFuture;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.withal.Async;
import dev.withal.AsyncContextManager;
import dev.withal.AsyncExitStack;
import dev.withal.Timeout;
import dev.withal.guide.Database.Connection;
import dev.withal.testkit.Journal;
import dev.withal.testkit.LeakCheck;
import dev.withal.testkit.VirtualTime;
import java.time.Duration;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** What the guide says on timeouts. */
@ExtendWith(LeakCheck.class)
class TimeLimitsTest {
  private final Journal journal = new Journal();
  private final Database database = new Database(journal);
  private final AsyncContextManager<Connection> connection =
      AsyncContextManager.closing(database::connectAsync, Connection::closeAsync);

  // @start region="within"
  /** Empty if the database takes too long. */
  OptionalInt countOrders(Duration limit) throws InterruptedException {
    try {
      return OptionalInt.of(Async.callWithin(limit, () -> connection.use(this::count)));
    } catch (TimeoutException e) {
      return OptionalInt.empty();
    }
  }

  // @end

  private int count(Connection c) throws InterruptedException {
    return Async.await(c.countAsync("orders"), c::cancelStatement);
  }

  @Test
  void callWithin_inTime_returnsTheResult(VirtualTime time) throws Exception {
    assertThat(countOrders(Duration.ofSeconds(2))).hasValue(3);
    assertThat(journal.events())
        .containsExactly("connected", "counted orders", "closing", "closed");
  }

  @Test
  void callWithin_tooLate_throwsWhatCanBeCaught(VirtualTime time) throws Exception {
    assertThat(countOrders(Duration.ofMillis(15))).isEmpty();
    assertThat(journal.events())
        .containsExactly("connected", "statement stopped", "closing", "closed");
  }

  @Test
  void orTimeout_endsAfterTheExit(VirtualTime time) {
    // @start region="or-timeout"
    CompletableFuture<Integer> orders =
        connection
            .useAsync((c, cancellation) ->
                cancellation.stopping(c.countAsync("orders"), c::cancelStatement))
            .orTimeout(5, SECONDS);
    // @end

    time.advance(Duration.ofMillis(29));
    assertThat(orders).isNotDone();
    time.advance(Duration.ofMillis(1));
    assertThat(orders).isCompletedWithValue(3);
    assertThat(journal.events())
        .containsExactly("connected", "counted orders", "closing", "closed");
  }

  @Test
  void orTimeout_expired_endsAfterTheExit(VirtualTime time) {
    CompletableFuture<Object> answer =
        connection
            .useAsync((_, cancellation) -> cancellation.cancelling(new CompletableFuture<>()))
            .orTimeout(5, SECONDS);

    time.advance(Duration.ofSeconds(5));
    assertThat(answer).isNotDone();
    time.advance(Duration.ofMillis(10));
    assertThat(answer.exceptionNow()).isExactlyInstanceOf(TimeoutException.class);
    assertThat(journal.events()).containsExactly("connected", "closing", "closed");
  }

  @Test
  void timeout_boundsABody(VirtualTime time) {
    // @start region="timeout"
    assertThatThrownBy(() ->
            Async.timeout(Duration.ofSeconds(2))
                .run(_ -> connection.run(_ -> Async.sleep(Duration.ofMinutes(1)))))
        .isExactlyInstanceOf(TimeoutException.class);
    // @end

    assertThat(time.elapsed()).isEqualTo(Duration.ofMillis(2010));
    assertThat(journal.events()).containsExactly("connected", "closing", "closed");
  }

  @Test
  void timeout_inStageStyle_boundsABody(VirtualTime time) {
    // @start region="timeout-async"
    CompletableFuture<Void> use =
        Async.timeout(Duration.ofSeconds(2))
            .useAsync(_ ->
                connection.useAsync((_, cancellation) ->
                    cancellation.cancelling(Async.sleepAsync(Duration.ofMinutes(1)))));
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
                .run(stack -> {
                  stack.enter(connection);
                  stack.enter(Async.timeout(Duration.ofSeconds(2)));
                  Async.sleep(Duration.ofMinutes(1));
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
}
