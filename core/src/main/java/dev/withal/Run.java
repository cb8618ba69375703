package dev.withal;

import dev.withal.internal.Time;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** One {@link Async#run}: main on a virtual thread, and a hook that ends it with the process. */
final class Run<R extends @Nullable Object> {
  private final CompletableFuture<R> done = new CompletableFuture<>();
  private final Thread main;

  private Run(ScopedValue.CallableOp<? extends R, ?> op) {
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
    var run = new Run<R>(op);
    var hook = Thread.ofPlatform().name("withal-shutdown").unstarted(() -> run.shutDown(grace));
    boolean hooked = add(hook);
    try {
      Direct.await(run.done);
    } catch (InterruptedException _) {
      Time.current().interrupt(run.main);
      Direct.awaitShielded(run.done);
    } finally {
      if (hooked) {
        remove(hook);
      }
    }
    Throwable error = Stages.failure(run.done);
    if (error != null) {
      throw Failures.<X>sneaky(error);
    }
    return run.done.resultNow();
  }

  /** The process ends: what main holds is exited first. */
  private void shutDown(Duration grace) {
    Time.current().interrupt(main);
    try {
      done.handle((_, _) -> null).get(grace.toNanos(), TimeUnit.NANOSECONDS);
    } catch (TimeoutException _) {
      var hanging = new TimeoutException("main has not ended within " + grace);
      hanging.setStackTrace(main.getStackTrace());
      Report.send(
          Report.Kind.ABANDONED_EXIT,
          "main",
          "the process ends without the exits that main still owes",
          hanging);
    } catch (InterruptedException | ExecutionException e) {
      Report.send(
          Report.Kind.ABANDONED_EXIT, "main", "the process ends without waiting for main", e);
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
