package dev.withal.testkit;

import dev.withal.AsyncContext;
import dev.withal.AsyncContextManager;
import dev.withal.ExitCase;
import dev.withal.Verdict;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicInteger;

/** A manager whose enter and exit wait at a gate, and that counts its contexts. */
record GatedManager(Gate gate, String name) implements AsyncContextManager<String> {

  @Override
  public CompletionStage<AsyncContext<String>> enterAsync() {
    return gate.step("enter " + name)
        .thenApply(ignored -> {
          gate.holds(1);
          return new Handed();
        });
  }

  @Override
  public String toString() {
    return name;
  }

  private final class Handed implements AsyncContext<String> {
    private final AtomicInteger exits = new AtomicInteger();

    @Override
    public String value() {
      return name;
    }

    @Override
    public CompletionStage<Verdict> exitAsync(ExitCase how) {
      int times = exits.incrementAndGet();
      gate.conductor().exits(name, how, times);
      if (times > 1) {
        return CompletableFuture.failedFuture(
            new IllegalStateException(name + " was exited before: exit a context once"));
      }
      return gate.step("exit " + name)
          .whenComplete((ignored, unused) -> gate.holds(-1))
          .thenApply(ignored -> Verdict.PROPAGATE);
    }

    @Override
    public String toString() {
      return name;
    }
  }
}
