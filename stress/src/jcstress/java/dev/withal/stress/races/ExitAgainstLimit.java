package dev.withal.stress.races;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Description;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.L_Result;

/** An exit completes just as its timeout runs out. */
@JCStressTest
@Description("L9: an exit is done in time, or abandoned and reported; never both.")
@Outcome(id = "value, exited as succeeded", expect = ACCEPTABLE, desc = "the exit was first")
@Outcome(
    id = "timed out, exited as succeeded, reported",
    expect = ACCEPTABLE,
    desc = "the timeout was first")
@Outcome(expect = FORBIDDEN, desc = Ledger.NEVER)
@State
public class ExitAgainstLimit {
  private final String name = Reports.newName();
  private final Ledger ledger = new Ledger().enter();
  private final CompletableFuture<String> use =
      ledger.named(name).exitTimeout(Duration.ofNanos(1)).useAsync(held -> held.run());

  @Actor
  public void endsBody() {
    ledger.endBody();
  }

  @Actor
  public void exits() {
    Pause.some();
    ledger.exit();
  }

  @Arbiter
  public void outcome(L_Result result) {
    result.r1 = ledger.outcome(use) + Reports.of(name);
  }
}
