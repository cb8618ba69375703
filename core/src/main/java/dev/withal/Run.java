package dev.withal;

import dev.withal.internal.Time;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * One {@link Async#run}: main on a virtual thread, and a hook that ends it with the process.
 *
 * <p>Design. The hook interrupts main, asks every use in stage style to end, and waits for all of
 * them for the grace period. A main that called {@code System.exit} itself is stuck in there until
 * the hooks have ended, so its frames can't exit what they hold: then the hook does.
 */
final class Run<R extends @Nullable Object> {
  private final CompletableFuture<R> done = new CompletableFuture<>();
  private final Duration grace;
  private final Thread main;

  Run(Duration grace, ScopedValue.CallableOp<? extends R, ?> op) {
    this.grace = grace;
    main =
        Time.current()
            .start(
                "withal-main",
                () -> {
                  try {
                    done.complete(op.call());
                  } catch (Throwable error) {
                    done.completeExceptionally(error);
                  }
                });
  }

  static <R extends @Nullable Object, X extends Exception> R call(
      Duration grace, ScopedValue.CallableOp<? extends R, X> op) throws X, InterruptedException {
    EventLoops.refuse("Async.run", "it on another thread");
    Owed.begin();
    try {
      return new Run<R>(grace, op).<X>await();
    } finally {
      Owed.end();
    }
  }

  private <X extends Exception> R await() throws X, InterruptedException {
    var hook = Thread.ofPlatform().name("withal-shutdown").unstarted(this::shutDown);
    boolean hooked = add(hook);
    try {
      Direct.await(done);
    } catch (InterruptedException _) {
      Time.current().interrupt(main);
      Direct.awaitShielded(done);
    } finally {
      if (hooked) {
        remove(hook);
      }
    }
    Throwable error = Stages.failure(done, Thread.currentThread());
    if (error != null) {
      throw Failures.<X>sneaky(error);
    }
    return done.resultNow();
  }

  // ---- when the process ends -------------------------------------------------------------------

  /** The process ends: waits for what main owes, at most the grace period. */
  void shutDown() {
    var reason = new CancellationException("the process was told to end");
    Thread ending = Thread.ofVirtual().name("withal-exits").start(() -> end(reason));
    try {
      if (!ending.join(grace)) {
        reportHanging();
      }
    } catch (InterruptedException e) {
      Report.send(
          Report.Kind.ABANDONED_EXIT, "main", "the process ends without waiting for exits", e);
    }
  }

  private void end(CancellationException reason) {
    Time.current().interrupt(main);
    if (isStuckInExit()) {
      for (Owed.Debt debt : Owed.lastFirst()) {
        if (debt.owner() == null && debt.thread() == main) {
          Direct.exit(debt.context(), ExitCase.cancelled(reason), debt.context());
        }
      }
      reportStuckFrames();
    } else {
      Direct.awaitShielded(done);
    }
    for (Owed.Debt debt : Owed.lastFirst()) {
      if (debt.owner() != null) {
        debt.owner().ask(RequestFuture.Request.failure(reason));
        Direct.awaitShielded(debt.owner());
      }
    }
  }

  /** Code of a generator or a synchronous manager is in main's own frames, which never go on. */
  private void reportStuckFrames() {
    boolean inside =
        Arrays.stream(main.getStackTrace())
            .map(StackTraceElement::getClassName)
            .anyMatch(name ->
                name.startsWith(GeneratorManager.class.getName())
                    || name.equals(Blocking.class.getName()));
    if (inside) {
      var where = new IllegalStateException("System.exit was called here");
      where.setStackTrace(main.getStackTrace());
      Report.send(
          Report.Kind.ABANDONED_EXIT,
          "main",
          "System.exit was called inside a generator or a synchronous manager, whose exit can't run:"
              + " return from main instead",
          where);
    }
  }

  private boolean isStuckInExit() {
    return Arrays.stream(main.getStackTrace())
        .anyMatch(frame -> frame.getClassName().equals("java.lang.Shutdown"));
  }

  private void reportHanging() {
    var where = new TimeoutException("main is here");
    where.setStackTrace(main.getStackTrace());
    String message = "the process ends although this is not exited: it took more than " + grace;
    for (Owed.Debt debt : Owed.lastFirst()) {
      Report.send(Report.Kind.ABANDONED_EXIT, debt.context(), message, where);
    }
    if (!done.isDone()) {
      Report.send(Report.Kind.ABANDONED_EXIT, "main", message, where);
    }
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
