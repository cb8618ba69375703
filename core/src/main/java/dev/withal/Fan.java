package dev.withal;

import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

/**
 * Begins many steps, a bounded number of them at the same time, and sees how each ends.
 *
 * <p>Design: whoever takes {@code work} from zero begins what may begin, and once more for everyone
 * who came by meanwhile; so a step that ends at once costs no recursion.
 */
final class Fan<V extends @Nullable Object> {

  /** Hears how a step ended. */
  @FunctionalInterface
  interface Ended<V extends @Nullable Object> {
    void accept(int index, @Nullable V value, @Nullable Throwable failure);
  }

  private final int count;
  private final int width;
  private final IntFunction<? extends @Nullable CompletionStage<? extends V>> begin;
  private final Ended<V> ended;
  private final AtomicInteger work = new AtomicInteger();
  private final AtomicInteger running = new AtomicInteger();
  private final CompletableFuture<@Nullable Void> done = new CompletableFuture<>();
  private volatile boolean stopped;
  private int next;

  Fan(
      int count,
      int width,
      IntFunction<? extends @Nullable CompletionStage<? extends V>> begin,
      Ended<V> ended) {
    this.count = count;
    this.width = width;
    this.begin = begin;
    this.ended = ended;
  }

  /** Begins. {@return a future that completes with null when all that has begun has ended} */
  CompletableFuture<@Nullable Void> run() {
    drain();
    return done;
  }

  /** Begins no more steps. */
  void stop() {
    stopped = true;
  }

  private void drain() {
    if (work.getAndIncrement() != 0) {
      return;
    }
    int seen = 1;
    while (seen != 0) {
      while (!stopped && next < count && running.get() < width) {
        running.incrementAndGet();
        step(next++);
      }
      if (running.get() == 0 && (stopped || next == count)) {
        done.complete(null);
      }
      seen = work.addAndGet(-seen);
    }
  }

  private void step(int index) {
    CompletionStage<? extends V> stage;
    try {
      stage = Objects.requireNonNull(begin.apply(index), Stages.NO_ENTER_STAGE);
    } catch (Throwable failure) {
      end(index, null, failure);
      return;
    }
    StageEnd.<@Nullable V>hear(
        stage,
        (value, failure) -> {
          end(index, value, failure);
          return null;
        });
  }

  private void end(int index, @Nullable V value, @Nullable Throwable failure) {
    ended.accept(index, value, failure);
    running.decrementAndGet();
    drain();
  }
}
