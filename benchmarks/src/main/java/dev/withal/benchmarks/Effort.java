package dev.withal.benchmarks;

import java.time.Duration;
import java.util.Set;
import org.openjdk.jmh.runner.options.ChainedOptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;

/** How long a run takes, and how far it can be trusted. */
enum Effort {
  /** To see what a change does: one process each. */
  QUICK(1, 1000, 1_000_000, 2, Duration.ofMillis(150), 4, Duration.ofMillis(60), 1, 12),
  /** For figures to be shown: processes in turns, so that a slow minute hits all alike. */
  FULL(3, 10, Long.MAX_VALUE, 4, Duration.ofMillis(500), 8, Duration.ofMillis(250), 4, 4);

  /** One call with so many operations takes longer than an iteration, and warms up by itself. */
  private static final long MANY = 100_000;

  /** How often everything is measured unless told, each time in a process of its own. */
  final int rounds;

  /** How much more work each point of a curve stands for than the one before. */
  final int step;

  /** How many operations a call has at most. */
  final long most;

  private final int warmups;

  /** How many times as long a database warms up, as there is so much code to compile. */
  private final int warmupsOfDatabases;

  /** The same of a crowd, whose first thousands of uses say nothing of what comes after them. */
  private final int warmupsOfCrowds;

  private final Duration warmup;
  private final int iterations;
  private final Duration iteration;

  Effort(
      int rounds,
      int step,
      long most,
      int warmups,
      Duration warmup,
      int iterations,
      Duration iteration,
      int warmupsOfDatabases,
      int warmupsOfCrowds) {
    this.rounds = rounds;
    this.step = step;
    this.most = most;
    this.warmups = warmups;
    this.warmup = warmup;
    this.iterations = iterations;
    this.iteration = iteration;
    this.warmupsOfDatabases = warmupsOfDatabases;
    this.warmupsOfCrowds = warmupsOfCrowds;
  }

  /** Says how long one process warms up and measures. */
  ChainedOptionsBuilder schedule(Subject subject, ChainedOptionsBuilder options) {
    boolean many = subject.operations() >= MANY;
    Set<String> parameters = subject.parameters().keySet();
    int longer =
        parameters.contains("crowd")
            ? warmupsOfCrowds
            : parameters.contains("database") ? warmupsOfDatabases : 1;
    return options
        .warmupIterations(many ? 1 : warmups * longer)
        .warmupTime(time(warmup))
        .measurementIterations(many ? Math.min(3, iterations / 2) : iterations)
        .measurementTime(time(iteration));
  }

  private static TimeValue time(Duration duration) {
    return TimeValue.milliseconds(duration.toMillis());
  }
}
