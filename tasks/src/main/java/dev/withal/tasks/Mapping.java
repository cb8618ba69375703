package dev.withal.tasks;

import dev.withal.AsyncBody;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * Begins a task for each item, a bounded number of them at the same time.
 *
 * <p>Design: whoever takes {@code work} from zero begins what may begin, and once more for everyone
 * who came by meanwhile; so a task that ends at once costs no recursion.
 */
final class Mapping<T extends @Nullable Object, R extends @Nullable Object> {
  private final TaskGroup group;
  private final Iterator<? extends T> items;
  private final AsyncBody.Cancellable<? super T, ? extends R> function;
  private final int width;
  private final AtomicInteger running = new AtomicInteger();
  private final AtomicInteger work = new AtomicInteger();
  private final CompletableFuture<List<R>> all = new CompletableFuture<>();
  private final List<CompletableFuture<R>> begun = new ArrayList<>();

  Mapping(
      TaskGroup group,
      Iterable<? extends T> items,
      int width,
      AsyncBody.Cancellable<? super T, ? extends R> function) {
    this.group = group;
    this.items = items.iterator();
    this.function = function;
    this.width = width;
  }

  CompletionStage<List<R>> run() {
    drain();
    return all;
  }

  private void drain() {
    if (work.getAndIncrement() != 0) {
      return;
    }
    int seen = 1;
    while (seen != 0) {
      try {
        beginWhatMay();
      } catch (Throwable error) {
        all.completeExceptionally(error);
      }
      seen = work.addAndGet(-seen);
    }
  }

  private void beginWhatMay() {
    while (!all.isDone() && running.get() < width) {
      if (!items.hasNext()) {
        if (running.get() == 0) {
          end();
        }
        return;
      }
      running.incrementAndGet();
      T item = items.next();
      CompletableFuture<R> task =
          group.<R>start(cancellation -> function.apply(item, cancellation));
      begun.add(task);
      task.whenComplete((ignored, error) -> {
        if (error != null) {
          all.completeExceptionally(error);
        }
        running.decrementAndGet();
        drain();
      });
    }
  }

  private void end() {
    if (!all.isDone()) {
      var values = new ArrayList<R>(begun.size());
      begun.forEach(task -> values.add(task.resultNow()));
      all.complete(values);
    }
  }
}
