package dev.withal.r2dbc;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Flow;

/** Asks for one row, and cancels when it has it. */
final class OneRow implements Flow.Subscriber<Object> {
  private final CompletableFuture<Object> taken;
  private Flow.Subscription subscription;

  OneRow(CompletableFuture<Object> taken) {
    this.taken = taken;
  }

  @Override
  public void onSubscribe(Flow.Subscription given) {
    subscription = given;
    given.request(1);
  }

  @Override
  public void onNext(Object row) {
    subscription.cancel();
    taken.complete(row);
  }

  @Override
  public void onError(Throwable error) {
    taken.completeExceptionally(error);
  }

  @Override
  public void onComplete() {
    taken.cancel(false);
  }
}
