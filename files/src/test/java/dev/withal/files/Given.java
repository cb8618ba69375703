package dev.withal.files;

import java.util.ArrayDeque;
import java.util.List;
import java.util.concurrent.Flow;

/** Publishes what it was given. */
record Given<T>(List<T> elements) implements Flow.Publisher<T> {
  @Override
  public void subscribe(Flow.Subscriber<? super T> subscriber) {
    var left = new ArrayDeque<>(elements);
    subscriber.onSubscribe(
        new Flow.Subscription() {
          @Override
          public void request(long count) {
            T next = left.poll();
            if (next == null) {
              subscriber.onComplete();
            } else {
              subscriber.onNext(next);
            }
          }

          @Override
          public void cancel() {}
        });
  }
}
