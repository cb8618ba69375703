package dev.withal.stress.races;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import dev.withal.AsyncContext;
import dev.withal.AsyncContextManager;
import dev.withal.AsyncExitStack;
import dev.withal.Generator;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Description;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.L_Result;

/** A generator that waits before its yield is entered on a stack while the stack is closed. */
@JCStressTest
@Description("L8, L11: an enter of Withal's own is asked to end, however early the close comes.")
@Outcome(id = "refused, never begun, closed", expect = ACCEPTABLE, desc = "closed before the enter")
@Outcome(id = "refused, interrupted, closed", expect = ACCEPTABLE, desc = "closed during the enter")
@Outcome(expect = FORBIDDEN, desc = "the generator waits for ever")
@State
public class StackStuckEnterAgainstClose {
  private final AsyncExitStack stack = AsyncExitStack.open();
  private final CompletableFuture<String> generatorEnded = new CompletableFuture<>();
  private final AsyncContextManager<String> stuck =
      AsyncContextManager.generator(this::waitForEver);
  private boolean begun;
  private CompletableFuture<String> entering;
  private CompletableFuture<String> closing;

  private void waitForEver(Generator.Yield<String> yield) throws Exception {
    try {
      yield.value(new CompletableFuture<String>().get());
    } catch (InterruptedException asked) {
      generatorEnded.complete("interrupted");
      throw asked;
    }
  }

  private CompletionStage<? extends AsyncContext<? extends String>> begin() {
    begun = true;
    return stuck.enterAsync();
  }

  @Actor
  public void enters() {
    entering = stack.enterAsync(this::begin);
  }

  @Actor
  public void closes() {
    closing = stack.closeAsync().thenApply(_ -> "closed");
  }

  @Arbiter
  public void outcome(L_Result result) {
    String generator = begun ? Ending.of(generatorEnded) : "never begun";
    result.r1 = Ending.of(entering) + ", " + generator + ", " + Ending.of(closing);
  }
}
