package dev.withal.r2dbc;

import dev.withal.testkit.Journal;
import org.reactivestreams.Publisher;
import org.reactivestreams.Subscriber;
import org.reactivestreams.Subscription;

/** A publisher that emits what the test says, and journals what is asked of it. */
final class ManualPublisher<T> implements Publisher<T> {
  private final Journal journal;
  private Subscriber<? super T> subscriber;

  ManualPublisher(Journal journal) {
    this.journal = journal;
  }

  @Override
  public void subscribe(Subscriber<? super T> subscriber) {
    this.subscriber = subscriber;
    journal.add("subscribe");
    subscribed();
  }

  /** Gives the subscriber a subscription, one more each time. */
  void subscribed() {
    subscriber.onSubscribe(
        new Subscription() {
          @Override
          public void request(long elements) {
            journal.add("request " + (elements == Long.MAX_VALUE ? "all" : elements));
          }

          @Override
          public void cancel() {
            journal.add("cancel");
          }
        });
  }

  void emit(T element) {
    subscriber.onNext(element);
  }

  void fail(Throwable error) {
    subscriber.onError(error);
  }

  void complete() {
    subscriber.onComplete();
  }
}
