package dev.withal.benchmarks;

import java.time.Duration;

/** How long a run takes, and how far it can be trusted. */
enum Effort {
  /** To see what a change does: one process each. */
  QUICK(1, 4, 5, Duration.ofMillis(100), 1000),
  /** For figures to be shown: processes in turns, so that a slow minute hits all alike. */
  FULL(5, 6, 8, Duration.ofMillis(250), 10);

  /** A call of a benchmark with so many operations warms up the compiler by itself. */
  private static final long MANY = 100_000;

  /** How often everything is measured, each time in a process of its own. */
  final int rounds;

  /** How much more work each point of a curve stands for than the one before. */
  final int step;

  final Duration iteration;
  private final int warmups;
  private final int iterations;

  Effort(int rounds, int warmups, int iterations, Duration iteration, int step) {
    this.rounds = rounds;
    this.warmups = warmups;
    this.iterations = iterations;
    this.iteration = iteration;
    this.step = step;
  }

  int warmups(Subject subject) {
    return subject.operations() < MANY ? warmups : 2;
  }

  int iterations(Subject subject) {
    return subject.operations() < MANY ? iterations : 3;
  }
}
