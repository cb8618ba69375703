package dev.withal.files;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Flow;

/** A subscriber that keeps what it gets. */
final class Collected<T> implements Flow.Subscriber<T> {
  final List<T> elements = new ArrayList<>();
  final CompletableFuture<List<T>> done = new CompletableFuture<>();
  Flow.Subscription subscription;
  private final long demand;

  Collected(long demand) {
    this.demand = demand;
  }

  @Override
  public void onSubscribe(Flow.Subscription given) {
    subscription = given;
    given.request(demand);
  }

  @Override
  public void onNext(T element) {
    elements.add(element);
  }

  @Override
  public void onError(Throwable error) {
    done.completeExceptionally(error);
  }

  @Override
  public void onComplete() {
    done.complete(elements);
  }
}
