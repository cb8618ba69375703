package dev.withal;

import dev.withal.internal.Shield;
import dev.withal.internal.Time;
import dev.withal.internal.Trampoline;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;

/**
 * How the calling thread waits for a future: what interrupts the wait, and what ends it early.
 *
 * <p>Design. There are two kinds of waits. One ends when an interruption comes that the thread's
 * {@link Shield} lets through. The other is shielded: it goes on, and tells its caller, who sets
 * the flag again. A limit is a timer that ends the wait; it does nothing to the future.
 */
final class Await {

  private Await() {}

  /**
   * Waits until the future is done, in whichever way. Inside an exit that runs on this thread, only
   * what that exit asked for interrupts the wait.
   */
  static void end(CompletableFuture<?> future) throws InterruptedException {
    while (!future.isDone()) {
      try {
        once(future);
      } catch (InterruptedException interruption) {
        if (Shield.ofThread().letsThrough()) {
          throw interruption;
        }
      }
    }
  }

  /** Waits until the future is done, or an interruption comes, whoever sent it. */
  private static void once(CompletableFuture<?> future) throws InterruptedException {
    // What this thread has put aside may be what completes it, however it was derived.
    Trampoline.catchUp();
    if (!(future instanceof Waits)) {
      Time.current().await(future);
      return;
    }
    ThreadWork<?> blocked = ThreadWork.block();
    Trampoline thread = Trampoline.ofThread();
    Object running = thread.runs(null);
    try {
      Time.current().await(future);
    } finally {
      thread.runs(running);
      ThreadWork.unblock(blocked);
    }
  }

  /** Waits; if interrupted and the future is a use of ours, asks that to end and waits for it. */
  static void own(CompletableFuture<?> future) throws InterruptedException {
    ThreadWork.@Nullable Wait wait = ThreadWork.beginToWait(future);
    try {
      end(future);
    } catch (InterruptedException interruption) {
      if (!(future instanceof RequestFuture<?> ours)) {
        throw interruption;
      }
      endAsked(ours, interruption);
    } finally {
      ThreadWork.end(wait);
    }
  }

  private static void endAsked(RequestFuture<?> ours, InterruptedException interruption)
      throws InterruptedException {
    boolean heard = ours.ask(RequestFuture.Request.failure(interruption));
    boolean again = shielded(ours);
    Throwable error = Stages.failure(ours, Thread.currentThread());
    if (again || error == null || !heard) {
      // Neither the error nor a value that came all the same tells of this interruption. The
      // value is returned, as it may own something (L17).
      Thread.currentThread().interrupt();
    }
    if (error != null) {
      throw Failures.<InterruptedException>sneaky(error);
    }
  }

  /**
   * Stops work, and waits for its end. It returns if that came to a value, with the flag set.
   *
   * @throws InterruptedException if it failed, with an error that isn't the echo of the request
   */
  static void stopped(CompletableFuture<?> work, Runnable stop, InterruptedException interruption)
      throws InterruptedException {
    try {
      stop.run();
    } catch (Throwable failure) {
      Report.send(
          Report.Kind.FAILED_CALLBACK, stop, "an action on a request to end failed", failure);
    }
    boolean again = shielded(work);
    Throwable error = Stages.failure(work, Thread.currentThread());
    if (again || error == null) {
      Thread.currentThread().interrupt();
    }
    if (error != null) {
      ExitCase after = Unwinding.asked(interruption, error, work);
      throw Failures.<InterruptedException>sneaky(Objects.requireNonNull(after.error()));
    }
  }

  /** {@return whether the calling thread was interrupted while it waited} Clears the flag. */
  static boolean shielded(CompletableFuture<?> future) {
    return shielded(future, null);
  }

  /** The same, for as long as the limit at most. */
  static boolean shielded(CompletableFuture<?> future, @Nullable Duration limit) {
    if (future.isDone()) {
      return false;
    }
    int ours = Shield.ofThread().senders();
    // An interruption from before may be of anybody.
    boolean interrupted = Thread.interrupted();
    try (Limited limited =
        new Limited(
            future, limit, (after, over) -> Grace.begin(after, Thread.currentThread(), over))) {
      while (!limited.end.isDone()) {
        try {
          once(limited.end);
        } catch (InterruptedException ignored) {
          interrupted = true;
          int now = Shield.ofThread().senders();
          if (now == ours) {
            Shield.ofThread().heardAnother();
          }
          ours = now;
        }
      }
    }
    return interrupted;
  }

  /** {@return whether the future was done in time} */
  static boolean end(CompletableFuture<?> future, @Nullable Duration limit)
      throws InterruptedException {
    if (!future.isDone()) {
      try (Limited limited = new Limited(future, limit, Time.current()::schedule)) {
        end(limited.end);
      }
    }
    return future.isDone();
  }

  /** A wait for a future that a timer may end. */
  private static final class Limited implements AutoCloseable {
    private final CompletableFuture<?> end;
    private final Time.@Nullable Timer timer;

    Limited(
        CompletableFuture<?> future,
        @Nullable Duration limit,
        BiFunction<Duration, Runnable, Time.Timer> clock) {
      if (limit == null || Time.isEndless(limit)) {
        end = future;
        timer = null;
      } else {
        var either = new CompletableFuture<@Nullable Void>();
        Callback.until(either, future, (ignored, unused) -> either.complete(null));
        end = either;
        timer = clock.apply(limit, () -> either.complete(null));
      }
    }

    @Override
    public void close() {
      if (timer != null) {
        timer.cancel();
        end.complete(null);
      }
    }
  }
}
