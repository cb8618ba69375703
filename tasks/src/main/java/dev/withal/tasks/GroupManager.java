package dev.withal.tasks;

import dev.withal.AsyncContext;
import dev.withal.AsyncContextManager;
import dev.withal.internal.Named;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;

/** Makes a fresh group for each use. */
record GroupManager<T>(String name, Function<String, AsyncContext<T>> enter)
    implements AsyncContextManager<T>, Named<AsyncContextManager<T>> {
  @Override
  public CompletionStage<AsyncContext<T>> enterAsync() {
    return CompletableFuture.completedFuture(enter.apply(name)); // what throws fails the enter
  }

  @Override
  public AsyncContextManager<T> withName(String other) {
    return new GroupManager<>(other, enter);
  }

  @Override
  public String toString() {
    return name;
  }
}
