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

/** The body completes while the caller cancels. */
@JCStressTest
@Description("L2, L3, L7: the caller is told whether the request counts, and it does or does not.")
@Outcome(
    id = "value, exited as succeeded, request refused",
    expect = ACCEPTABLE,
    desc = "the body was first")
@Outcome(
    id = "cancelled, exited as cancelled, request accepted",
    expect = ACCEPTABLE,
    desc = "the caller was first")
@Outcome(expect = FORBIDDEN, desc = Ledger.NEVER)
@State
public class BodyAgainstCancel {
  private final Ledger ledger = new Ledger().enter().exit();
  private final CompletableFuture<String> use = ledger.use();
  private boolean accepted;

  @Actor
  public void ends() {
    ledger.endBody();
  }

  @Actor
  public void cancels() {
    accepted = use.cancel(true);
  }

  @Arbiter
  public void outcome(L_Result result) {
    result.r1 = ledger.outcome(use) + (accepted ? ", request accepted" : ", request refused");
  }
}
