package dev.withal.guide;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.withal.Async;
import dev.withal.AsyncContextManager;
import dev.withal.Body;
import dev.withal.guide.Database.Connection;
import dev.withal.testkit.Journal;
import dev.withal.testkit.LeakCheck;
import dev.withal.testkit.VirtualTime;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** What the guide says on running one manager. */
@ExtendWith(LeakCheck.class)
class RunningTest {
  private final Journal journal = new Journal();
  private final Database database = new Database(journal);
  private final AsyncContextManager<Connection> connection =
      AsyncContextManager.closing(database::connectAsync, Connection::closeAsync);

  @Test
  void use_returnsWhatTheBodyReturned(VirtualTime time) throws Exception {
    // @start region="one-use"
    int orders =
        connection.use(c -> {
          Async.await(c.executeAsync("insert"));
          return Async.await(c.countAsync("orders"));
        });
    // @end

    assertThat(orders).isEqualTo(3);
    assertThat(journal.events())
        .containsExactly("connected", "insert", "counted orders", "closing", "closed");
  }

  @Test
  void run_takesABodyWithoutAValue(VirtualTime time) throws Exception {
    // @start region="no-value"
    connection.run(c -> Async.await(c.executeAsync("insert")));
    // @end

    assertThat(journal.events()).containsExactly("connected", "insert", "closing", "closed");
  }

  @Test
  void useAsync_completesWithWhatTheBodyCompletedWith(VirtualTime time) throws Exception {
    // @start region="one-use-async"
    CompletableFuture<Integer> orders =
        connection.useAsync(c -> c.executeAsync("insert").thenCompose(_ -> c.countAsync("orders")));
    // @end

    assertThat(time.await(orders)).isEqualTo(3);
    assertThat(journal.events())
        .containsExactly("connected", "insert", "counted orders", "closing", "closed");
  }

  @Test
  void use_bodyThrowsAChecked_throwsIt(VirtualTime time) {
    Throwable thrown = catchThrowable(this::readOrders);

    assertThat(thrown).isExactlyInstanceOf(IOException.class);
    assertThat(journal.events()).containsExactly("connected", "closing", "closed");
  }

  // @start region="checked"
  String readOrders() throws IOException, InterruptedException {
    return connection.use(_ -> {
      throw new IOException("no orders");
    });
  }

  // @end

  @Test
  void run_ofAMain_returnsItsResult(VirtualTime time) throws Exception {
    // @start region="call"
    int orders = Async.call(() -> connection.use(c -> Async.await(c.countAsync("orders"))));
    // @end

    assertThat(orders).isEqualTo(3);
    assertThat(journal.events())
        .containsExactly("connected", "counted orders", "closing", "closed");
  }

  // @start region="run"
  void main() throws InterruptedException {
    Async.run(() -> connection.run(c -> Async.await(c.executeAsync("insert"))));
  }

  // @end

  @Test
  void run_ofAMainWithoutAResult_ends(VirtualTime time) throws Exception {
    main();

    assertThat(journal.events()).containsExactly("connected", "insert", "closing", "closed");
  }

  @Test
  void untilShutdown_ofAMain_waitsInsideItsContexts(VirtualTime time) throws Exception {
    var ended = new CompletableFuture<Throwable>();
    Thread process =
        time.start(() -> {
          try {
            // @start region="serve"
            Async.run(
                Duration.ofSeconds(30),
                () ->
                    connection.run(c -> {
                      journal.add("serving");
                      Async.untilShutdown(Duration.ofSeconds(20));
                    }));
            // @end
          } catch (InterruptedException interrupted) {
            ended.complete(interrupted);
          }
        });
    time.advance(Duration.ofHours(1));
    time.interrupt(process);

    assertThat(time.await(ended)).isExactlyInstanceOf(InterruptedException.class);
    assertThat(journal.events()).containsExactly("connected", "serving", "closing", "closed");
  }

  @Test
  void wrap_boundsEachCall(VirtualTime time) throws Exception {
    Connection connected = time.await(database.connectAsync());

    // @start region="wrap"
    var limit = Async.timeout(Duration.ofSeconds(2));

    Body<String, Integer, InterruptedException> count =
        limit.wrap(table -> Async.await(connected.countAsync(table)));
    Function<String, CompletableFuture<Integer>> countAsync =
        limit.wrapAsync(connected::countAsync);
    // @end

    assertThat(count.apply("orders")).isEqualTo(3);
    assertThat(time.await(countAsync.apply("customers"))).isEqualTo(3);
    assertThat(journal.events())
        .containsExactly("connected", "counted orders", "counted customers");
  }

  @Test
  void await_ofAUse_givesItsErrorUnwrapped(VirtualTime time) {
    var error = new IOException("body");

    Throwable thrown =
        catchThrowable(
            () -> Async.await(connection.useAsync(_ -> CompletableFuture.failedFuture(error))));

    assertThat(thrown).isSameAs(error);
    assertThat(journal.events()).containsExactly("connected", "closing", "closed");
  }
}
