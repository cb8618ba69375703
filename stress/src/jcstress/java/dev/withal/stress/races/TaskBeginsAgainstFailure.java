package dev.withal.stress.races;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import dev.withal.tasks.TaskGroup;
import dev.withal.tasks.Tasks;
import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Description;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.L_Result;

/** A task begins while another one of its group fails. A cancellation is an illegal state, too. */
@JCStressTest
@Description("T1, T2: a task that has begun is asked to end, and one that comes later isn't begun.")
@Outcome(id = "asked, failed", expect = ACCEPTABLE, desc = "begun before the failure")
@Outcome(id = "refused, failed", expect = ACCEPTABLE, desc = "begun after the failure")
@Outcome(expect = FORBIDDEN, desc = "not asked, begun and refused, or never ended")
@State
public class TaskBeginsAgainstFailure {
  private final CompletableFuture<String> failing = new CompletableFuture<>();
  private final CompletableFuture<String> work = new CompletableFuture<>();
  private final CompletableFuture<String> use;
  private TaskGroup group;
  private volatile boolean ran;
  private volatile boolean asked;
  private String begun;

  public TaskBeginsAgainstFailure() {
    use =
        Tasks.group()
            .useAsync(value -> {
              group = value;
              value.start(_ -> failing);
              return CompletableFuture.completedFuture("result");
            });
  }

  @Actor
  public void begins() {
    try {
      group.start(cancellation -> {
        ran = true;
        cancellation.onRequest(_ -> {
          asked = true;
          work.complete("asked");
        });
        return work;
      });
      begun = "begun";
    } catch (IllegalStateException late) {
      begun = ran ? "begun and refused" : "refused";
    }
  }

  @Actor
  public void fails() {
    failing.completeExceptionally(new IOException("it"));
  }

  @Arbiter
  public void outcome(L_Result result) {
    String end = !use.isDone() ? "never ended" : use.isCompletedExceptionally() ? "failed" : "done";
    result.r1 = (begun.equals("begun") && asked ? "asked" : begun) + ", " + end;
  }
}
