package dev.withal.stress.sched;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.BiConsumer;
import java.util.function.BiFunction;
import java.util.function.Function;

/** A stage as a foreign library may have it: what depends on it runs as a step of its own. */
final class SteppedStage<T> extends CompletableFuture<T> {
  private final Run run;
  private final Executor steps;

  SteppedStage(Run run) {
    this.run = run;
    steps = step -> run.thread("step", step);
  }

  @Override
  public <U> CompletableFuture<U> newIncompleteFuture() {
    return new SteppedStage<>(run);
  }

  @Override
  public <U> CompletableFuture<U> handle(BiFunction<? super T, Throwable, ? extends U> next) {
    SeededScheduler.pause();
    return handleAsync(next, steps);
  }

  @Override
  public CompletableFuture<T> whenComplete(BiConsumer<? super T, ? super Throwable> action) {
    SeededScheduler.pause();
    return whenCompleteAsync(action, steps);
  }

  @Override
  public <U> CompletableFuture<U> thenApply(Function<? super T, ? extends U> next) {
    SeededScheduler.pause();
    return thenApplyAsync(next, steps);
  }
}
