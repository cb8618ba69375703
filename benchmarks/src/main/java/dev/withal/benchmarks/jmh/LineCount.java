package dev.withal.benchmarks.jmh;

import dev.withal.files.AsyncTextFile;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Flow;
import org.jspecify.annotations.Nullable;

/** Counts the lines of a file, in stage style. */
final class LineCount implements Flow.Subscriber<String> {
  private final CompletableFuture<Long> total = new CompletableFuture<>();
  private long count;

  /** {@return a future of how many there are, by one call for each} */
  static CompletableFuture<Long> byCalls(AsyncTextFile text) {
    var counting = new LineCount();
    counting.go(text, text.readLineAsync());
    return counting.total;
  }

  private void go(AsyncTextFile text, CompletableFuture<@Nullable String> first) {
    CompletableFuture<@Nullable String> line = first;
    while (line.isDone()) {
      if (line.join() == null) {
        total.complete(count);
        return;
      }
      count++;
      line = text.readLineAsync();
    }
    CompletableFuture<@Nullable String> late = line;
    late.whenComplete((_, _) -> go(text, late));
  }

  /** {@return a future of how many there are, by the publisher} */
  static CompletableFuture<Long> published(AsyncTextFile text) {
    var counting = new LineCount();
    text.publishLines().subscribe(counting);
    return counting.total;
  }

  @Override
  public void onSubscribe(Flow.Subscription subscription) {
    subscription.request(Long.MAX_VALUE);
  }

  @Override
  public void onNext(String line) {
    count++;
  }

  @Override
  public void onError(Throwable error) {
    total.completeExceptionally(error);
  }

  @Override
  public void onComplete() {
    total.complete(count);
  }
}
