package dev.withal.stress.lincheck;

import dev.withal.AsyncContextManager;
import dev.withal.Verdict;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.Validate;

/** An exit ends while its time runs out. */
public class TimedExitRaces {
  private static final Duration LIMIT = Duration.ofMillis(20);

  private final HandTime time = HandTime.install();
  private final CompletableFuture<Verdict> exit = new CompletableFuture<>();
  private final CompletableFuture<Void> force = new CompletableFuture<>();
  private final AtomicInteger forced = new AtomicInteger();
  private volatile String broken;
  private volatile CompletableFuture<String> use;

  /** A use that exits. */
  public TimedExitRaces() {
    CompletableFuture<String> value = CompletableFuture.completedFuture("value");
    use =
        AsyncContextManager.of(() -> value, (_, _) -> exit)
            .exitTimeout(LIMIT, _ -> force())
            .useAsync(CompletableFuture::completedFuture);
  }

  private CompletionStage<?> force() {
    forced.incrementAndGet();
    if (use.isDone()) {
      broken = "L9: forced after the result was seen";
    }
    return force;
  }

  @Operation(runOnce = true)
  public void endExit() {
    exit.complete(Verdict.PROPAGATE);
  }

  @Operation(runOnce = true)
  public void endForce() {
    force.complete(null);
  }

  /** The limit has passed, once. */
  @Operation
  public void limit() {
    time.fire(LIMIT);
  }

  /** What holds once everything has ended. */
  @Validate
  public void check() {
    boolean late = forced.get() > 0;
    limit();
    endExit();
    endForce();
    limit();
    Law.equal("what was broken while it ran", broken, null);
    Law.equal("L9: the use has ended", use.isDone(), true);
    Law.equal("forced at most once", forced.get() <= 1, true);
    Throwable error = use.handle((_, failure) -> failure).join();
    Law.equal(
        "L9: a forced exit is a timeout", error instanceof TimeoutException, forced.get() > 0);
    Law.equal("forced in time", !late || error != null, true);
    Law.equal("timers left over", time.timers(), 0);
  }
}
