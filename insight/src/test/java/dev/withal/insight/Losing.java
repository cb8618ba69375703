package dev.withal.insight;

import dev.withal.AsyncContext;
import dev.withal.AsyncContextManager;
import dev.withal.ExitCase;
import dev.withal.Verdict;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicInteger;

/** A manager whose values may be lost. */
record Losing(CompletableFuture<Void> lost, AtomicInteger exits)
    implements AsyncContextManager<String> {
  @Override
  public CompletionStage<AsyncContext<String>> enterAsync() {
    return CompletableFuture.completedFuture(new Lease(lost, exits));
  }

  private record Lease(CompletionStage<?> lost, AtomicInteger exits)
      implements AsyncContext<String> {
    @Override
    public String value() {
      return "lease";
    }

    @Override
    public CompletionStage<Verdict> exitAsync(ExitCase how) {
      exits.incrementAndGet();
      return Verdict.PROPAGATE.now();
    }
  }
}
