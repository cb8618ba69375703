package dev.withal.leases;

import dev.withal.Async;
import dev.withal.AsyncContextManager;
import dev.withal.Body;
import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/**
 * One call of {@link Leases#whileLeading}: leads, and tries again after a loss.
 *
 * <p>Design: what an attempt fails with is told either way, thrown or as suppressed by what ends
 * the loop. Pauses are partly random, as all that lose their leases at the same moment, when the
 * engine fails, would come back at the same moment.
 */
final class Leading<X extends Exception> {
  private static final Duration FIRST = Duration.ofMillis(100);
  private static final Duration LONGEST = Duration.ofSeconds(30);

  private final AsyncContextManager<Lease> lease;
  private final Body.Action<? super Lease, X> body;
  private Duration pause = FIRST;
  private boolean hasLed;
  private @Nullable Lease held;

  Leading(AsyncContextManager<Lease> lease, Body.Action<? super Lease, X> body) {
    this.lease = lease;
    this.body = body;
  }

  void run() throws X, InterruptedException {
    Exception failure = attempt();
    while (failure != null) {
      try {
        Async.sleep(next());
        failure = attempt();
      } catch (InterruptedException interruption) {
        interruption.addSuppressed(failure);
        throw interruption;
      }
    }
  }

  /** {@return why to try again; null if the body has returned} */
  private @Nullable Exception attempt() throws X, InterruptedException {
    held = null;
    try {
      lease.run(this::lead);
      return null;
    } catch (InterruptedException interruption) {
      throw interruption;
    } catch (Exception failure) {
      boolean isLoss = failure instanceof LeaseLostException;
      boolean again = held == null ? hasLed || isLoss : isLoss && isLost(held);
      if (!again) {
        throw failure;
      }
      return failure;
    }
  }

  /** {@return whether it is this lease that was lost, and not another one of the body's} */
  private static boolean isLost(Lease lease) {
    try {
      lease.token();
      return false;
    } catch (LeaseLostException lost) {
      return true;
    } catch (IllegalStateException givenBack) {
      return false;
    }
  }

  private void lead(Lease granted) throws X, InterruptedException {
    held = granted;
    hasLed = true;
    pause = FIRST;
    body.run(granted);
  }

  private Duration next() {
    Duration full = pause;
    Duration doubled = full.multipliedBy(2);
    pause = doubled.compareTo(LONGEST) < 0 ? doubled : LONGEST;
    long half = full.dividedBy(2).toNanos();
    return Duration.ofNanos(half + ThreadLocalRandom.current().nextLong(half));
  }
}
