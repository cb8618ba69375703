package dev.withal.reactor;

import org.reactivestreams.Publisher;
import org.reactivestreams.Subscriber;
import org.reactivestreams.Subscription;

/** A publisher whose signals a test gives itself, and that takes no notice of a cancellation. */
final class Emitter<T> implements Publisher<T> {
  Subscriber<? super T> subscriber;

  @Override
  public void subscribe(Subscriber<? super T> subscriber) {
    this.subscriber = subscriber;
    subscriber.onSubscribe(
        new Subscription() {
          @Override
          public void request(long n) {}

          @Override
          public void cancel() {}
        });
  }
}
