package dev.withal;

import dev.withal.internal.Held;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;

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

  /** Whether its end is on its way. */
  static boolean isAwaited(HeldContext<?> held) {
    RequestFuture<?> use = held.owner();
    return use == null
        ? held.step() == Held.Step.EXITING || (held.isJustCalled() && !isInSystemExit(held))
        : !use.isDone();
  }

  /** Whether its body never returns, as it waits for the end of the process itself. */
  private static boolean isInSystemExit(HeldContext<?> held) {
    Thread thread = held.thread();
    return thread != null && new MainThread(thread).isInSystemExit();
  }
}
