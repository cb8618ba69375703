package dev.withal.files;

import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Flow;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/**
 * Writes the elements of a publisher, one after the other, and counts. It requests the next one
 * when the last one is written. A failure of the future other than the publisher's, such as its
 * cancellation, ends the subscription and the current write.
 */
final class Written<T> implements Flow.Subscriber<T> {
  private final ToLongFunction<? super T> counted;
  private final Function<? super T, ? extends CompletableFuture<?>> write;
  private final CompletableFuture<Long> total = new CompletableFuture<>();
  private Flow.@Nullable Subscription subscription;
  private volatile boolean publisherFailed;
  private volatile CompletableFuture<?> current = CompletableFuture.completedFuture(null);

  private final AtomicLong written = new AtomicLong();

  /** The publisher, until it has completed, and the current write. */
  private final AtomicInteger open = new AtomicInteger(1);

  private Written(
      ToLongFunction<? super T> counted,
      Function<? super T, ? extends CompletableFuture<?>> write) {
    this.counted = counted;
    this.write = write;
  }

  /**
   * @param counted for how much an element counts, before it is written
   * @param write writes an element; the future is cancelled if nobody wants it any more
   */
  static <T> CompletableFuture<Long> start(
      Flow.Publisher<? extends T> publisher,
      ToLongFunction<? super T> counted,
      Function<? super T, ? extends CompletableFuture<?>> write) {
    var written = new Written<T>(counted, write);
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
    total.whenComplete((ignored, failure) -> {
      if (failure != null && !publisherFailed) {
        given.cancel();
        current.cancel(true);
      }
    });
    given.request(1);
  }

  @Override
  public void onNext(T element) {
    Objects.requireNonNull(element, "element");
    open.incrementAndGet();
    long count = counted.applyAsLong(element);
    CompletableFuture<?> writing;
    try {
      writing = write.apply(element);
    } catch (Throwable refusal) {
      // A subscriber must not throw.
      total.completeExceptionally(refusal);
      return;
    }
    current = writing;
    // Guard against race with a failure of the future, which found the last write.
    if (total.isCompletedExceptionally()) {
      writing.cancel(true);
    }
    writing.whenComplete((ignored, failure) -> {
      if (failure != null) {
        total.completeExceptionally(failure);
        return;
      }
      written.addAndGet(count);
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
      total.complete(written.get());
    }
  }
}
