package dev.withal.stress.lincheck;

import dev.withal.AsyncContextManager;
import dev.withal.Cancellation;
import dev.withal.ExitCase;
import dev.withal.Verdict;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicInteger;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.Validate;

/** The body and the exit of one use end, while it may be asked to end. */
public class BodyRaces {
  private final HandTime time = HandTime.install();
  private final CompletableFuture<String> body = new CompletableFuture<>();
  private final CompletableFuture<Verdict> exit = new CompletableFuture<>();
  private final AtomicInteger exits = new AtomicInteger();
  private final AtomicInteger told = new AtomicInteger();
  private final Requests requests;
  private final CompletableFuture<String> use;
  private volatile boolean expired;
  private volatile String broken;

  /** A use whose body runs. */
  public BodyRaces() {
    CompletableFuture<String> entered = CompletableFuture.completedFuture("value");
    use = AsyncContextManager.of(() -> entered, this::exit).useAsync(this::body);
    use.whenComplete((_, _) -> seen());
    requests = new Requests(use);
  }

  private CompletionStage<String> body(String value, Cancellation cancellation) {
    cancellation.onRequest(_ -> told.incrementAndGet());
    return body;
  }

  private CompletionStage<Verdict> exit(String value, ExitCase how) {
    exits.incrementAndGet();
    boolean overlap = how instanceof ExitCase.Cancelled cancelled && cancelled.bodyStillRuns();
    if (!body.isDone() && !overlap) {
      broken = "L3: the exit began while the body ran";
    }
    if (overlap && !expired) {
      broken = "L3: the exit did not wait for the grace period";
    }
    return exit;
  }

  private void seen() {
    if (!exit.isDone()) {
      broken = "L2: the result was seen before the exit had ended";
    }
  }

  @Operation(runOnce = true)
  public void endBody() {
    body.complete("result");
  }

  @Operation(runOnce = true)
  public void failBody() {
    body.completeExceptionally(new IllegalStateException("failed"));
  }

  @Operation(runOnce = true)
  public void endExit() {
    exit.complete(Verdict.PROPAGATE);
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
    expired = true;
    time.fire(Duration.ofSeconds(1));
  }

  /** What holds once everything has ended. */
  @Validate
  public void check() {
    endBody();
    endExit();
    Law.equal("what was broken while it ran", broken, null);
    Law.equal("L1: exits", exits.get(), 1);
    Law.equal("L2: the use has ended", use.isDone(), true);
    Law.equal("calls of the body's action", told.get(), requests.isAccepted() ? 1 : 0);
    String unasked = body.isCompletedExceptionally() ? "failed" : "result";
    Law.equal("L7: the result", requests.result(), requests.expectedOr(unasked));
    Law.equal("timers left over", time.timers(), 0);
  }
}
