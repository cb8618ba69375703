package dev.withal.insight;

import dev.withal.internal.Reporter;
import dev.withal.internal.Tracer;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * The thread that tells the time while Insight is on, and looks around once a second.
 *
 * <p>Design: a clock costs a use more than all the rest, so the time is read here, every 5 ms, and
 * whoever begins something takes it from a field. It is real time, whatever time a test has put in
 * force: what is shown is shown to people.
 */
final class Pulse implements Runnable {
  private static final long TICK = TimeUnit.MILLISECONDS.toNanos(5);
  private static final long LOOK = TimeUnit.SECONDS.toNanos(1);

  private final Tracing tracing;
  // Guarded by this.
  private boolean stopped;

  private Pulse(Tracing tracing) {
    this.tracing = tracing;
  }

  static Pulse start(Tracing tracing) {
    var pulse = new Pulse(tracing);
    Tracer.tick(millis());
    Thread.ofPlatform()
        .daemon()
        .name("withal-insight")
        .inheritInheritableThreadLocals(false)
        .start(pulse);
    return pulse;
  }

  Tracing tracing() {
    return tracing;
  }

  /** Tells no time from here on, and begins to look no more. */
  synchronized void stop() {
    stopped = true;
  }

  /** {@return whether it goes on} */
  private synchronized boolean tick() {
    // Guard against race with stop, after which the time is somebody else's.
    if (!stopped) {
      Tracer.tick(millis());
    }
    return !stopped;
  }

  @Override
  public void run() {
    long looked = System.nanoTime();
    LockSupport.parkNanos(TICK);
    while (tick()) {
      long now = System.nanoTime();
      if (now - looked >= LOOK) {
        looked = now;
        look();
      }
      LockSupport.parkNanos(TICK);
    }
    // Again, after the last look, or what that found would stay measured.
    if (!Insight.isOn()) {
      Meters.tell(Meters.NOTHING);
    }
  }

  private void look() {
    try {
      tracing.look();
    } catch (Throwable failure) {
      // The time goes on, and so does the next look.
      Reporter.current()
          .report("FAILED_CALLBACK", "Insight", "looking at what is held failed", failure);
    }
  }

  /** {@return the time since some moment, which is the same each time it is switched on} */
  private static long millis() {
    return TimeUnit.NANOSECONDS.toMillis(System.nanoTime());
  }
}
