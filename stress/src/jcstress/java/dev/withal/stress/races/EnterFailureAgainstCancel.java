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

/** The enter fails while the caller cancels. */
@JCStressTest
@Description("L1, L5: after a failed enter neither body nor exit runs, and its error is not lost.")
@Outcome(
    id = "enter failed, no body, never entered",
    expect = ACCEPTABLE,
    desc = "the request came too late")
@Outcome(
    id = "cancelled with enter failed, no body, never entered",
    expect = ACCEPTABLE,
    desc = "asked during the enter")
@Outcome(expect = FORBIDDEN, desc = Ledger.NEVER)
@State
public class EnterFailureAgainstCancel {
  private final Ledger ledger = new Ledger().exit();
  private final CompletableFuture<String> use = ledger.use();

  @Actor
  public void fails() {
    ledger.failEnter();
  }

  @Actor
  public void cancels() {
    use.cancel(true);
  }

  @Arbiter
  public void outcome(L_Result result) {
    result.r1 = ledger.outcome(use);
  }
}
