package dev.withal.stress.races;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import dev.withal.tasks.TaskGroup;
import dev.withal.tasks.Tasks;
import java.util.concurrent.CompletableFuture;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Description;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.L_Result;

/** A task begins while the body of its group, which has no other, ends. */
@JCStressTest
@Description("T1: the group waits for a task that has begun, and one that comes later is refused.")
@Outcome(id = "begun, awaited", expect = ACCEPTABLE, desc = "begun before the end")
@Outcome(id = "refused, over", expect = ACCEPTABLE, desc = "begun after the end")
@Outcome(expect = FORBIDDEN, desc = "outlived, begun and refused, or never ended")
@State
public class TaskBeginsAgainstEnd {
  private final CompletableFuture<String> body = new CompletableFuture<>();
  private final CompletableFuture<String> work = new CompletableFuture<>();
  private final CompletableFuture<String> use;
  private TaskGroup group;
  private boolean ran;
  private String begun;

  public TaskBeginsAgainstEnd() {
    use =
        Tasks.group()
            .useAsync(value -> {
              group = value;
              return body;
            });
  }

  @Actor
  public void begins() {
    try {
      group.start(_ -> {
        ran = true;
        return work;
      });
      begun = "begun";
    } catch (IllegalStateException ended) {
      begun = ran ? "begun and refused" : "refused";
    }
  }

  @Actor
  public void ends() {
    body.complete("result");
  }

  @Arbiter
  public void outcome(L_Result result) {
    boolean before = use.isDone();
    work.complete("done");
    String end = !use.isDone() ? "never ended" : before ? "over" : "awaited";
    result.r1 = begun + ", " + end;
  }
}
