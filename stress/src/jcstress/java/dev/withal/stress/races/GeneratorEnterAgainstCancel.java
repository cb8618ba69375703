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

/** A generator comes to its yield while the caller cancels. */
@JCStressTest
@Description(
    "L1, L8, L9: it is interrupted before the yield, or not at all; what it entered it exits once.")
@Outcome(id = "value, exited as succeeded", expect = ACCEPTABLE, desc = "the request came too late")
@Outcome(
    id = "cancelled, exited as cancelled",
    expect = ACCEPTABLE,
    desc = "asked while the body ran")
@Outcome(
    id = "cancelled, no body, exited as cancelled",
    expect = ACCEPTABLE,
    desc = "asked as it came to the yield")
@Outcome(
    id = "cancelled, no body, never entered",
    expect = ACCEPTABLE,
    desc = "interrupted before the yield")
@Outcome(expect = FORBIDDEN, desc = Ledger.NEVER)
@State
public class GeneratorEnterAgainstCancel {
  private final Ledger ledger = new Ledger().exit();
  private final CompletableFuture<String> use =
      ledger.watch(ledger.generator().useAsync(Ledger::obey));

  @Actor
  public void enters() {
    ledger.enter();
    ledger.endBody();
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
