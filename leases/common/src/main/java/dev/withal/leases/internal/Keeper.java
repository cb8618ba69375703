package dev.withal.leases.internal;

import dev.withal.Async;
import dev.withal.internal.Time;
import dev.withal.leases.internal.Clock.Moment;
import java.time.Duration;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Keeps the leases of one term: one proof for all of them each beat, and the loss of each that has
 * none in time.
 *
 * <p>Design: two timers, as a proof may hang. The one of the proofs sets itself anew when its proof
 * has ended, so there is one at a time, and none lasts longer than a beat. The other one looks at
 * the deadlines. A lease that is lost isn't proved any more: its body may never end. Adding a lease
 * and removing it take the same time however many there are: a new deadline moves the timer only if
 * it comes first, which is rare, as the others were proved earlier. A lease that comes while the
 * watch looks around finds a timer that is due, and leaves it to set the next one. A keeper without
 * leases isn't used again, so that holds for each of its leases.
 */
final class Keeper {
  private final Engine engine;
  private final Term term;
  private final ReentrantLock lock = new ReentrantLock();

  // Guarded by the lock.
  private final Set<HeldLease> leases = new LinkedHashSet<>();
  private Time.@Nullable Timer beat;
  private Time.@Nullable Timer watch;

  /** When the watch is due, by the clock of timers, which nobody sets. */
  private long watchDue;

  Keeper(Engine engine, Term term) {
    this.engine = engine;
    this.term = term;
  }

  void add(HeldLease lease) {
    lock.lock();
    try {
      leases.add(lease);
      if (beat == null) {
        beat = Time.current().schedule(term.beat(), this::beat);
      }
      Duration left = lease.remaining();
      if (watch == null || TimeUnit.NANOSECONDS.convert(left) < watchDue - Time.current().nanos()) {
        watchAfter(left);
      }
    } finally {
      lock.unlock();
    }
  }

  /** {@return whether there are others left} */
  boolean remove(HeldLease lease) {
    lock.lock();
    try {
      leases.remove(lease);
      if (leases.isEmpty()) {
        cancel(beat);
        cancel(watch);
        beat = null;
        watch = null;
      }
      return !leases.isEmpty();
    } finally {
      lock.unlock();
    }
  }

  private static void cancel(Time.@Nullable Timer timer) {
    if (timer != null) {
      timer.cancel();
    }
  }

  private List<HeldLease> leases() {
    lock.lock();
    try {
      return List.copyOf(leases);
    } finally {
      lock.unlock();
    }
  }

  private void beat() {
    Moment sent = engine.clock().now();
    List<HeldLease> all = leases();
    all.forEach(HeldLease::expire);
    prove(sent, all.stream().filter(lease -> lease.remaining().isPositive()).toList());
    Duration taken = sent.until(engine.clock().now());
    lock.lock();
    try {
      if (!leases.isEmpty()) {
        beat = Time.current().schedule(term.beat().minus(taken), this::beat);
      }
    } finally {
      lock.unlock();
    }
  }

  private void prove(Moment sent, List<HeldLease> kept) {
    if (kept.isEmpty()) {
      return;
    }
    try {
      List<Grant> grants = kept.stream().map(HeldLease::grant).toList();
      Set<Grant> held = Async.callWithin(term.beat(), () -> engine.prove(grants));
      for (HeldLease lease : kept) {
        if (held.contains(lease.grant())) {
          lease.prove(sent);
        } else {
          lease.lose(engine.name() + " has it no more");
        }
      }
    } catch (Throwable failure) {
      // The deadline decides; it tells the failure if it comes to that.
      kept.forEach(lease -> lease.failToProve(failure));
    }
  }

  private void watch() {
    leases().forEach(HeldLease::expire);
    lock.lock();
    try {
      watchNext();
    } finally {
      lock.unlock();
    }
  }

  /**
   * Under the lock. Not all deadlines move at once, so the next one may be any lease's. One that is
   * over by now is due at once.
   */
  private void watchNext() {
    watch = null;
    leases.stream()
        .filter(HeldLease::isHeld)
        .map(HeldLease::remaining)
        .min(Comparator.naturalOrder())
        .ifPresent(this::watchAfter);
  }

  /** Under the lock. */
  private void watchAfter(Duration delay) {
    cancel(watch);
    watchDue = Time.current().nanos() + TimeUnit.NANOSECONDS.convert(delay);
    watch = Time.current().schedule(delay, this::watch);
  }
}
