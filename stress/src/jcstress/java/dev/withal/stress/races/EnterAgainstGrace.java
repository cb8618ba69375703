package dev.withal.stress.races;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeoutException;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Description;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.L_Result;

/** An enter arrives just as the grace period ends. */
@JCStressTest
@Description("L8: what arrives past the grace period is exited in the background, once.")
@Outcome(
    id = "value, exited as succeeded",
    expect = ACCEPTABLE,
    desc = "it arrived before the use was asked to end")
@Outcome(
    id = "timed out, exited as cancelled",
    expect = ACCEPTABLE,
    desc = "asked while the body ran")
@Outcome(
    id = "timed out, no body, exited as cancelled",
    expect = ACCEPTABLE,
    desc = "it arrived within the grace period")
@Outcome(
    id = "timed out, no body, exited as cancelled, after the result",
    expect = ACCEPTABLE,
    desc = "the grace period was over first")
@Outcome(
    id = "timed out, exited as cancelled beside its body, reported",
    expect = ACCEPTABLE,
    desc = "the grace period was over as the body began")
@Outcome(
    id = "timed out, no body, exited as cancelled beside its body, reported",
    expect = ACCEPTABLE,
    desc = "the grace period was over before the body could begin")
@Outcome(expect = FORBIDDEN, desc = Ledger.NEVER)
@State
public class EnterAgainstGrace {
  private final String name = Reports.newName();
  private final Ledger ledger = new Ledger().exit();
  private final CompletableFuture<String> use =
      ledger.named(name).grace(Duration.ZERO).useAsync(Ledger::obey);
  private boolean late;

  @Actor
  public void enters() {
    Pause.some();
    late = use.isDone();
    ledger.enter();
    ledger.endBody();
  }

  @Actor
  public void expires() {
    use.completeExceptionally(new TimeoutException("as orTimeout does"));
  }

  @Arbiter
  public void outcome(L_Result result) {
    result.r1 = ledger.outcome(use) + Reports.of(name) + (late ? ", after the result" : "");
  }
}
