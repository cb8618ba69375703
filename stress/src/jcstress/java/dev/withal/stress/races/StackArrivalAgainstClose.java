package dev.withal.stress.races;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import dev.withal.AsyncExitStack;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CompletableFuture;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Description;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.L_Result;

/** A context arrives on a stack while the stack is closed. */
@JCStressTest
@Description("L1, L2, L8, L11: what arrives is exited once, by the time the stack is closed.")
@Outcome(
    id = "entered, exited as succeeded, closed",
    expect = ACCEPTABLE,
    desc = "it arrived before the close")
@Outcome(
    id = "refused, exited as succeeded, closed",
    expect = ACCEPTABLE,
    desc = "it arrived after the close began")
@Outcome(
    id = "paused",
    expect = ACCEPTABLE,
    desc = "this machine paused for longer than the grace period of a stack")
@Outcome(expect = FORBIDDEN, desc = Ledger.NEVER)
@State
public class StackArrivalAgainstClose {
  private static final Duration PAUSE = Duration.ofMillis(900);

  private final Ledger ledger = new Ledger().exit();
  private final AsyncExitStack stack = AsyncExitStack.open();
  private final CompletableFuture<String> entering =
      stack.enterAsync(ledger).thenApply(_ -> "entered");
  private CompletableFuture<String> closing;
  private Instant closed;
  private Instant arrived;

  public StackArrivalAgainstClose() {
    stack.succeeded();
  }

  @Actor
  public void arrives() {
    arrived = Instant.now();
    ledger.enter();
  }

  @Actor
  public void closes() {
    closed = Instant.now();
    closing = ledger.watch(stack.closeAsync()).thenApply(_ -> "closed");
  }

  @Arbiter
  public void outcome(L_Result result) {
    String end = Ending.of(closing);
    boolean paused = closed.plus(PAUSE).isBefore(arrived);
    result.r1 = paused ? "paused" : Ending.of(entering) + ", " + ledger.exitWords() + ", " + end;
  }
}
