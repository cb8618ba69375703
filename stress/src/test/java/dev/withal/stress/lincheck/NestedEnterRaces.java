package dev.withal.stress.lincheck;

import dev.withal.AsyncContextManager;
import dev.withal.AsyncExitStack;
import dev.withal.Verdict;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.Validate;

/** A manager made of two enters on a stack that closes in the meantime. */
public class NestedEnterRaces {
  private final HandTime time = HandTime.install();
  private final AsyncExitStack stack = AsyncExitStack.open();
  private final CompletableFuture<String> outer = new CompletableFuture<>();
  private final CompletableFuture<String> inner = new CompletableFuture<>();
  private final AtomicInteger innerEnters = new AtomicInteger();
  private final AtomicInteger outerExits = new AtomicInteger();
  private final AtomicInteger innerExits = new AtomicInteger();
  private volatile String broken;
  private final CompletableFuture<String> value;

  /** A stack on which both enter. */
  public NestedEnterRaces() {
    AsyncContextManager<String> first =
        AsyncContextManager.of(
            () -> outer,
            (_, _) -> {
              outerExits.incrementAndGet();
              return Verdict.PROPAGATE.now();
            });
    AsyncContextManager<String> second =
        AsyncContextManager.of(
            () -> {
              innerEnters.incrementAndGet();
              return inner;
            },
            (_, _) -> {
              if (innerExits.incrementAndGet() == 1 && outerExits.get() > 0 && !expired) {
                broken = "L4: the outer exit began before the inner one";
              }
              return Verdict.PROPAGATE.now();
            });
    value = stack.enterAsync(first.flatMap(_ -> second));
  }

  private volatile boolean expired;

  @Operation(runOnce = true)
  public void arriveOuter() {
    outer.complete("outer");
  }

  @Operation(runOnce = true)
  public void arriveInner() {
    inner.complete("inner");
  }

  @Operation(runOnce = true)
  public void close() {
    stack.closeAsync();
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
    arriveOuter();
    arriveInner();
    CompletableFuture<Void> closed = stack.closeAsync();
    Law.equal("what was broken while it ran", broken, null);
    Law.equal("L1: outer exits", outerExits.get(), 1);
    Law.equal("L1: inner exits", innerExits.get(), innerEnters.get());
    Law.equal("L2: the stack has closed", closed.isDone(), true);
    Law.equal("the caller is told", value.isDone(), true);
    Law.equal("timers left over", time.timers(), 0);
  }
}
