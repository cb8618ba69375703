package dev.withal.stress.lincheck;

import dev.withal.AsyncContext;
import dev.withal.AsyncExitStack;
import dev.withal.ExitCase;
import dev.withal.Verdict;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.Validate;

/** A context on a stack loses its value while it moves to another stack. */
public class LossRaces {
  private final AsyncExitStack stack = AsyncExitStack.open();
  private final CompletableFuture<Void> lost = new CompletableFuture<>();
  private volatile AsyncExitStack heir;
  private volatile boolean entered;
  private volatile boolean exited;

  private final class Fragile implements AsyncContext<String> {
    @Override
    public String value() {
      return "value";
    }

    @Override
    public CompletionStage<?> lost() {
      return lost;
    }

    @Override
    public CompletionStage<Verdict> exitAsync(ExitCase how) {
      exited = true;
      return Verdict.PROPAGATE.now();
    }
  }

  @Operation(runOnce = true)
  public void enter() {
    stack.enterAsync(() -> CompletableFuture.completedFuture(new Fragile()));
    entered = true;
  }

  @Operation(runOnce = true)
  public void transfer() {
    heir = stack.popAll();
  }

  @Operation(runOnce = true)
  public void lose() {
    lost.completeExceptionally(new IllegalStateException("lost"));
  }

  /** Who owns the context in the end has been told that its value is lost. */
  @Validate
  public void check() {
    lose();
    if (entered) {
      AsyncExitStack other = heir == null ? AsyncExitStack.open() : heir;
      other.closeAsync();
      AsyncExitStack owner = exited ? other : stack;
      stack.closeAsync();
      Law.equal("L1: exited", exited, true);
      Law.equal("the owner is told", owner.lost().toCompletableFuture().isDone(), true);
    }
  }
}
