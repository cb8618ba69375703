package dev.withal.stress.races;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import java.util.concurrent.CompletableFuture;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Description;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.L_Result;

/** The exit completes while another thread looks at the result, and cancels. */
@JCStressTest
@Description("L2, L9: who sees the result sees all that the exit did; a request comes too late.")
@Outcome(
    id = "value, exited as succeeded, no result yet",
    expect = ACCEPTABLE,
    desc = "looked before the exit was done")
@Outcome(
    id = "value, exited as succeeded, result and release seen",
    expect = ACCEPTABLE,
    desc = "looked after")
@Outcome(expect = FORBIDDEN, desc = Ledger.NEVER)
@State
public class ExitAgainstObserver {
  private final Ledger ledger = new Ledger().enter();
  private final CompletableFuture<String> use = ledger.use();
  private String seen;

  public ExitAgainstObserver() {
    ledger.endBody();
  }

  @Actor
  public void exits() {
    ledger.exit();
  }

  @Actor
  public void looks() {
    boolean done = use.isDone();
    seen = done ? ledger.releaseSeen() : "no result yet";
    if (use.cancel(true)) {
      seen = "cancelled during the exit";
    }
  }

  @Arbiter
  public void outcome(L_Result result) {
    result.r1 = ledger.outcome(use) + ", " + seen;
  }
}
