package dev.withal.database.testing.stories;

import dev.withal.database.ObservablePool;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** A pool as stories see it: all uses of it are in the style of the way to it. */
public interface Lender {

  /** {@return what can be seen of the pool} */
  ObservablePool seen();

  /** Begins a use of a connection. */
  <R extends @Nullable Object> Running<R> connection(String name, Script<R> body);

  /** Begins a transaction. */
  <R extends @Nullable Object> Running<R> transaction(Deal deal, Script<R> body);

  /** Begins a transaction that is run again if another one is in its way. */
  <R extends @Nullable Object> Running<R> retried(Deal deal, Script<R> body);

  /** {@return the backends of so many connections that are lent at the same time} */
  default List<Long> pids(int connections) throws Exception {
    var missing = new AtomicInteger(connections);
    var allAreLent = new CompletableFuture<Void>();
    var uses = new ArrayList<Running<Long>>();
    for (int i = 0; i < connections; i++) {
      uses.add(
          connection(
              "pid",
              session ->
                  session
                      .pid()
                      .thenCompose(pid -> {
                        if (missing.decrementAndGet() == 0) {
                          allAreLent.complete(null);
                        }
                        return allAreLent.thenApply(all -> pid);
                      })));
    }
    var pids = new ArrayList<Long>();
    for (Running<Long> use : uses) {
      pids.add(use.get());
    }
    return pids;
  }

  /** What is done with a session. */
  @FunctionalInterface
  interface Script<R extends @Nullable Object> {

    /** {@return a stage that completes when it is done} */
    CompletionStage<? extends R> play(Session session) throws Exception;
  }
}
