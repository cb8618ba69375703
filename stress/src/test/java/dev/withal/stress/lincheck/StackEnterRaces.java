package dev.withal.stress.lincheck;

import dev.withal.AsyncContextManager;
import dev.withal.AsyncExitStack;
import dev.withal.Verdict;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.Validate;

/** An enter on a stack that closes, or hands everything on, in the meantime. */
public class StackEnterRaces {
  private final HandTime time = HandTime.install();
  private final AsyncExitStack stack = AsyncExitStack.open();
  private final CompletableFuture<String> enter = new CompletableFuture<>();
  private final CompletableFuture<Verdict> exit = new CompletableFuture<>();
  private final AtomicInteger enters = new AtomicInteger();
  private final AtomicInteger exits = new AtomicInteger();
  private volatile AsyncExitStack heir;
  private volatile CompletableFuture<String> value;
  private volatile boolean expired;
  private volatile String broken;

  private final AsyncContextManager<String> manager =
      AsyncContextManager.of(
          () -> {
            enters.incrementAndGet();
            return enter;
          },
          (_, _) -> {
            exits.incrementAndGet();
            return exit;
          });

  @Operation(runOnce = true)
  public void enter() {
    value = stack.enterAsync(manager);
  }

  @Operation(runOnce = true)
  public void arrive() {
    enter.complete("value");
  }

  @Operation(runOnce = true)
  public void refuse() {
    enter.completeExceptionally(new IllegalStateException("refused"));
  }

  @Operation(runOnce = true)
  public void endExit() {
    exit.complete(Verdict.PROPAGATE);
  }

  @Operation(runOnce = true)
  public void transfer() {
    try {
      heir = stack.popAll();
    } catch (IllegalStateException closed) {
      heir = null;
    }
  }

  @Operation(runOnce = true)
  public void close() {
    stack.closeAsync().whenComplete((_, _) -> seen());
  }

  /** The grace period is over. */
  @Operation
  public void expire() {
    expired = true;
    time.fire(Duration.ofSeconds(1));
  }

  /** An end that is seen while an exit runs: of another stack, or late. */
  private void seen() {
    if (exits.get() > 0 && !exit.isDone() && heir == null && !expired && value != null) {
      broken = "L2: the stack had closed before the exit had ended";
    }
  }

  /** What holds once everything has ended. */
  @Validate
  public void check() {
    boolean entered = enters.get() > 0;
    arrive();
    endExit();
    CompletableFuture<Void> closed = stack.closeAsync();
    CompletableFuture<Void> heirClosed = heir == null ? closed : heir.closeAsync();
    Law.equal("what was broken while it ran", broken, null);
    Law.equal("L1: exits", exits.get(), entered && !enter.isCompletedExceptionally() ? 1 : 0);
    Law.equal("L2: the stack has closed", closed.isDone(), true);
    Law.equal("L12: the heir has closed", heirClosed.isDone(), true);
    Law.equal("L11: the caller is told", value == null || value.isDone(), true);
    Law.equal("timers left over", time.timers(), 0);
  }
}
