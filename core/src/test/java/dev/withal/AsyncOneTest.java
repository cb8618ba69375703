package dev.withal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Flow;
import java.util.concurrent.SubmissionPublisher;
import org.junit.jupiter.api.Test;

/** The one element of a publisher; {@link AsyncOneRulesTest} has publishers that break rules. */
class AsyncOneTest extends OnePublisher {
  // ---- what a publisher may do -----------------------------------------------------------------

  @Test
  void one_ofOneElement_completesWithItAtThePublishersEnd() {
    CompletableFuture<String> one = subscribed();

    publisher.subscriber().onNext("element");
    assertThat(one).isNotDone();
    publisher.subscriber().onComplete();

    assertThat(one).isCompletedWithValue("element");
    assertThat(journal.events()).containsExactly("first request 2");
  }

  @Test
  void one_ofNone_completesWithNull() {
    CompletableFuture<String> one = subscribed();

    publisher.subscriber().onComplete();

    assertThat(one).isCompletedWithValue(null);
    assertThat(journal.events()).containsExactly("first request 2");
  }

  @Test
  void one_ofTwoElements_failsAndCancels() {
    CompletableFuture<String> one = subscribed();

    publisher.subscriber().onNext("element");
    publisher.subscriber().onNext("another");

    assertThat(one.exceptionNow())
        .isExactlyInstanceOf(IllegalStateException.class)
        .hasMessage("the publisher has more than one element: take a list of them");
    assertThat(journal.events()).containsExactly("first request 2", "first cancel");
  }

  @Test
  void one_publisherFails_failsWithThat() {
    CompletableFuture<String> one = subscribed();

    publisher.subscriber().onNext("element");
    publisher.subscriber().onError(error);

    assertThat(one.exceptionNow()).isSameAs(error);
    assertThat(journal.events()).containsExactly("first request 2");
  }

  @Test
  void one_publisherFailsAtOnce_failsWithThat() {
    CompletableFuture<String> one =
        Async.one(subscriber -> {
          subscriber.onSubscribe(first);
          subscriber.onError(error);
        });

    assertThat(one.exceptionNow()).isSameAs(error);
    assertThat(journal.events()).containsExactly("first request 2");
  }

  @Test
  void one_ofARealPublisher_hearsItOnItsThreads() throws Exception {
    try (var real = new SubmissionPublisher<String>()) {
      CompletableFuture<String> one = Async.one(real);
      real.submit("element");
      real.close();

      assertThat(Async.await(one)).isEqualTo("element");
      assertThat(real.getNumberOfSubscribers()).isZero();
    }
  }

  @Test
  void one_ofARealPublisherThatFails_failsWithThat() {
    try (var real = new SubmissionPublisher<String>()) {
      CompletableFuture<String> one = Async.one(real);
      real.closeExceptionally(error);

      assertThatThrownBy(() -> Async.await(one)).isSameAs(error);
    }
  }

  @Test
  void one_ofARealPublisherIsCancelled_unsubscribes() {
    try (var real = new SubmissionPublisher<String>(Runnable::run, 1)) {
      CompletableFuture<String> one = Async.one(real);
      assertThat(real.getNumberOfSubscribers()).isEqualTo(1);

      one.cancel(true);
      real.submit("element");

      assertThat(real.getNumberOfSubscribers()).isZero();
      assertThat(one).isCancelled();
    }
  }

  // ---- nobody wants it any more ----------------------------------------------------------------

  @Test
  void future_isCancelled_cancelsTheSubscriptionAndIsDoneAtOnce() {
    CompletableFuture<String> one = subscribed();

    one.cancel(true);
    assertThat(one).isCancelled();
    one.cancel(true);
    publisher.subscriber().onNext("late");
    publisher.subscriber().onComplete();

    assertThat(journal.events()).containsExactly("first request 2", "first cancel");
  }

  @Test
  void future_isCancelledOnAnotherThread_cancelsTheSubscription() throws Exception {
    CompletableFuture<String> one = subscribed();

    Thread.ofVirtual().start(() -> one.cancel(true)).join();

    assertThat(journal.events()).containsExactly("first request 2", "first cancel");
  }

  @Test
  void future_isCompletedByItsCaller_cancelsTheSubscription() {
    CompletableFuture<String> one = subscribed();

    one.complete("mine");

    assertThat(one).isCompletedWithValue("mine");
    assertThat(journal.events()).containsExactly("first request 2", "first cancel");
  }

  @Test
  void future_isCancelledBeforeTheSubscription_cancelsThatAsItComes() {
    CompletableFuture<String> one = Async.one(publisher);

    one.cancel(true);
    publisher.subscriber().onSubscribe(first);

    assertThat(journal.events()).containsExactly("first cancel");
  }

  @Test
  void cancellation_fails_isReported() {
    var failure = new IllegalStateException("cancel");
    CompletableFuture<String> one = Async.one(publisher);
    publisher
        .subscriber()
        .onSubscribe(
            new Flow.Subscription() {
              @Override
              public void request(long n) {
                journal.add("request " + n);
              }

              @Override
              public void cancel() {
                throw failure;
              }
            });

    one.cancel(true);

    assertThat(one).isCancelled();
    assertThat(reports)
        .singleElement()
        .satisfies(report -> {
          assertThat(report.kind()).isEqualTo(Report.Kind.FAILED_CALLBACK);
          assertThat(report.error()).isSameAs(failure);
        });
  }
}
