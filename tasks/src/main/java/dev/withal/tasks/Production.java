package dev.withal.tasks;

import dev.withal.Async;
import dev.withal.AsyncContext;
import dev.withal.Body;
import dev.withal.ExitCase;
import dev.withal.Verdict;
import dev.withal.internal.TaskFailures;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** The elements that a thread produces, which ends with this context at the latest. */
final class Production<T> implements AsyncContext<Elements<T>>, Output<T> {
  private final String name;
  private final Buffer<T> buffer;
  private final CompletableFuture<Void> producer;

  Production(String name, int capacity, Body.Action<? super Output<T>, ?> producer) {
    this.name = name;
    buffer = new Buffer<>(capacity, () -> {});
    this.producer = Async.runAsync(() -> produce(producer));
  }

  private <X extends Exception> void produce(Body.Action<? super Output<T>, X> action)
      throws X, InterruptedException {
    try {
      action.run(this);
    } catch (Throwable error) {
      buffer.end(error);
      throw error;
    }
    buffer.end(null);
  }

  @Override
  public void put(T element) throws InterruptedException {
    buffer.put(Objects.requireNonNull(element, "element"));
  }

  @Override
  public Elements<T> value() {
    return new Elements<>(buffer);
  }

  @Override
  public CompletionStage<Verdict> exitAsync(ExitCase how) {
    buffer.close();
    boolean asked = producer.cancel(true) && !producer.isDone();
    buffer.refuseProducers();
    return producer
        .handle((ignored, failure) -> failure)
        .thenCompose(failure -> answer(asked, failure));
  }

  private CompletionStage<Verdict> answer(boolean asked, @Nullable Throwable failure) {
    List<Throwable> news = List.of();
    if (failure != null && !buffer.errorIsTold()) {
      news = asked || producer.isCancelled() ? Answer.newsOf(failure) : List.of(failure);
    }
    return failing(news, producer);
  }

  /** {@return the answer of an exit that fails with some errors, or with none} */
  static CompletionStage<Verdict> failing(List<Throwable> errors, Object heldBy) {
    if (errors.isEmpty()) {
      return Verdict.PROPAGATE.now();
    }
    var failures = new ArrayList<TaskFailures.Failure>();
    errors.forEach(error -> failures.add(new TaskFailures.Failure(error, heldBy)));
    return CompletableFuture.failedFuture(new TaskFailures(failures));
  }

  @Override
  public String toString() {
    return name;
  }
}
