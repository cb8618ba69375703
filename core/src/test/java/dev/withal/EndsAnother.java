package dev.withal;

import java.util.concurrent.CompletableFuture;

/** A manager that ends the exit of another one, or its own, as it is asked for its name. */
record EndsAnother(CompletableFuture<Verdict> another, CompletableFuture<Verdict> exit)
    implements AsyncContextManager<String> {
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
            return exit;
          }
        });
  }

  @Override
  public String toString() {
    another.complete(Verdict.PROPAGATE);
    return "named";
  }
}
