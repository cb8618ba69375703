package dev.withal.stress.races;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import dev.withal.AsyncExitStack;
import java.util.concurrent.CompletableFuture;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Description;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.L_Result;

/** A context is entered on a stack while the stack is closed. */
@JCStressTest
@Description("L1, L2, L11: it is not entered, or exited once by the time the stack is closed.")
@Outcome(
    id = "entered, exited as succeeded, closed",
    expect = ACCEPTABLE,
    desc = "entered before the close")
@Outcome(
    id = "refused, exited as succeeded, closed",
    expect = ACCEPTABLE,
    desc = "closed during the enter")
@Outcome(
    id = "refused, never entered, closed",
    expect = ACCEPTABLE,
    desc = "closed before the enter")
@Outcome(expect = FORBIDDEN, desc = Ledger.NEVER)
@State
public class StackEnterAgainstClose {
  private final Ledger ledger = new Ledger().enter().exit();
  private final AsyncExitStack stack = AsyncExitStack.open();
  private CompletableFuture<String> entering;
  private CompletableFuture<String> closing;

  public StackEnterAgainstClose() {
    stack.succeeded();
  }

  @Actor
  public void enters() {
    entering = stack.enterAsync(ledger).thenApply(_ -> "entered");
  }

  @Actor
  public void closes() {
    closing = ledger.watch(stack.closeAsync()).thenApply(_ -> "closed");
  }

  @Arbiter
  public void outcome(L_Result result) {
    String closed = Ending.of(closing);
    result.r1 = Ending.of(entering) + ", " + ledger.exitWords() + ", " + closed;
  }
}
