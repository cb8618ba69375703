package dev.withal.stress.sched;

import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;

/** What will happen later, and the clock, which passes by firing what is next. */
final class Timers {

  /** Who wants it: core's timers are cancelled once they have no purpose; a scenario's happen. */
  enum Owner {
    CORE,
    SCENARIO
  }

  record Timer(Duration due, long number, Owner owner, Runnable action) {}

  private final PriorityQueue<Timer> pending =
      new PriorityQueue<>(Comparator.comparing(Timer::due).thenComparingLong(Timer::number));
  private Duration elapsed = Duration.ZERO;
  private long count;

  Duration elapsed() {
    return elapsed;
  }

  Timer add(Duration delay, Owner owner, Runnable action) {
    Duration wait = delay.isNegative() ? Duration.ZERO : delay;
    var timer = new Timer(elapsed.plus(wait), count++, owner, action);
    pending.add(timer);
    return timer;
  }

  void remove(Timer timer) {
    pending.remove(timer);
  }

  boolean isEmpty() {
    return pending.isEmpty();
  }

  List<Timer> pending() {
    return List.copyOf(pending);
  }

  /** {@return whether the scenario still wants something to happen} */
  boolean arePlanned() {
    return pending.stream().anyMatch(timer -> timer.owner == Owner.SCENARIO);
  }

  /** Lets time pass up to the next timer, whose action gets a thread. */
  void fireNext(SeededScheduler scheduler) {
    Timer next = pending.remove();
    elapsed = next.due;
    scheduler.start("timer-" + next.number, next.action);
  }
}
