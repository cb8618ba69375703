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

/** A body that takes no notice ends just as the grace period does. */
@JCStressTest
@Description("L3: an exit that begins beside its body is told so, and reported.")
@Outcome(
    id = "value, exited as succeeded",
    expect = ACCEPTABLE,
    desc = "the body ended before it was asked")
@Outcome(
    id = "timed out, exited as cancelled",
    expect = ACCEPTABLE,
    desc = "the body ended within the grace period")
@Outcome(
    id = "timed out, exited as cancelled beside its body, reported",
    expect = ACCEPTABLE,
    desc = "the grace period was over first")
@Outcome(expect = FORBIDDEN, desc = Ledger.NEVER)
@State
public class BodyAgainstGrace {
  private final String name = Reports.newName();
  private final Ledger ledger = new Ledger().enter().exit();
  private final CompletableFuture<String> use =
      ledger.watch(ledger.named(name).grace(Duration.ZERO).<String>useAsync(held -> held.run()));

  @Actor
  public void ends() {
    Pause.some();
    ledger.endBody();
  }

  @Actor
  public void expires() {
    use.completeExceptionally(new TimeoutException("as orTimeout does"));
  }

  @Arbiter
  public void outcome(L_Result result) {
    result.r1 = ledger.outcome(use) + Reports.of(name);
  }
}
