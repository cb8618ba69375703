package dev.withal.tasks;

import dev.withal.AsyncBody;
import dev.withal.AsyncContextManager;
import dev.withal.Cancellation;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * A loop over elements in stage style.
 *
 * <p>Design: whoever takes {@code work} from zero goes on for all who come by meanwhile, so that
 * elements that are there already, and actions that end at once, cost no recursion.
 */
final class ForEach<T> {
  private static final AsyncContextManager<@Nullable Void> LOOP =
      AsyncContextManager.<@Nullable Void>ofValue(null)
          .named("forEachAsync")
          .grace(Duration.ofSeconds(Long.MAX_VALUE));

  private final Elements<T> elements;
  private final AsyncBody<? super T, ?> action;
  private final Cancellation cancellation;
  private final CompletableFuture<@Nullable Void> over = new CompletableFuture<>();
  private final AtomicInteger work = new AtomicInteger();
  private volatile @Nullable CompletableFuture<Optional<T>> pending;

  private ForEach(Elements<T> elements, AsyncBody<? super T, ?> action, Cancellation cancellation) {
    this.elements = elements;
    this.action = action;
    this.cancellation = cancellation;
  }

  static <T> CompletableFuture<@Nullable Void> run(
      Elements<T> elements, AsyncBody<? super T, ?> action) {
    return LOOP.<@Nullable Void>useAsync((ignored, cancellation) -> {
      var loop = new ForEach<T>(elements, action, cancellation);
      cancellation.onRequest(unused -> loop.leave());
      loop.goOn();
      return loop.over;
    });
  }

  /** Takes no more elements. */
  private void leave() {
    CompletableFuture<Optional<T>> next = pending;
    if (next != null) {
      next.cancel(false);
    }
  }

  private void goOn() {
    if (work.getAndIncrement() != 0) {
      return;
    }
    int seen = 1;
    while (seen != 0) {
      try {
        step();
      } catch (Throwable error) {
        over.completeExceptionally(error);
      }
      seen = work.addAndGet(-seen);
    }
  }

  private void step() {
    if (over.isDone()) {
      return;
    }
    if (cancellation.reason() != null) {
      over.complete(null);
      return;
    }
    CompletableFuture<Optional<T>> next = elements.nextAsync();
    pending = next;
    // Guard against race with a request, which did not find it yet.
    if (cancellation.reason() != null) {
      next.cancel(false);
    }
    next.whenComplete((element, error) -> {
      if (error != null) {
        over.completeExceptionally(error);
      } else if (element.isEmpty()) {
        over.complete(null);
      } else {
        act(element.get());
      }
    });
  }

  private void act(T element) {
    try {
      Objects.requireNonNull(action.apply(element), "the action returned null: return a stage")
          .whenComplete((ignored, error) -> {
            if (error != null) {
              over.completeExceptionally(error);
            }
            goOn();
          });
    } catch (Throwable error) {
      over.completeExceptionally(error);
    }
  }
}
