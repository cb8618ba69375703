package dev.withal.files;

import dev.withal.Async;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Flow;
import org.jspecify.annotations.Nullable;

/** Takes one element, and no more. */
final class Taken<T> implements Flow.Subscriber<T> {
  private final CompletableFuture<@Nullable T> first = new CompletableFuture<>();
  private Flow.@Nullable Subscription subscription;

  @Nullable T next() throws Exception {
    return Async.<@Nullable T, Exception>await(first);
  }

  @Override
  public void onSubscribe(Flow.Subscription given) {
    subscription = given;
    given.request(1);
  }

  @Override
  public void onNext(T element) {
    Objects.requireNonNull(subscription).cancel();
    first.complete(element);
  }

  @Override
  public void onError(Throwable error) {
    first.completeExceptionally(error);
  }

  @Override
  public void onComplete() {
    first.complete(null);
  }
}
