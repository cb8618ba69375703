package dev.withal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Flow;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/** A subscriber for one element keeps the rules of Reactive Streams, whatever a publisher does. */
class AsyncOneRulesTest extends OnePublisher {

  @Test
  void subscribe_throws_failsWithThat() {
    var failure = new IllegalStateException("subscribe");
    CompletableFuture<String> one =
        Async.one(_ -> {
          throw failure;
        });

    assertThat(one.exceptionNow()).isSameAs(failure);
    assertThat(reports).isEmpty();
  }

  @Test
  void subscribe_throwsAfterTheSubscription_cancelsThat() {
    var failure = new IllegalStateException("subscribe");
    CompletableFuture<String> one =
        Async.one(subscriber -> {
          subscriber.onSubscribe(first);
          throw failure;
        });

    assertThat(one.exceptionNow()).isSameAs(failure);
    assertThat(journal.events()).containsExactly("first request 2", "first cancel");
  }

  @Test
  void subscribe_throwsAfterTheEnd_keepsTheElementAndReports() {
    var failure = new IllegalStateException("subscribe");
    CompletableFuture<String> one =
        Async.one(subscriber -> {
          subscriber.onSubscribe(first);
          subscriber.onNext("element");
          subscriber.onComplete();
          throw failure;
        });

    assertThat(one).isCompletedWithValue("element");
    assertThat(reports)
        .singleElement()
        .satisfies(report -> {
          assertThat(report.kind()).isEqualTo(Report.Kind.FAILED_CALLBACK);
          assertThat(report.error()).isSameAs(failure);
        });
  }

  @Test
  void request_throws_failsWithThatAndCancels() {
    var failure = new IllegalStateException("request");
    CompletableFuture<String> one = Async.one(publisher);

    publisher.subscriber().onSubscribe(new Noting("broken", failure));

    assertThat(one.exceptionNow()).isSameAs(failure);
    assertThat(journal.events()).containsExactly("broken request 2", "broken cancel");
  }

  @Test
  void onSubscribe_again_cancelsTheSecond() {
    CompletableFuture<String> one = subscribed();

    publisher.subscriber().onSubscribe(new Noting("second", null));
    publisher.subscriber().onNext("element");
    publisher.subscriber().onComplete();

    assertThat(one).isCompletedWithValue("element");
    assertThat(journal.events()).containsExactly("first request 2", "second cancel");
  }

  @Test
  void onSubscribe_ofNull_isRefusedAndFailsTheFuture() {
    refusesNull(subscriber -> subscriber.onSubscribe(null), "a subscription");

    assertThat(journal.events()).isEmpty();
  }

  @Test
  void onNext_ofNull_isRefusedAndCancels() {
    refusesNull(
        subscriber -> {
          subscriber.onSubscribe(first);
          subscriber.onNext(null);
        },
        "an element");

    assertThat(journal.events()).containsExactly("first request 2", "first cancel");
  }

  @Test
  void onError_ofNull_isRefusedAndFailsTheFuture() {
    refusesNull(
        subscriber -> {
          subscriber.onSubscribe(first);
          subscriber.onError(null);
        },
        "an error");

    assertThat(journal.events()).containsExactly("first request 2", "first cancel");
  }

  private void refusesNull(Consumer<Flow.Subscriber<? super String>> signal, String what) {
    CompletableFuture<String> one = Async.one(publisher);

    assertThatThrownBy(() -> signal.accept(publisher.subscriber()))
        .isInstanceOf(NullPointerException.class)
        .hasMessage("the publisher gave null as " + what);
    assertThat(one.exceptionNow()).isInstanceOf(NullPointerException.class);
  }

  @Test
  void signals_afterTheEnd_changeNothing() {
    CompletableFuture<String> one = subscribed();
    publisher.subscriber().onNext("element");
    publisher.subscriber().onComplete();

    publisher.subscriber().onNext("late");
    publisher.subscriber().onError(error);
    publisher.subscriber().onSubscribe(new Noting("late", null));

    assertThat(one).isCompletedWithValue("element");
    assertThat(journal.events()).containsExactly("first request 2", "late cancel");
  }

  @Test
  void publisher_isNull_isRefused() {
    assertThatThrownBy(() -> Async.one(null))
        .isInstanceOf(NullPointerException.class)
        .hasMessage("publisher");
  }
}
