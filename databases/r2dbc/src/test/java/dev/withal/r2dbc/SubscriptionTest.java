package dev.withal.r2dbc;

import static org.assertj.core.api.Assertions.assertThat;

import dev.withal.testkit.Journal;
import dev.withal.testkit.LeakCheck;
import io.r2dbc.spi.Readable;
import io.r2dbc.spi.Result;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.reactivestreams.Publisher;
import org.reactivestreams.Subscriber;
import org.reactivestreams.Subscription;

/** What is asked of a publisher, when, and when it is cancelled. */
@ExtendWith(LeakCheck.class)
class SubscriptionTest {
  private final Journal journal = new Journal();
  private final IOException broken = new IOException("broken");
  private final ManualPublisher<Object> publisher = new ManualPublisher<>(journal);
  private final ManualPublisher<Object> rows = new ManualPublisher<>(journal);

  @Test
  void completion_severalElements_areRequestedOneByOne() {
    CompletableFuture<Void> future = R2dbc.completion(publisher);

    publisher.emit("one");
    publisher.emit("other");
    assertThat(future).isNotDone();
    publisher.complete();

    assertThat(future).isCompletedWithValue(null);
    assertThat(journal.events())
        .containsExactly("subscribe", "request 1", "request 1", "request 1");
  }

  @Test
  void completion_result_isReadBeforeTheNextIsRequested() {
    CompletableFuture<Void> future = R2dbc.completion(publisher);

    publisher.emit(new ManualResult(rows));
    assertThat(journal.events())
        .containsExactly("subscribe", "request 1", "subscribe", "request all");
    rows.complete();
    assertThat(future).isNotDone();
    publisher.complete();

    assertThat(future).isCompletedWithValue(null);
    assertThat(journal.events())
        .containsExactly("subscribe", "request 1", "subscribe", "request all", "request 1");
  }

  @Test
  void completion_publisherCompletesBeforeItsResult_waitsForTheResult() {
    CompletableFuture<Void> future = R2dbc.completion(publisher);

    publisher.emit(new ManualResult(rows));
    publisher.complete();
    assertThat(future).isNotDone();
    rows.complete();

    assertThat(future).isCompletedWithValue(null);
  }

  @Test
  void first_row_cancelsBeforeAnybodyIsTold() {
    CompletableFuture<Integer> future = R2dbc.first(results(), this::number);
    future.thenAccept(row -> journal.add("row " + row));

    publisher.emit(new ManualResult(rows));
    rows.emit(1);

    assertThat(journal.events())
        .containsExactly(
            "subscribe", "request 1", "subscribe", "request 1", "cancel", "cancel", "row 1");
  }

  @Test
  void first_rowWithinTheRequest_cancelsBeforeAnybodyIsTold() {
    CompletableFuture<Integer> future = R2dbc.first(results(), this::number);
    future.thenAccept(row -> journal.add("row " + row));

    publisher.emit(
        new ManualResult(
            (Publisher<Object>)
                subscriber ->
                    subscriber.onSubscribe(
                        new Subscription() {
                          @Override
                          public void request(long elements) {
                            journal.add("request rows");
                            subscriber.onNext(1);
                          }

                          @Override
                          public void cancel() {
                            journal.add("cancel rows");
                          }
                        })));

    assertThat(journal.events())
        .containsExactly(
            "subscribe", "request 1", "request rows", "cancel rows", "cancel", "row 1");
  }

  @Test
  void list_resultFails_cancelsThePublisher() {
    CompletableFuture<List<Integer>> future = R2dbc.list(results(), this::number);

    publisher.emit(new ManualResult(rows));
    rows.fail(broken);

    assertThat(future).isCompletedExceptionally();
    assertThat(future.exceptionNow()).isSameAs(broken);
    assertThat(journal.events())
        .containsExactly("subscribe", "request 1", "subscribe", "request all", "cancel");
  }

  @Test
  void completion_cancelledWhileAResultIsRead_cancelsBoth() {
    CompletableFuture<Void> future = R2dbc.completion(publisher);
    publisher.emit(new ManualResult(rows));

    future.cancel(true);

    assertThat(journal.events())
        .containsExactly("subscribe", "request 1", "subscribe", "request all", "cancel", "cancel");
  }

  @Test
  void completion_cancelledBeforeTheResultCame_doesNotReadIt() {
    CompletableFuture<Void> future = R2dbc.completion(publisher);
    future.cancel(true);

    publisher.emit(new ManualResult(rows));

    assertThat(journal.events()).containsExactly("subscribe", "request 1", "cancel");
  }

  @Test
  void completion_secondSubscription_isCancelled() {
    R2dbc.completion(publisher);

    publisher.subscribed();

    assertThat(journal.events()).containsExactly("subscribe", "request 1", "cancel");
  }

  @Test
  void completion_subscriptionComesAfterTheCancellation_isCancelledUnused() {
    var late = new LatePublisher();
    CompletableFuture<Void> future = R2dbc.completion(late);

    future.cancel(true);
    late.subscriber.onSubscribe(
        new Subscription() {
          @Override
          public void request(long elements) {
            journal.add("request " + elements);
          }

          @Override
          public void cancel() {
            journal.add("cancel");
          }
        });

    assertThat(journal.events()).containsExactly("cancel");
  }

  @Test
  void completion_publisherThatEmitsWithinRequest_isNoRecursion() {
    int many = 1_000_000;

    CompletableFuture<Void> future =
        R2dbc.completion(subscriber ->
            subscriber.onSubscribe(
                new Subscription() {
                  private int emitted;

                  @Override
                  public void request(long elements) {
                    if (emitted++ < many) {
                      subscriber.onNext("element");
                    } else {
                      subscriber.onComplete();
                    }
                  }

                  @Override
                  public void cancel() {}
                }));

    assertThat(future).isCompletedWithValue(null);
  }

  @Test
  void completion_subscribeThrows_fails() {
    var thrown = new IllegalStateException("subscribe threw");

    CompletableFuture<Void> future =
        R2dbc.completion(_ -> {
          throw thrown;
        });

    assertThat(future).isCompletedExceptionally();
    assertThat(future.exceptionNow()).isSameAs(thrown);
  }

  @Test
  void completion_resultIsNotReadable_failsAndCancels() {
    CompletableFuture<Void> future = R2dbc.completion(publisher);

    publisher.emit(new ManualResult(null));

    assertThat(future).isCompletedExceptionally();
    assertThat(future.exceptionNow())
        .isInstanceOf(NullPointerException.class)
        .hasMessage("the driver returned null instead of a publisher");
    assertThat(journal.events()).containsExactly("subscribe", "request 1", "cancel");
  }

  @Test
  void completion_subscriptionThrows_fails() {
    var thrown = new IllegalStateException("request threw");

    CompletableFuture<Void> future =
        R2dbc.completion(subscriber ->
            subscriber.onSubscribe(
                new Subscription() {
                  @Override
                  public void request(long elements) {
                    throw thrown;
                  }

                  @Override
                  public void cancel() {}
                }));

    assertThat(future).isCompletedExceptionally();
    assertThat(future.exceptionNow()).isSameAs(thrown);
  }

  private int number(Readable row) {
    return row.get(0, Integer.class);
  }

  @SuppressWarnings("unchecked") // it emits what the test says
  private Publisher<Result> results() {
    return (Publisher<Result>) (Publisher<?>) publisher;
  }

  /** Takes a subscriber and doesn't give it a subscription yet. */
  private static final class LatePublisher implements Publisher<Object> {
    Subscriber<? super Object> subscriber;

    @Override
    public void subscribe(Subscriber<? super Object> subscriber) {
      this.subscriber = subscriber;
    }
  }
}
