package dev.withal.r2dbc;

import io.r2dbc.spi.Result;
import java.util.concurrent.CompletableFuture;
import org.reactivestreams.Subscriber;
import org.reactivestreams.Subscription;

/** Asks for one result, and doesn't read it. */
final class KeepsItsResult implements Subscriber<Result> {
  private final CompletableFuture<Result> kept;
  private Subscription subscription;

  KeepsItsResult(CompletableFuture<Result> kept) {
    this.kept = kept;
  }

  Subscription subscription() {
    return subscription;
  }

  @Override
  public void onSubscribe(Subscription given) {
    subscription = given;
    given.request(1);
  }

  @Override
  public void onNext(Result result) {
    kept.complete(result);
  }

  @Override
  public void onError(Throwable error) {
    kept.completeExceptionally(error);
  }

  @Override
  public void onComplete() {}
}
