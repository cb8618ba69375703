package dev.withal;

import dev.withal.internal.Time;
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
 * <p>Design: each event-loop thread notes in a slot of its own what it runs, and since when. While
 * a slot is in use, a timer looks at all of them twice per limit; it reports what has run past the
 * limit, and past twice the limit reports it again with the thread's stack. Other threads have no
 * slot and pay for one check of what they are.
 */
final class Watchdog {

  /** Says how long a step may hold an event-loop thread: 100 ms unless it is set. */
  private static final String PROPERTY = "dev.withal.eventLoopLimit";

  private static final Duration LIMIT;

  /**
   * What is wrong with the property; null if nothing is. It is reported by the first step, not
   * before this class is there: who hears of it may come by as well.
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

  private static final ThreadLocal<Slot> SLOT = ThreadLocal.withInitial(Watchdog::register);
  private static final List<Slot> SLOTS = new CopyOnWriteArrayList<>();

  /** The time whose timer will look next; null if none is set. */
  private static final AtomicReference<@Nullable Time> LOOKING = new AtomicReference<>();

  /** What a thread runs. */
  private record Step(String manager, String phase, Instant since) {}

  /** A thread and what it runs now. */
  private static final class Slot {
    final Thread thread = Thread.currentThread();
    volatile @Nullable Step step;
    volatile int reports;
  }

  private Watchdog() {}

  /** Runs a step, and watches it if this is an event-loop thread. */
  static <V extends @Nullable Object> V watch(Use<?, ?> use, String phase, Callable<V> step)
      throws Exception {
    if (MALFORMED != null) {
      tell(MALFORMED);
    }
    if (!EventLoops.isCurrent()) {
      return step.call();
    }
    Slot slot = SLOT.get();
    Step outer = slot.step;
    slot.reports = 0;
    slot.step = new Step(use.name(), phase, Time.current().now());
    look();
    try {
      return step.call();
    } finally {
      slot.step = outer;
    }
  }

  private static void tell(AtomicReference<@Nullable Throwable> malformed) {
    Throwable error = malformed.getAndSet(null);
    if (error != null) {
      Report.send(
          Report.Kind.BAD_SETTING,
          PROPERTY,
          "it is no duration such as PT0.5S, so the usual one is taken: " + LIMIT,
          error);
    }
  }

  private static Slot register() {
    SLOTS.removeIf(slot -> !slot.thread.isAlive());
    var slot = new Slot();
    SLOTS.add(slot);
    return slot;
  }

  private static void look() {
    Time time = Time.current();
    Time looking = LOOKING.get();
    if (looking != time && LOOKING.compareAndSet(looking, time)) {
      time.schedule(LIMIT.dividedBy(2), Watchdog::lookAgain);
    }
  }

  private static void lookAgain() {
    LOOKING.set(null);
    boolean inUse = false;
    for (Slot slot : SLOTS) {
      Step step = slot.step;
      if (step != null) {
        inUse = true;
        look(slot, step);
      }
    }
    if (inUse) {
      look();
    }
  }

  private static void look(Slot slot, Step step) {
    Duration held = Duration.between(step.since, Time.current().now());
    if (held.compareTo(LIMIT) >= 0 && slot.reports == 0) {
      slot.reports = 1;
      report(slot, step, held, null);
    } else if (held.dividedBy(2).compareTo(LIMIT) >= 0 && slot.reports == 1) {
      slot.reports = 2;
      var where = new IllegalStateException("here the thread is held");
      where.setStackTrace(slot.thread.getStackTrace());
      report(slot, step, held, where);
    }
  }

  private static void report(Slot slot, Step step, Duration held, @Nullable Throwable where) {
    Report.send(
        Report.Kind.BLOCKED_EVENT_LOOP,
        step.manager,
        "the "
            + step.phase
            + " has held the event-loop thread "
            + slot.thread.getName()
            + " for "
            + held.toMillis()
            + " ms: it must not block",
        where);
  }
}
