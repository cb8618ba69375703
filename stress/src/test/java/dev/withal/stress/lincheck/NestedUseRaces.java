package dev.withal.stress.lincheck;

import dev.withal.AsyncContextManager;
import dev.withal.Verdict;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicInteger;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.Validate;

/**
 * A use in a use is entered while the outer one is asked to end: the inner body must hear of it.
 */
public class NestedUseRaces {
  private final HandTime time = HandTime.install();
  private final CompletableFuture<String> outer = new CompletableFuture<>();
  private final CompletableFuture<String> inner = new CompletableFuture<>();
  private final CompletableFuture<String> body = new CompletableFuture<>();
  private final AtomicInteger innerEnters = new AtomicInteger();
  private final AtomicInteger innerExits = new AtomicInteger();
  private final AtomicInteger outerExits = new AtomicInteger();
  private final Requests requests;
  private final CompletableFuture<String> use;
  private volatile String broken;

  /** Both enter; the inner body ends when it is asked to. */
  public NestedUseRaces() {
    AsyncContextManager<String> first = AsyncContextManager.of(() -> outer, (_, _) -> exitOuter());
    AsyncContextManager<String> second =
        AsyncContextManager.of(this::enterInner, (_, _) -> exitInner());
    use = first.useAsync(_ -> second.useAsync((_, cancellation) -> cancellation.cancelling(body)));
    requests = new Requests(use);
  }

  private CompletionStage<String> enterInner() {
    innerEnters.incrementAndGet();
    return inner;
  }

  private CompletionStage<Verdict> exitInner() {
    innerExits.incrementAndGet();
    return Verdict.PROPAGATE.now();
  }

  private CompletionStage<Verdict> exitOuter() {
    if (outerExits.incrementAndGet() == 1 && innerExits.get() < innerEnters.get()) {
      broken = "L4: the outer exit began before the inner one";
    }
    return Verdict.PROPAGATE.now();
  }

  @Operation(runOnce = true)
  public void arriveOuter() {
    outer.complete("outer");
  }

  @Operation(runOnce = true)
  public void arriveInner() {
    inner.complete("inner");
  }

  @Operation(runOnce = true)
  public void endBody() {
    body.complete("result");
  }

  @Operation(runOnce = true)
  public void cancel() {
    requests.cancel();
  }

  @Operation(runOnce = true)
  public void complete() {
    requests.complete();
  }

  /** What holds once all has arrived: nobody ends the body of a use that was asked. */
  @Validate
  public void check() {
    arriveOuter();
    arriveInner();
    if (!requests.isAccepted()) {
      endBody();
    }
    Law.equal("what was broken while it ran", broken, null);
    Law.equal("the body heard of it", use.isDone(), true);
    Law.equal("L1: outer exits", outerExits.get(), 1);
    Law.equal("L1: inner exits", innerExits.get(), innerEnters.get());
    Law.equal("L7: the result", requests.result(), requests.expectedOr("result"));
    Law.equal("timers left over", time.timers(), 0);
  }
}
