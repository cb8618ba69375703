package dev.withal;

import dev.withal.internal.Held;
import dev.withal.internal.Time;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * One {@link Async#run}: main on a virtual thread, and a hook that ends it with the process.
 *
 * <p>Design. The first of two, the end of the process and the return of main, asks the uses in
 * stage style that are held to end, all at the same moment. They are awaited for the grace period
 * at most, and what is held still is reported. When the process ends, the end of the grace period
 * is the deadline of each exit that begins from then on. None of that needs a virtual thread, as
 * those that compute may hold every carrier.
 *
 * <p>A main that called {@code System.exit} itself can't exit what it holds: then the hook does.
 */
final class Run<R extends @Nullable Object> {
  /** How often a main that was told is looked at, as it may call {@code System.exit}. */
  private static final Duration LOOK = Duration.ofMillis(100);

  private final CompletableFuture<R> done = new CompletableFuture<>();
  private final Shutdown shutdown;
  private final MainThread main;

  /** What was held before this run began. */
  private final Set<Held.Entry> before = Collections.newSetFromMap(new IdentityHashMap<>());

  Run(Shutdown shutdown, Work<? extends R, ?> work) {
    this.shutdown = shutdown;
    before.addAll(Held.entries());
    main =
        new MainThread(
            Time.current()
                .start(
                    "withal-main",
                    ThreadWork.continuing(
                        InExit.continuing(() -> {
                          shutdown.isOnMain();
                          try {
                            done.complete(work.call());
                          } catch (Throwable error) {
                            done.completeExceptionally(error);
                          }
                        }))));
  }

  static <R extends @Nullable Object, X extends Exception> R call(
      Duration grace, Work<? extends R, X> work) throws X, InterruptedException {
    EventLoops.refuse("a run", "it on another thread");
    var shutdown = new Shutdown(grace);
    Held.begin();
    shutdown.begin();
    try {
      return new Run<R>(shutdown, work).<X>await();
    } finally {
      // Where the process ends, its hook needs the record still.
      if (!shutdown.isTold()) {
        shutdown.end();
        Held.end();
      }
    }
  }

  private <X extends Exception> R await() throws X, InterruptedException {
    var hook = Thread.ofPlatform().name("withal-shutdown").unstarted(this::shutDown);
    boolean hooked = add(hook);
    try {
      awaitMain();
    } finally {
      if (hooked) {
        remove(hook);
      }
    }
    Throwable error = Stages.failure(done, Thread.currentThread());
    if (error != null && shutdown.isTold()) {
      error = MainThread.isEcho(error) ? interruption(error) : error;
      hideFromTheEndOfThisThread(error);
    }
    if (error != null) {
      MainThread.showCaller(error);
      throw Failures.<X>sneaky(error);
    }
    return done.resultNow();
  }

  /** Waits for main, and for what it leaves in use. */
  private void awaitMain() {
    boolean interrupted = false;
    try {
      Await.end(done);
    } catch (InterruptedException ignored) {
      Time.current().interrupt(main.thread());
      // A value doesn't tell of this interruption.
      interrupted = Await.shielded(done) || Stages.hasValue(done);
    }
    Instant end = end();
    var reason = new CancellationException("main has ended, and Async.run with it");
    boolean ended = shutdown.isTold();
    while (!ended) {
      try {
        endUses(reason, end);
        ended = true;
      } catch (InterruptedException ignored) {
        interrupted = true;
      }
    }
    if (!shutdown.isTold()) {
      String message =
          "Async.run returns although this is not exited: it took more than " + shutdown.grace;
      for (HeldContext<?> left : held()) {
        if (isAwaited(left)) {
          report(left, message);
        }
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  /** {@return the same, whether main heard of its interruption first or of the end of a use} */
  private static Throwable interruption(Throwable echo) {
    if (echo instanceof InterruptedException interruption) {
      return interruption;
    }
    var interruption = new InterruptedException(MainThread.TOLD);
    interruption.initCause(echo);
    return interruption;
  }

  /** Main has ended as the process told it to: what else its error says, the hook reports. */
  private static void hideFromTheEndOfThisThread(Throwable error) {
    Thread own = Thread.currentThread();
    Thread.UncaughtExceptionHandler others = own.getUncaughtExceptionHandler();
    own.setUncaughtExceptionHandler((thread, uncaught) -> {
      if (uncaught != error && others != null) {
        others.uncaughtException(thread, uncaught);
      }
    });
  }

  // ---- when the process ends -------------------------------------------------------------------

  /** The process ends: waits for what is held, at most the grace period. */
  void shutDown() {
    var reason = new CancellationException(MainThread.TOLD);
    Instant end = end();
    try {
      Duration drain = shutdown.tell(end);
      if (drain.isPositive()) {
        Await.end(done, drain);
      }
      Time.current().interrupt(main.thread());
      CompletableFuture<?> exits = main.isInSystemExit() ? main.exitInItsPlace(this::held) : null;
      endUses(reason, end);
      boolean inTime = exits == null ? awaitMainOrItsExit(end) : Await.end(exits, left(end));
      if (!inTime || !held().isEmpty()) {
        reportLeft();
      }
      reportNewsOfMain();
    } catch (InterruptedException e) {
      Report.send(
          Report.Kind.ABANDONED_EXIT, "main", "the process ends without waiting for exits", e);
    }
  }

  /**
   * Waits for main, which may answer by {@code System.exit}. {@return whether all ended in time}
   */
  private boolean awaitMainOrItsExit(Instant end) throws InterruptedException {
    Duration left = left(end);
    while (!main.isInSystemExit()) {
      if (Await.end(done, left.compareTo(LOOK) < 0 ? left : LOOK)) {
        return true;
      }
      left = left(end);
      if (!left.isPositive()) {
        return false;
      }
    }
    return Await.end(main.exitInItsPlace(this::held), left);
  }

  /** The process may be gone before the caller of this run could tell of its error. */
  private void reportNewsOfMain() {
    Throwable error = done.isDone() ? Stages.failure(done, Thread.currentThread()) : null;
    if (error != null && MainThread.isNews(error)) {
      Report.send(
          Report.Kind.LATE_FAILURE, "main", "it failed as the process was told to end", error);
    }
  }

  private void reportLeft() {
    String message =
        "the process ends although this is not exited: it took more than " + shutdown.grace;
    for (HeldContext<?> left : held()) {
      report(left, message);
    }
    if (!done.isDone()) {
      Report.send(Report.Kind.ABANDONED_EXIT, "main", message, main.where("main is here"));
    }
  }

  // ---- what is held ----------------------------------------------------------------------------

  /** Asks all uses to end at once, and waits for them and for exits that are under way. */
  private void endUses(CancellationException reason, Instant end) throws InterruptedException {
    List<HeldContext<?>> unasked = held();
    CompletableFuture<?> asked = new Completed<>(null);
    Duration left = left(end);
    do {
      CompletableFuture<?> change = Held.change();
      asked = CompletableFuture.allOf(asked, ask(unasked, reason));
      if (asked.isDone() && held().stream().noneMatch(Run::isAwaited)) {
        return;
      }
      Duration look = left.compareTo(Held.MISSED) < 0 ? left : Held.MISSED;
      Await.end(asked.isDone() ? change : asked, look);
      left = left(end);
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
  private List<HeldContext<?>> held() {
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
  private static boolean isAwaited(HeldContext<?> held) {
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

  private void report(HeldContext<?> left, String message) {
    String name = left.name();
    Throwable where = main.holds(left) && !done.isDone() ? main.where("main is here") : null;
    // Guard against race with the end of its exit, after which its name is gone.
    if (left.isRecorded()) {
      Report.send(Report.Kind.ABANDONED_EXIT, name, message, where);
    }
  }

  private Instant end() {
    return Time.current().in(shutdown.grace);
  }

  private static Duration left(Instant end) {
    return Duration.between(Time.current().now(), end);
  }

  private static boolean add(Thread hook) {
    try {
      Runtime.getRuntime().addShutdownHook(hook);
      return true;
    } catch (IllegalStateException shuttingDown) {
      // The process ends already: then nobody is left to tell it, and main runs as it can.
      return false;
    }
  }

  private static void remove(Thread hook) {
    try {
      Runtime.getRuntime().removeShutdownHook(hook);
    } catch (IllegalStateException shuttingDown) {
      // The hook runs or has run, and main has ended: there is nothing to remove.
      return;
    }
  }
}
