package dev.withal.stress.lincheck;

import dev.withal.AsyncContextManager;
import dev.withal.Verdict;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicInteger;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.Validate;

/** The enter of one use arrives or fails, while it may be asked to end. */
public class EnterRaces {
  private final HandTime time = HandTime.install();
  private final CompletableFuture<String> enter = new CompletableFuture<>();
  private final AtomicInteger exits = new AtomicInteger();
  private final Requests requests;
  private final CompletableFuture<String> use;
  private volatile boolean late;
  private volatile String broken;

  /** A use that enters. */
  public EnterRaces() {
    use = AsyncContextManager.of(() -> enter, (_, _) -> exit()).useAsync(_ -> body());
    requests = new Requests(use);
  }

  private CompletionStage<String> body() {
    if (late) {
      broken = "L8: the body ran although the use was asked to end before";
    }
    return CompletableFuture.completedFuture("result");
  }

  private CompletionStage<Verdict> exit() {
    exits.incrementAndGet();
    return Verdict.PROPAGATE.now();
  }

  @Operation(runOnce = true)
  public void arrive() {
    late = requests.isAccepted();
    enter.complete("value");
  }

  @Operation(runOnce = true)
  public void refuse() {
    enter.completeExceptionally(new IllegalStateException("refused"));
  }

  @Operation(runOnce = true)
  public void cancel() {
    requests.cancel();
  }

  @Operation(runOnce = true)
  public void complete() {
    requests.complete();
  }

  /** The grace period is over. */
  @Operation
  public void expire() {
    time.fire(Duration.ofSeconds(1));
  }

  /** What holds once everything has ended. */
  @Validate
  public void check() {
    arrive();
    boolean refused = enter.isCompletedExceptionally();
    Law.equal("what was broken while it ran", broken, null);
    Law.equal("L1: exits", exits.get(), refused ? 0 : 1);
    Law.equal("L2: the use has ended", use.isDone(), true);
    Law.equal(
        "L7: the result", requests.result(), requests.expectedOr(refused ? "refused" : "result"));
    Law.equal("timers left over", time.timers(), 0);
  }
}
