package dev.withal.stress.races;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import dev.withal.tasks.Race;
import dev.withal.tasks.Tasks;
import java.util.concurrent.CompletableFuture;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Description;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.L_Result;

/** Two tasks of a race succeed. */
@JCStressTest
@Description("T5: one of them wins, and the race is over when both have ended.")
@Outcome(id = "a, a has it, over", expect = ACCEPTABLE, desc = "the first won")
@Outcome(id = "b, b has it, over", expect = ACCEPTABLE, desc = "the second won")
@Outcome(expect = FORBIDDEN, desc = "none, both, or never over")
@State
public class TaskWinsAgainstAnother {
  private final CompletableFuture<String> a = new CompletableFuture<>();
  private final CompletableFuture<String> b = new CompletableFuture<>();
  private final CompletableFuture<String> use;
  private CompletableFuture<String> ofA;
  private CompletableFuture<String> ofB;

  public TaskWinsAgainstAnother() {
    use = Tasks.<String>race().useAsync(this::run);
  }

  private CompletableFuture<String> run(Race<String> race) {
    ofA = race.start(_ -> a);
    ofB = race.start(_ -> b);
    return race.first();
  }

  @Actor
  public void first() {
    a.complete("a");
  }

  @Actor
  public void second() {
    b.complete("b");
  }

  @Arbiter
  public void outcome(L_Result result) {
    String winner = use.isDone() && !use.isCompletedExceptionally() ? use.join() : "none";
    String has = (has(ofA) ? "a has it" : "") + (has(ofB) ? "b has it" : "");
    result.r1 = winner + ", " + has + ", " + (use.isDone() ? "over" : "never over");
  }

  private static boolean has(CompletableFuture<String> task) {
    return task.isDone() && !task.isCompletedExceptionally();
  }
}
