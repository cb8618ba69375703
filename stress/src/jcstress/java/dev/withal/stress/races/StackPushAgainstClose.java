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

/** An exit is pushed on a stack while the stack is closed. */
@JCStressTest
@Description("L1, L11: what comes late is exited at once, and refused.")
@Outcome(id = "pushed, exited as succeeded", expect = ACCEPTABLE, desc = "pushed before the close")
@Outcome(id = "refused, exited as cancelled", expect = ACCEPTABLE, desc = "pushed after the close")
@Outcome(expect = FORBIDDEN, desc = Ledger.NEVER)
@State
public class StackPushAgainstClose {
  private final Ledger ledger = new Ledger().enter().exit();
  private final AsyncExitStack stack = AsyncExitStack.open();
  private String pushed;

  public StackPushAgainstClose() {
    stack.succeeded();
    ledger.enterAsync();
  }

  @Actor
  public void pushes() {
    try {
      stack.pushAsync(ledger::exitAsync);
      pushed = "pushed";
    } catch (IllegalStateException late) {
      pushed = Ending.words(late);
    }
  }

  @Actor
  public void closes() {
    stack.closeAsync();
  }

  @Arbiter
  public void outcome(L_Result result) {
    result.r1 = pushed + ", " + ledger.exitWords();
  }
}
