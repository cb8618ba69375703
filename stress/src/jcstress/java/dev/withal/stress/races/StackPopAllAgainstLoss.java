package dev.withal.stress.races;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import dev.withal.AsyncExitStack;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Description;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.L_Result;

/** All is popped while a context is entered, which later loses its value. */
@JCStressTest
@Description("L12: who owes the exit of a context is told that its value was lost.")
@Outcome(id = "held and told by the heir", expect = ACCEPTABLE, desc = "popped after the enter")
@Outcome(id = "held and told by the stack", expect = ACCEPTABLE, desc = "popped before the enter")
@Outcome(expect = FORBIDDEN, desc = "one stack holds the context, and the other one is told")
@State
public class StackPopAllAgainstLoss {
  private final Ledger ledger = new Ledger().enter().exit();
  private final AsyncExitStack stack = AsyncExitStack.open();
  private AsyncExitStack heir;

  @Actor
  public void pops() {
    heir = stack.popAll();
  }

  @Actor
  public void enters() {
    stack.enterAsync(ledger);
  }

  @Arbiter
  public void outcome(L_Result result) {
    ledger.lose();
    String told = tells(heir) ? "the heir" : tells(stack) ? "the stack" : "nobody";
    heir.closeAsync();
    String holder = ledger.isHeld() ? "the stack" : "the heir";
    stack.closeAsync();
    result.r1 =
        holder.equals(told)
            ? "held and told by " + holder
            : "held by " + holder + ", but told is " + told;
  }

  private static boolean tells(AsyncExitStack stack) {
    return stack.lost().toCompletableFuture().isCompletedExceptionally();
  }
}
