package dev.withal.r2dbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.withal.Async;
import dev.withal.testkit.Journal;
import dev.withal.testkit.LeakCheck;
import io.r2dbc.spi.Result;
import java.util.ArrayList;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Flux;

/** What a driver is told, and when, once nobody wants the rows of a statement any more. */
@ExtendWith(LeakCheck.class)
class GivenUpRowsTest {
  private final Journal journal = new Journal();
  private final ManualPublisher<Result> results = new ManualPublisher<>(new Journal());
  private final ManualPublisher<Object> rows = new ManualPublisher<>(journal);
  private final Admission admission = new Admission("orders", _ -> {}, () -> null, new Unread());

  @Test
  void rows_areCancelledWhileOneIsDue_driverIsToldAsItComes() {
    CompletableFuture<?> all = R2dbc.list(admission.guard(results, 1), row -> row);
    results.emit(new ManualResult(rows));
    rows.emit("first");

    all.cancel(true);
    CompletableFuture<Void> over = admission.close();
    assertThat(over).isNotDone();
    rows.emit("second");

    assertThat(journal.events()).containsExactly("subscribe", "request all", "cancel");
  }

  @Test
  void rows_areCancelledWhileNoneIsDue_driverIsToldAtOnce() {
    var taken = new CompletableFuture<Object>();
    R2dbc.rows(admission.guard(results, 1), row -> row).subscribe(new OneRow(taken));
    results.emit(new ManualResult(rows));
    rows.emit("first");

    assertThat(taken).isCompletedWithValue("first");
    assertThat(journal.events()).containsExactly("subscribe", "request 1", "cancel");
  }

  @Test
  void rows_areCancelledAndComeToTheirEnd_driverIsNotTold() {
    CompletableFuture<?> all = R2dbc.list(admission.guard(results, 1), row -> row);
    results.emit(new ManualResult(rows));

    all.cancel(true);
    rows.complete();
    results.complete();

    assertThat(admission.close()).isCompleted();
    assertThat(journal.events()).containsExactly("subscribe", "request all");
  }

  /** A driver waits for who has a result to read it, and keeps what it has in its buffers. */
  @Test
  void result_comesAsNobodyWantsIt_isReadToItsEnd() {
    CompletableFuture<?> all = R2dbc.list(admission.guard(results, 1), row -> row);

    all.cancel(true);
    results.emit(new ManualResult(rows));
    CompletableFuture<Void> over = admission.close();

    assertThat(over).isNotDone();
    assertThat(journal.events()).containsExactly("subscribe", "request all");
    rows.complete();
    results.complete();
    assertThat(over).isCompleted();
  }

  /** Whoever has it may cancel first and then read: {@code Mono.from} does. */
  @Test
  void result_isKeptUnreadAndItsStatementCancelled_isReadAsTheNextStatementComes() {
    var kept = new CompletableFuture<Result>();
    cancelKeeping(kept);
    assertThat(journal.events()).isEmpty();

    R2dbc.completion(admission.guard(new ManualPublisher<>(new Journal()), 1));

    assertThat(journal.events()).containsExactly("subscribe", "request all");
    assertThat(R2dbc.completion(kept.resultNow().getRowsUpdated())).isCompletedExceptionally();
  }

  @Test
  void result_isKeptUnreadAndItsStatementCancelled_isReadByTheExit() {
    cancelKeeping(new CompletableFuture<>());

    CompletableFuture<Void> over = admission.close();

    assertThat(over).isNotDone();
    assertThat(journal.events()).containsExactly("subscribe", "request all");
    rows.complete();
    assertThat(over).isCompleted();
  }

  private void cancelKeeping(CompletableFuture<Result> kept) {
    var subscriber = new KeepsItsResult(kept);
    admission.guard(results, 1).subscribe(subscriber);
    results.emit(new ManualResult(rows));
    assertThat(kept).isCompleted();
    subscriber.subscription().cancel();
  }

  /** Or the driver reads a cursor to its end, for nobody. */
  @Test
  void rows_areTakenFromAFluxOfResults_statementIsCancelledWithThem() {
    var asked = new Journal();
    var source = new ManualPublisher<Result>(asked);
    var five = new ArrayList<Integer>();
    Flux.from(admission.guard(source, 1))
        .flatMap(result -> result.map(row -> row.get(0, Integer.class)))
        .take(2)
        .subscribe(five::add);
    source.emit(new ManualResult(rows));
    rows.emit(1);
    rows.emit(2);

    rows.emit(3);

    assertThat(five).containsExactly(1, 2);
    assertThat(journal.events()).last().isEqualTo("cancel");
    assertThat(asked.events()).containsExactly("subscribe", "request 256", "cancel");
    assertThat(admission.close()).isCompleted();
  }

  @Test
  void statement_isReadInAContextOfReactor_driverSeesIt() {
    var seen = new ArrayList<String>();
    Publisher<Object> read =
        Flux.deferContextual(context -> {
          seen.add("rows for " + context.get("user"));
          return Flux.empty();
        });
    Publisher<Result> sent =
        Flux.deferContextual(context -> {
          seen.add("statement of " + context.get("user"));
          return Flux.just(new ManualResult(read));
        });

    Flux.concat(admission.guard(sent, 1), admission.guardReadings(sent))
        .concatMap(Result::getRowsUpdated)
        .contextWrite(context -> context.put("user", "Ada"))
        .subscribe();

    assertThat(seen)
        .containsExactly("statement of Ada", "rows for Ada", "statement of Ada", "rows for Ada");
  }

  /** At whichever row: the connection goes on to work. */
  @ParameterizedTest
  @ValueSource(ints = {0, 100})
  void readOfManyRows_isCancelledAtAnyRow_endsAndKeepsItsConnection(int fetchSize)
      throws Exception {
    R2dbc.pool(Postgres.url(), PoolSettings.ofSize(1))
        .use(pool -> {
          int own = Backends.pids(pool, 1).getFirst();
          for (int i = 0; i < 150; i++) {
            int last = (i * 137) % 5000;
            var reached = new CompletableFuture<Void>();
            int[] seen = {0};
            CompletableFuture<?> use =
                pool.transaction()
                    .useAsync((connection, cancellation) -> {
                      if (last == 0) {
                        reached.complete(null);
                      }
                      return cancellation
                          .cancelling(
                              R2dbc.list(
                                  connection
                                      .createStatement("select g from generate_series(1, 5000) g")
                                      .fetchSize(fetchSize)
                                      .execute(),
                                  row -> {
                                    if (++seen[0] == last) {
                                      reached.complete(null);
                                    }
                                    return row.get(0, Integer.class);
                                  }))
                          // The last rows may come before the request.
                          .thenCompose(_ -> cancellation.cancelling(new CompletableFuture<>()));
                    });
            Async.await(reached);
            use.cancel(true);

            assertThat(catchThrowable(() -> Async.await(use)))
                .as("cancelled at row %s", last)
                .isInstanceOf(CancellationException.class)
                .hasNoSuppressedExceptions();
          }
          assertThat(Backends.pids(pool, 1)).containsExactly(own);
          return null;
        });
  }
}
