package dev.withal.stress.races;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Description;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.L_Result;

/** A body begins an inner use while the caller cancels the outer one. */
@JCStressTest
@Description("L3, L4, L7: the request reaches the inner use, which exits first.")
@Outcome(
    id = "cancelled, no body, exited as cancelled, inner never entered",
    expect = ACCEPTABLE,
    desc = "asked before the body began")
@Outcome(
    id = "cancelled, exited as cancelled, inner exited as cancelled before it",
    expect = ACCEPTABLE,
    desc = "asked while the inner use ran")
@Outcome(expect = FORBIDDEN, desc = Ledger.NEVER)
@State
public class InnerUseAgainstCancel {
  private final AtomicInteger turns = new AtomicInteger();
  private final Ledger outer = new Ledger(turns).exit();
  private final Ledger inner = new Ledger(turns).enter().exit();
  private final CompletableFuture<String> use =
      outer.watch(outer.patient().<String>useAsync(_ -> outer.nest(inner.use())));

  @Actor
  public void begins() {
    outer.enter();
  }

  @Actor
  public void cancels() {
    use.cancel(true);
  }

  @Arbiter
  public void outcome(L_Result result) {
    result.r1 =
        outer.outcome(use)
            + ", inner "
            + inner.exitWords()
            + (inner.exitedBefore(outer) ? " before it" : "");
  }
}
