package dev.withal.guide;

import static java.util.concurrent.CompletableFuture.completedFuture;
import static java.util.concurrent.CompletableFuture.failedFuture;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.withal.Async;
import dev.withal.AsyncContextManager;
import dev.withal.guide.Database.Connection;
import dev.withal.testkit.Journal;
import dev.withal.testkit.LeakCheck;
import dev.withal.testkit.VirtualTime;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import reactor.core.publisher.Mono;

/** The examples of the README: what people write today, and what they write here. */
@ExtendWith(LeakCheck.class)
class ReadmeTest {
  private final Journal journal = new Journal();
  private final Database database = new Database(journal);

  @Test
  void example_inBothStyles_closesWhatItOpened(VirtualTime time) throws Exception {
    // @start region="example"
    AsyncContextManager<Connection> connection =
        AsyncContextManager.closing(database::connectAsync, Connection::closeAsync);

    // Direct style: enter, body and exit run on the calling thread. Made for virtual threads.
    int orders = connection.use(c -> Async.await(c.countAsync("orders")));

    // Stage style: nothing blocks. The future completes after the connection is closed.
    CompletableFuture<Integer> later = connection.useAsync(c -> c.countAsync("orders"));

    // A request: a connection that has yet to arrive is closed too; then `later` is cancelled.
    later.cancel(true);
    // @end

    time.advance(Duration.ofSeconds(1));
    assertThat(orders).isEqualTo(3);
    assertThat(later).isCancelled();
    assertThat(journal.events())
        .containsExactly(
            "connected", "counted orders", "closing", "closed", "connected", "closing", "closed");
  }

  // @start region="by-hand"
  CompletableFuture<Integer> countByHand() {
    return database
        .connectAsync()
        .thenCompose(c ->
            c.countAsync("orders")
                .handle((count, error) ->
                    c.closeAsync()
                        .thenCompose(
                            _ -> error == null ? completedFuture(count) : failedFuture(error)))
                .thenCompose(Function.identity()));
  }

  // @end

  // @start region="using-when"
  Mono<Integer> countByReactor() {
    return Mono.usingWhen(
        Mono.fromFuture(database::connectAsync),
        c -> Mono.fromFuture(() -> c.countAsync("orders")),
        c -> Mono.fromFuture(c::closeAsync));
  }

  // @end

  // @start region="withal"
  CompletableFuture<Integer> count() {
    return AsyncContextManager.closing(database::connectAsync, Connection::closeAsync)
        .useAsync(c -> c.countAsync("orders"));
  }

  // @end

  @Test
  void byHand_cancelledWhileItConnects_neverCloses(VirtualTime time) {
    CompletableFuture<Integer> count = countByHand();

    count.cancel(true);
    time.advance(Duration.ofSeconds(1));

    assertThat(journal.events()).containsExactly("connected");
  }

  @Test
  void byHand_cancelledWhileItCounts_endsBeforeTheClose(VirtualTime time) {
    CompletableFuture<Integer> count = countByHand();
    time.advance(Duration.ofMillis(15));

    count.cancel(true);

    assertThat(count).isCancelled();
    assertThat(journal.events()).containsExactly("connected");
    time.advance(Duration.ofSeconds(1));
    assertThat(journal.events())
        .containsExactly("connected", "counted orders", "closing", "closed");
  }

  @Test
  void byHand_countThrows_neverCloses(VirtualTime time) {
    database.throwFromCount(new IllegalStateException("count"));

    Throwable thrown = catchThrowable(() -> time.await(countByHand()));

    assertThat(thrown).hasMessage("count");
    assertThat(journal.events()).containsExactly("connected");
  }

  @Test
  void usingWhen_cancelledWhileItConnects_neverCloses(VirtualTime time) {
    CompletableFuture<Integer> count = countByReactor().toFuture();

    count.cancel(true);
    time.advance(Duration.ofSeconds(1));

    assertThat(journal.events()).containsExactly("connected");
  }

  @Test
  void usingWhen_cancelledWhileItCounts_closesBesideTheCount(VirtualTime time) {
    CompletableFuture<Integer> count = countByReactor().toFuture();
    time.advance(Duration.ofMillis(15));

    count.cancel(true);

    assertThat(count).isCancelled();
    assertThat(journal.events()).containsExactly("connected", "closing");
    time.advance(Duration.ofSeconds(1));
    assertThat(journal.events())
        .containsExactly("connected", "closing", "counted orders", "closed");
  }

  @Test
  void withal_cancelledWhileItConnects_closesWhatArrivesBeforeItEnds(VirtualTime time) {
    CompletableFuture<Integer> count = count();

    count.cancel(true);
    time.advance(Duration.ofMillis(19));
    assertThat(count).isNotDone();
    time.advance(Duration.ofMillis(1));

    assertThat(count).isCancelled();
    assertThat(journal.events()).containsExactly("connected", "closing", "closed");
  }

  @Test
  void withal_cancelledWhileItCounts_closesAfterTheCountAndThenEnds(VirtualTime time) {
    CompletableFuture<Integer> count = count();
    time.advance(Duration.ofMillis(15));

    count.cancel(true);
    time.advance(Duration.ofMillis(14));
    assertThat(count).isNotDone();
    time.advance(Duration.ofMillis(1));

    assertThat(count).isCancelled();
    assertThat(journal.events())
        .containsExactly("connected", "counted orders", "closing", "closed");
  }

  @Test
  void withal_countThrowsAndCloseFails_keepsBothErrors(VirtualTime time) {
    var close = new IllegalStateException("close");
    database.throwFromCount(new IllegalStateException("count"));
    database.failToClose(close);

    Throwable thrown = catchThrowable(() -> time.await(count()));

    assertThat(thrown).hasMessage("count").hasSuppressedException(close);
    assertThat(journal.events()).containsExactly("connected", "closing");
  }
}
