package dev.withal.files;

import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Writes the elements of a publisher, one after the other, and counts. It requests the next one
 * when the last one is written.
 */
final class Written<T> implements Flow.Subscriber<T> {
  private final Function<? super T, ? extends CompletionStage<Long>> write;
  private final CompletableFuture<Long> total = new CompletableFuture<>();
  private Flow.@Nullable Subscription subscription;
  private volatile boolean publisherFailed;

  private final AtomicLong count = new AtomicLong();

  /** The publisher, until it has completed, and the current write. */
  private final AtomicInteger open = new AtomicInteger(1);

  private Written(Function<? super T, ? extends CompletionStage<Long>> write) {
    this.write = write;
  }

  static <T> CompletableFuture<Long> start(
      Flow.Publisher<T> publisher, Function<? super T, ? extends CompletionStage<Long>> write) {
    var written = new Written<T>(write);
    publisher.subscribe(written);
    return written.total;
  }

  @Override
  public void onSubscribe(Flow.Subscription given) {
    if (subscription != null) {
      given.cancel();
      return;
    }
    subscription = given;
    // A cancellation or a failure of the future also cancels the subscription.
    total.whenComplete((ignored, failure) -> {
      if (failure != null && !publisherFailed) {
        given.cancel();
      }
    });
    given.request(1);
  }

  @Override
  public void onNext(T element) {
    Objects.requireNonNull(element, "element");
    open.incrementAndGet();
    CompletionStage<Long> writing;
    try {
      writing = write.apply(element);
    } catch (Throwable refusal) {
      // A subscriber must not throw.
      total.completeExceptionally(refusal);
      return;
    }
    writing.whenComplete((more, failure) -> {
      if (failure != null) {
        total.completeExceptionally(failure);
        return;
      }
      count.addAndGet(more);
      end();
      Objects.requireNonNull(subscription).request(1);
    });
  }

  @Override
  public void onError(Throwable error) {
    Objects.requireNonNull(error, "error");
    publisherFailed = true;
    total.completeExceptionally(error);
  }

  @Override
  public void onComplete() {
    end();
  }

  private void end() {
    if (open.decrementAndGet() == 0) {
      total.complete(count.get());
    }
  }
}
