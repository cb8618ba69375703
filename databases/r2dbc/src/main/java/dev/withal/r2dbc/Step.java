package dev.withal.r2dbc;

import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import org.reactivestreams.Subscription;
import reactor.core.CoreSubscriber;

/**
 * A step that a driver takes for a context, such as beginning a transaction, of which only the end
 * matters.
 *
 * <p>Design: every use takes several steps, and no code outside can cancel one. So it is much less
 * than a {@link Consumption}: it requests all elements at once.
 */
final class Step implements CoreSubscriber<Object> {
  private final CompletableFuture<@Nullable Void> end = new CompletableFuture<>();
  private @Nullable Subscription subscription;

  private Step() {}

  /** {@return the end of the step that a call returns; the call may throw instead} */
  static CompletableFuture<@Nullable Void> take(Supplier<? extends Publisher<?>> call) {
    var step = new Step();
    try {
      Objects.requireNonNull(call.get(), Consumption.NO_PUBLISHER).subscribe(step);
    } catch (Throwable error) {
      step.end.completeExceptionally(error);
    }
    return step.end;
  }

  /**
   * {@return a stage that ends as the future does, and that no other code can end}
   *
   * <p>A future that is done is returned as such, so that reading it needs no callback.
   */
  static <T extends @Nullable Object> CompletionStage<T> readOnly(CompletableFuture<T> future) {
    return future.isDone() ? future : future.minimalCompletionStage();
  }

  @Override
  public void onSubscribe(Subscription given) {
    if (subscription == null) {
      subscription = given;
      given.request(Long.MAX_VALUE);
    } else {
      given.cancel();
    }
  }

  @Override
  public void onNext(Object element) {
    Objects.requireNonNull(element, "element");
  }

  @Override
  public void onError(Throwable error) {
    end.completeExceptionally(Objects.requireNonNull(error, "error"));
  }

  @Override
  public void onComplete() {
    end.complete(null);
  }
}
