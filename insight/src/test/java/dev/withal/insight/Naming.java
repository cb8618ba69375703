package dev.withal.insight;

import dev.withal.AsyncContext;
import dev.withal.AsyncContextManager;
import dev.withal.ExitCase;
import dev.withal.Verdict;
import java.util.concurrent.CompletableFuture;

/** A manager that ends another use as it is asked for its name. */
record Naming(CompletableFuture<String> body) implements AsyncContextManager<String> {
  @Override
  public CompletableFuture<AsyncContext<String>> enterAsync() {
    return CompletableFuture.completedFuture(
        new AsyncContext<>() {
          @Override
          public String value() {
            return "value";
          }

          @Override
          public CompletableFuture<Verdict> exitAsync(ExitCase how) {
            return CompletableFuture.completedFuture(Verdict.PROPAGATE);
          }
        });
  }

  @Override
  public String toString() {
    body.complete("done");
    return "naming";
  }
}
