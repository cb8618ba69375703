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

/** One caller completes a use with a value while another one cancels it. */
@JCStressTest
@Description("L7: of two requests one counts.")
@Outcome(
    id = "other value, exited as cancelled, complete accepted",
    expect = ACCEPTABLE,
    desc = "the one with the value was first")
@Outcome(
    id = "cancelled, exited as cancelled, cancel accepted",
    expect = ACCEPTABLE,
    desc = "the one who cancels was first")
@Outcome(expect = FORBIDDEN, desc = Ledger.NEVER)
@State
public class CompleteAgainstCancel {
  private final Ledger ledger = new Ledger().enter().exit();
  private final CompletableFuture<String> use = ledger.use();
  private boolean completeAccepted;
  private boolean cancelAccepted;

  @Actor
  public void completes() {
    completeAccepted = use.complete("other value");
  }

  @Actor
  public void cancels() {
    cancelAccepted = use.cancel(true);
  }

  @Arbiter
  public void outcome(L_Result result) {
    result.r1 =
        ledger.outcome(use)
            + (completeAccepted ? ", complete accepted" : "")
            + (cancelAccepted ? ", cancel accepted" : "");
  }
}
