package dev.withal.stress.races;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import dev.withal.AsyncExitStack;
import java.util.concurrent.CompletableFuture;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Description;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.L_Result;

/** Two threads close a stack. */
@JCStressTest
@Description("L2, L11: one of them runs the exits, and both get the result.")
@Outcome(
    id = "exit failed, exit failed, exited as succeeded by the first",
    expect = ACCEPTABLE,
    desc = "the first one ran the exits")
@Outcome(
    id = "exit failed, exit failed, exited as succeeded by the second",
    expect = ACCEPTABLE,
    desc = "the second one ran the exits")
@Outcome(expect = FORBIDDEN, desc = Ledger.NEVER)
@State
public class StackTwoCloses {
  private final Ledger ledger = new Ledger().enter().failExit();
  private final AsyncExitStack stack = AsyncExitStack.open();
  private CompletableFuture<Void> first;
  private CompletableFuture<Void> second;
  private Thread firstCloser;

  public StackTwoCloses() {
    stack.succeeded();
    stack.enterAsync(ledger);
  }

  @Actor
  public void closes() {
    firstCloser = Thread.currentThread();
    first = ledger.watch(stack.closeAsync());
  }

  @Actor
  public void closesToo() {
    second = ledger.watch(stack.closeAsync());
  }

  @Arbiter
  public void outcome(L_Result result) {
    String results = Ending.of(first) + ", " + Ending.of(second) + ", ";
    String by = ledger.exitedOn(firstCloser) ? " by the first" : " by the second";
    result.r1 = results + ledger.exitWords() + by;
  }
}
