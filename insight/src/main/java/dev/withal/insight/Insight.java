package dev.withal.insight;

import dev.withal.Report;
import dev.withal.internal.Tracer;
import java.lang.invoke.MethodHandles;
import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Shows what a running program holds: every context by name, step, age, thread and line, what it is
 * nested in, and who asked it to end.
 *
 * <p>It is off, and costs the read of a field per use, until {@link #start} is called or the system
 * property {@code dev.withal.insight} is {@code on} as the first context is entered. Uses that
 * begin while it is on are shown, and it can be switched on and off at any time. While it is on,
 *
 * <ul>
 *   <li>{@link #contexts} answers what is held now, as a tree or as lines of JSON, and so does the
 *       MXBean {@code dev.withal:type=Contexts};
 *   <li>a context that nobody is left to exit is reported once as {@link Report.Kind#LEAK}, after
 *       the garbage collector has found it;
 *   <li>one that is held longer than {@link #warnAfter(Duration)} says is reported once as {@link
 *       Report.Kind#LONG_HELD};
 *   <li>Flight Recorder has the events {@code dev.withal.Use}, {@code dev.withal.Held}, {@code
 *       dev.withal.Leak} and {@code dev.withal.Report}.
 * </ul>
 *
 * <p>A name is the one given with {@code named}, or else the manager's {@code toString}; values are
 * never shown. Thread-safe.
 */
public final class Insight {
  private static final Contexts CONTEXTS = new Contexts();
  private static final LongHeld LONG_HELD = new LongHeld();

  /** The tracing under way; null while Insight is off. Guarded by this class. */
  private static @Nullable Pulse pulse;

  private Insight() {}

  /** Switches it on; does nothing if it is on. Returns at once. */
  public static void start() {
    // Asked first, as that alone may switch it on, if the system property says so; and outside the
    // monitor, as a thread that enters the first context does so meanwhile, and would wait for it.
    if (!Tracer.isOn()) {
      startItself();
    }
  }

  private static synchronized void startItself() {
    // Guard against race with another thread that switches it on.
    if (pulse == null) {
      initializeReports();
      var tracing = new Tracing(CONTEXTS, LONG_HELD);
      pulse = Pulse.start(tracing);
      tracing.begin();
    }
  }

  /** Switches it off, and forgets what it knows; does nothing if it is off. Returns at once. */
  public static synchronized void stop() {
    Pulse running = pulse;
    if (running != null) {
      pulse = null;
      try {
        running.tracing().end();
      } finally {
        running.stop();
        Meters.tell(Meters.NOTHING);
      }
    }
  }

  /** {@return whether it is on} */
  public static synchronized boolean isOn() {
    return pulse != null;
  }

  /** {@return what is held now, as the MXBean answers it} It holds nothing while Insight is off. */
  public static ContextsMXBean contexts() {
    return CONTEXTS;
  }

  /**
   * Reports each context that is held for longer than a limit, from its enter on, once, within a
   * second of the limit. The report names the line of the enter, and carries the stack of the
   * thread that has the context in direct style, as it is then. The limit applies until it is
   * replaced, also to uses under way, but not to managers that have a limit of their own.
   *
   * @param limit the age from which a context is reported; {@linkplain Duration#ZERO zero} to
   *     report nothing
   * @throws IllegalArgumentException if it is negative
   * @throws NullPointerException if it is null
   */
  public static void warnAfter(Duration limit) {
    LONG_HELD.limit(null, limit);
  }

  /**
   * Reports each context of the managers of one name that is held for longer than a limit, as
   * {@link #warnAfter(Duration)} does for others.
   *
   * @param manager the name of the managers
   * @param limit the age from which a context is reported; {@linkplain Duration#ZERO zero} to
   *     report none of them
   * @throws IllegalArgumentException if the limit is negative
   * @throws NullPointerException if an argument is null
   */
  public static void warnAfter(String manager, Duration limit) {
    LONG_HELD.limit(Objects.requireNonNull(manager, "manager"), limit);
  }

  /** Loaded with its class, as reports may come at any time. */
  static void initializeReports() {
    try {
      MethodHandles.lookup().ensureInitialized(Report.class);
    } catch (IllegalAccessException e) {
      throw new AssertionError("Report is public", e);
    }
  }

  /** {@return whether anything is traced} */
  static boolean isTracing() {
    return Tracer.isOn();
  }
}
