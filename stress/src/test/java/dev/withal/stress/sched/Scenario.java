package dev.withal.stress.sched;

/** What one thread begins to do; other threads may follow from it. */
@FunctionalInterface
interface Scenario {
  void begin(Run run);
}
