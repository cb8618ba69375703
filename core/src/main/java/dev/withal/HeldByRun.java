package dev.withal;

import dev.withal.internal.Held;
import dev.withal.internal.Time;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** What is held and concerns one run, and how that is ended. */
final class HeldByRun {
  private final Shutdown shutdown;
  private final MainThread main;
  private final Set<Held.Entry> before = Collections.newSetFromMap(new IdentityHashMap<>());

  /**
   * Makes it.
   *
   * @param before what was held before the run began
   */
  HeldByRun(Shutdown shutdown, MainThread main, Collection<Held.Entry> before) {
    this.shutdown = shutdown;
    this.main = main;
    this.before.addAll(before);
  }

  /** Asks all uses to end at once, and waits for them and for exits that are under way. */
  void endUses(CancellationException reason, Instant end) throws InterruptedException {
    List<HeldContext<?>> unasked = contexts();
    CompletableFuture<?> asked = new Completed<>(null);
    Duration left = Run.left(end);
    do {
      CompletableFuture<?> change = Held.change();
      asked = CompletableFuture.allOf(asked, ask(unasked, reason));
      if (asked.isDone() && contexts().stream().noneMatch(HeldByRun::isAwaited)) {
        return;
      }
      Duration look = left.compareTo(Held.MISSED) < 0 ? left : Held.MISSED;
      Await.end(asked.isDone() ? change : asked, look);
      left = Run.left(end);
    } while (left.isPositive());
  }

  /**
   * Asks the uses that hold contexts to end, and takes those out of the list. {@return what is done
   * when they have ended} What stays has no use yet, perhaps as its body is just being called: a
   * context is held before there is anybody to ask.
   */
  private static CompletableFuture<?> ask(
      List<HeldContext<?>> contexts, CancellationException reason) {
    var uses = new ArrayList<RequestFuture<?>>();
    contexts.removeIf(held -> {
      RequestFuture<?> use = held.owner();
      if (use == null) {
        held.exitForItsUse(reason);
      } else if (!held.isShielded()) {
        uses.add(use);
      }
      return use != null || !held.isRecorded();
    });
    Shutdown.ask(uses, reason);
    return CompletableFuture.allOf(uses.toArray(CompletableFuture<?>[]::new));
  }

  /**
   * {@return what is held and concerns this run} That is everything as the process ends, but for
   * what the main of another run holds; before, what was entered since the run began, by main, or
   * while there is no other run by any thread.
   */
  List<HeldContext<?>> contexts() {
    boolean all = shutdown.isTold();
    boolean alone = !shutdown.isOneOfSeveral();
    var held = new ArrayList<HeldContext<?>>();
    for (Held.Entry entry : Held.entries()) {
      if (entry instanceof HeldContext<?> context
          && (all
              ? !shutdown.isMainOfAnother(context.thread())
              : (isSinceItBegan(context) && (alone || main.holds(context))))) {
        held.add(context);
      }
    }
    return held;
  }

  /** Not so: the exit that may have begun this very run, which must not wait for its own end. */
  private boolean isSinceItBegan(HeldContext<?> context) {
    return !before.contains(context) && !context.forItsExit;
  }

  /**
   * Exits the stacks that main opened and left open, the latest first. {@return what completes when
   * they are exited} Not those in main's result, which its caller has. A platform thread exits
   * them, as virtual ones may compute.
   */
  CompletableFuture<?> closeStacks(String why, CompletableFuture<?> result) {
    Set<AsyncExitStack> open = openStacks(result);
    if (open.isEmpty()) {
      return new Completed<>(null);
    }
    var closed = new CompletableFuture<@Nullable Void>();
    Time.current()
        .startPlatform(
            "withal-exits",
            () -> {
              open.forEach(stack -> stack.exitInItsPlace(new CancellationException(why)));
              closed.complete(null);
            });
    return closed;
  }

  /** {@return the stacks that main opened} What its own thread has entered tells their order. */
  private Set<AsyncExitStack> openStacks(CompletableFuture<?> result) {
    var others = new ArrayList<AsyncExitStack>();
    var open = new LinkedHashSet<AsyncExitStack>();
    for (Held.Entry entry : Held.entries()) {
      if (entry instanceof HeldContext<?> context) {
        AsyncExitStack stack = context.stack();
        if (stack != null && stack.opener == main.thread()) {
          (main.holds(context) ? open : others).add(stack);
        }
      }
    }
    open.addAll(others);
    open.removeIf(stack -> isReturned(stack, result));
    return open;
  }

  private static boolean isReturned(AsyncExitStack stack, CompletableFuture<?> result) {
    return Stages.hasValue(result) && Dropped.holds(result.resultNow(), stack);
  }

  /**
   * Whether it is left on a stack that was opened while the run was under way, by main or on
   * another thread, and that nobody has closed.
   */
  static boolean isLeftOpen(HeldContext<?> held, CompletableFuture<?> result) {
    AsyncExitStack stack = held.stack();
    return stack != null && !isReturned(stack, result);
  }

  /** Whether its end is on its way. */
  static boolean isAwaited(HeldContext<?> held) {
    RequestFuture<?> use = held.owner();
    return use == null
        ? held.step() == Held.Step.EXITING || (isJustCalled(held) && !isInSystemExit(held))
        : !use.isDone();
  }

  /** Whether a body is called in there, and has no use yet that could be asked to end. */
  private static boolean isJustCalled(HeldContext<?> held) {
    return held.isCalled && held.owner() == null && held.step() == Held.Step.BODY;
  }

  /** Whether its body never returns, as it waits for the end of the process itself. */
  private static boolean isInSystemExit(HeldContext<?> held) {
    Thread thread = held.thread();
    return thread != null && new MainThread(thread).isInSystemExit();
  }
}
