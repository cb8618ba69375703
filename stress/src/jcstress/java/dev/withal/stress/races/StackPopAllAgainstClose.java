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

/** All is popped from a stack while the stack is closed. */
@JCStressTest
@Description("L1, L12: the heir owes all, or nothing.")
@Outcome(
    id = "popped, still held, exited as succeeded",
    expect = ACCEPTABLE,
    desc = "popped before the close")
@Outcome(id = "refused, exited as succeeded", expect = ACCEPTABLE, desc = "closed before the pop")
@Outcome(expect = FORBIDDEN, desc = Ledger.NEVER)
@State
public class StackPopAllAgainstClose {
  private final Ledger ledger = new Ledger().enter().exit();
  private final AsyncExitStack stack = AsyncExitStack.open();
  private AsyncExitStack heir;
  private String popped;

  public StackPopAllAgainstClose() {
    stack.succeeded();
    stack.enterAsync(ledger);
  }

  @Actor
  public void pops() {
    try {
      heir = stack.popAll();
      popped = "popped";
    } catch (IllegalStateException late) {
      popped = Ending.words(late);
    }
  }

  @Actor
  public void closes() {
    stack.closeAsync();
  }

  @Arbiter
  public void outcome(L_Result result) {
    String held = ledger.isHeld() ? ", still held, " : ", ";
    if (heir != null) {
      heir.succeeded();
      heir.closeAsync();
    }
    result.r1 = popped + held + ledger.exitWords();
  }
}
