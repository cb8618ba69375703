package dev.withal;

import static java.util.concurrent.CompletableFuture.completedFuture;

import dev.withal.testkit.Journal;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** A manager whose value is lost as the body begins. */
record Losing(Journal journal, Throwable loss) implements AsyncContextManager<String> {
  @Override
  public CompletionStage<AsyncContext<String>> enterAsync() {
    return completedFuture(
        new AsyncContext<>() {
          @Override
          public String value() {
            return "value";
          }

          @Override
          public CompletionStage<?> lost() {
            return CompletableFuture.failedFuture(loss);
          }

          @Override
          public CompletionStage<Verdict> exitAsync(ExitCase how) {
            journal.add("exit " + Probe.describe(how));
            return Verdict.PROPAGATE.now();
          }
        });
  }
}
