package dev.withal;

import dev.withal.internal.Held;
import dev.withal.internal.Time;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
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

  private static final String ENDED = "main has ended, and Async.run with it";

  private static final String LEFT_OPEN =
      "Async.run returns although this is not exited: the exit stack that it is on was left open";

  private final CompletableFuture<R> done = new CompletableFuture<>();
  private final Shutdown shutdown;
  private final MainThread main;
  private final HeldByRun held;

  Run(Shutdown shutdown, Work<? extends R, ?> work) {
    this.shutdown = shutdown;
    List<Held.Entry> before = Held.entries();
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
    held = new HeldByRun(shutdown, main, before);
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
    var reason = new CancellationException(ENDED);
    boolean ended = shutdown.isTold();
    while (!ended) {
      try {
        held.endUses(reason, end);
        Await.end(held.closeStacks(ENDED, done), left(end));
        ended = true;
      } catch (InterruptedException ignored) {
        interrupted = true;
      }
    }
    if (!shutdown.isTold()) {
      String message =
          "Async.run returns although this is not exited: it took more than " + shutdown.grace;
      for (HeldContext<?> left : held.contexts()) {
        if (HeldByRun.isAwaited(left)) {
          report(left, message);
        } else if (HeldByRun.isLeftOpen(left, done)) {
          report(left, LEFT_OPEN);
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
      CompletableFuture<?> exits =
          main.isInSystemExit() ? main.exitInItsPlace(held::contexts) : null;
      held.endUses(reason, end);
      boolean inTime = exits == null ? awaitMainOrItsExit(end) : Await.end(exits, left(end));
      if (done.isDone()) {
        inTime = Await.end(held.closeStacks(MainThread.TOLD, done), left(end));
      }
      if (!inTime || !held.contexts().isEmpty()) {
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
    return Await.end(main.exitInItsPlace(held::contexts), left);
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
    for (HeldContext<?> left : held.contexts()) {
      report(left, message);
    }
    if (!done.isDone()) {
      Report.send(Report.Kind.ABANDONED_EXIT, "main", message, main.where("main is here"));
    }
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

  static Duration left(Instant end) {
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
