package dev.withal;

import dev.withal.internal.Time;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * Warns when an enter, a body or an exit holds an event-loop thread.
 *
 * <p>Design: each event-loop thread notes in a slot of its own what it runs, and reads no clock. A
 * lookout that finds the same step as at an earlier look knows that it has run since then; it
 * reports what has run for the limit, and past twice the limit reports it again with the thread's
 * stack. Other threads have no slot and pay for one check of what they are.
 */
final class Watchdog {

  /** Says how long a step may hold an event-loop thread: 100 ms unless it is set. */
  private static final String PROPERTY = "dev.withal.eventLoopLimit";

  private static final Duration LIMIT;

  /**
   * What is wrong with the property; null if nothing is. The first step reports it, but not before
   * this class is initialized: a listener may come by as well.
   */
  private static final @Nullable AtomicReference<@Nullable Throwable> MALFORMED;

  static {
    Duration limit = Duration.ofMillis(100);
    Throwable malformed = null;
    try {
      limit = positive(System.getProperty(PROPERTY, "PT0.1S"));
    } catch (Throwable error) {
      malformed = error;
    }
    LIMIT = limit;
    MALFORMED = malformed == null ? null : new AtomicReference<>(malformed);
  }

  private static Duration positive(String text) {
    Duration duration = Duration.parse(text);
    if (!duration.isPositive()) {
      throw new IllegalArgumentException("not a positive duration: " + text);
    }
    return duration;
  }

  private static final VarHandle STEP = handle(Slot.class, "step", Step.class);
  private static final VarHandle PHASE = handle(Step.class, "phase", String.class);

  private static VarHandle handle(Class<?> type, String field, Class<?> ofField) {
    try {
      return MethodHandles.privateLookupIn(type, MethodHandles.lookup())
          .findVarHandle(type, field, ofField);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  private static final ThreadLocal<Slot> SLOT = ThreadLocal.withInitial(Watchdog::register);
  private static final List<Slot> SLOTS = new CopyOnWriteArrayList<>();
  private static final Lookout LOOKOUT = new Lookout(LIMIT.dividedBy(4), Watchdog::look);

  private Watchdog() {}

  /** What a thread runs of a use. */
  static final class Step {
    private final AsyncContextManager<?> manager;
    private final Settings settings;

    // Read by the lookout, which need not see it at once: a barrier costs more than the rest.
    private volatile String phase;

    @SuppressWarnings("NullAway") // set by its handle
    Step(AsyncContextManager<?> manager, Settings settings) {
      this.manager = manager;
      this.settings = settings;
      PHASE.set(this, "enter");
    }
  }

  /** A thread and what it runs now. */
  static final class Slot {
    private final Thread thread = Thread.currentThread();

    // The same.
    private volatile @Nullable Step step;

    // Only the lookout touches these: what it saw, since when, and how often that was reported.
    private @Nullable Step seen;
    private String seenPhase = "";
    private Instant since = Instant.EPOCH;
    private int reports;

    /** Begins a use on this thread. {@return what the thread ran before} */
    @Nullable Step begin(AsyncContextManager<?> manager, Settings settings) {
      Step outer = step;
      STEP.setRelease(this, new Step(manager, settings));
      LOOKOUT.wake();
      return outer;
    }

    /** Ends it. */
    void end(@Nullable Step outer) {
      STEP.setRelease(this, outer);
    }

    /** {@return whether it runs something that is yet to be reported} */
    private boolean look() {
      Step now = step;
      if (now == null) {
        seen = null;
        return false;
      }
      Instant present = Time.current().now();
      String phase = now.phase;
      if (now != seen || !phase.equals(seenPhase)) {
        seen = now;
        seenPhase = phase;
        since = present;
        reports = 0;
      }
      Duration held = Duration.between(since, present);
      if (reports < 2 && held.dividedBy(reports + 1L).compareTo(LIMIT) >= 0) {
        reports++;
        report(now, phase, held);
      }
      return reports < 2;
    }

    private void report(Step now, String phase, Duration held) {
      IllegalStateException where = null;
      if (reports == 2) {
        where = new IllegalStateException("here the thread is held");
        where.setStackTrace(thread.getStackTrace());
      }
      Report.send(
          Report.Kind.BLOCKED_EVENT_LOOP,
          now.settings.nameOf(now.manager),
          "the "
              + phase
              + " has held the event-loop thread "
              + thread.getName()
              + " for "
              + held.toMillis()
              + " ms: it must not block",
          where);
    }
  }

  /** {@return the calling thread's slot; null if it isn't an event loop} */
  static @Nullable Slot ofThisThread() {
    if (MALFORMED != null) {
      tell(MALFORMED);
    }
    return EventLoops.isCurrent() ? SLOT.get() : null;
  }

  /** Ends a step that {@link Slot#begin} began, if there is a slot. */
  static void end(@Nullable Slot slot, @Nullable Step outer) {
    if (slot != null) {
      slot.end(outer);
    }
  }

  /** The step that a slot notes comes to another phase. */
  static void comesTo(@Nullable Slot slot, String phase) {
    if (slot != null) {
      Step step = slot.step;
      if (step != null) {
        PHASE.setRelease(step, phase);
      }
    }
  }

  /** Runs a step, and watches it if this is an event-loop thread. */
  static <V extends @Nullable Object> V watch(
      AsyncContextManager<?> manager, Settings settings, String phase, Callable<V> step)
      throws Exception {
    Slot slot = ofThisThread();
    if (slot == null) {
      return step.call();
    }
    Step outer = slot.begin(manager, settings);
    comesTo(slot, phase);
    try {
      return step.call();
    } finally {
      slot.end(outer);
    }
  }

  private static void tell(AtomicReference<@Nullable Throwable> malformed) {
    Throwable error = malformed.getAndSet(null);
    if (error != null) {
      Report.send(
          Report.Kind.BAD_SETTING,
          PROPERTY,
          "it isn't a duration such as PT0.5S, so the default is used: " + LIMIT,
          error);
    }
  }

  private static Slot register() {
    SLOTS.removeIf(slot -> !slot.thread.isAlive());
    var slot = new Slot();
    SLOTS.add(slot);
    return slot;
  }

  private static boolean look() {
    boolean again = false;
    for (Slot slot : SLOTS) {
      again |= slot.look();
    }
    return again;
  }
}
