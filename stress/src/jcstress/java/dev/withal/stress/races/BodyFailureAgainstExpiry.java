package dev.withal.stress.races;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeoutException;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Description;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.L_Result;

/** The body fails while a timeout runs out. */
@JCStressTest
@Description("L5, L7: of two errors, one is primary and the other one is not lost.")
@Outcome(id = "body failed, exited as failed", expect = ACCEPTABLE, desc = "the body was first")
@Outcome(
    id = "timed out, exited as cancelled",
    expect = ACCEPTABLE,
    desc = "the timeout was first, and the body obeyed")
@Outcome(
    id = "timed out with body failed, exited as cancelled",
    expect = ACCEPTABLE,
    desc = "the timeout was first, and then the body failed")
@Outcome(expect = FORBIDDEN, desc = Ledger.NEVER)
@State
public class BodyFailureAgainstExpiry {
  private final Ledger ledger = new Ledger().enter().exit();
  private final CompletableFuture<String> use = ledger.use();

  @Actor
  public void fails() {
    ledger.failBody();
  }

  @Actor
  public void expires() {
    use.completeExceptionally(new TimeoutException("as orTimeout does"));
  }

  @Arbiter
  public void outcome(L_Result result) {
    result.r1 = ledger.outcome(use);
  }
}
