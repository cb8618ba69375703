package dev.withal;

import dev.withal.testkit.Journal;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** A manager whose enter and exit complete when the test completes them. */
final class ByHand implements AsyncContextManager<String> {
  final CompletableFuture<AsyncContext<String>> enter = new CompletableFuture<>();
  final CompletableFuture<Verdict> exit = new CompletableFuture<>();
  private final Journal journal;

  ByHand(Journal journal) {
    this.journal = journal;
  }

  void arrive() {
    enter.complete(context());
  }

  AsyncContext<String> context() {
    return new AsyncContext<>() {
      @Override
      public String value() {
        return "value";
      }

      @Override
      public CompletionStage<Verdict> exitAsync(ExitCase how) {
        journal.add("exit " + Probe.describe(how));
        return exit;
      }

      @Override
      public String toString() {
        return "by hand";
      }
    };
  }

  @Override
  public CompletionStage<AsyncContext<String>> enterAsync() {
    journal.add("enter");
    return enter;
  }

  @Override
  public String toString() {
    return "by hand";
  }
}
