package dev.withal.stress.races;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import dev.withal.AsyncExitStack;
import java.util.concurrent.atomic.AtomicInteger;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Description;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.L_Result;

/** All is popped from a stack while a second context is entered there and the stack is closed. */
@JCStressTest
@Description("L4, L12: each context has one owner, and owners exit the last one first.")
@Outcome(
    id = "refused, first exited as failed, second exited as failed before it",
    expect = ACCEPTABLE,
    desc = "popped after the close")
@Outcome(
    id = "popped, first held, first exited as failed, second exited as failed before it",
    expect = ACCEPTABLE,
    desc = "popped before the enter")
@Outcome(
    id =
        "popped, first held, second held, first exited as failed, second exited as failed before"
            + " it",
    expect = ACCEPTABLE,
    desc = "popped between the enter and the close")
@Outcome(expect = FORBIDDEN, desc = Ledger.NEVER)
@State
public class StackPopAllAgainstEnter {
  private final AtomicInteger turns = new AtomicInteger();
  private final Ledger first = new Ledger(turns).enter().exit();
  private final Ledger second = new Ledger(turns).enter().exit();
  private final AsyncExitStack stack = AsyncExitStack.open();
  private AsyncExitStack heir;
  private String popped;

  public StackPopAllAgainstEnter() {
    stack.enterAsync(first);
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
  public void entersAndCloses() {
    stack.enterAsync(second);
    stack.closeAsync();
  }

  @Arbiter
  public void outcome(L_Result result) {
    String held = (first.isHeld() ? ", first held" : "") + (second.isHeld() ? ", second held" : "");
    if (heir != null) {
      heir.closeAsync();
    }
    result.r1 =
        popped
            + held
            + ", first "
            + first.exitWords()
            + ", second "
            + second.exitWords()
            + (second.exitedBefore(first) ? " before it" : "");
  }
}
