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

/** The body of a generator completes while the caller cancels. */
@JCStressTest
@Description("L1, L2, L9: the generator is handed one end of its body, and is not interrupted.")
@Outcome(
    id = "value, exited as succeeded, request refused",
    expect = ACCEPTABLE,
    desc = "the body was first")
@Outcome(
    id = "cancelled, exited as cancelled, request accepted",
    expect = ACCEPTABLE,
    desc = "the caller was first")
@Outcome(
    id = "cancelled, no body, exited as cancelled, request accepted",
    expect = ACCEPTABLE,
    desc = "the caller was first, and the generator not at its yield yet")
@Outcome(expect = FORBIDDEN, desc = Ledger.NEVER)
@State
public class GeneratorBodyAgainstCancel {
  private final Ledger ledger = new Ledger().enter().exit();
  private final CompletableFuture<String> use =
      ledger.watch(ledger.generator().useAsync(Ledger::obey));
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
