package dev.withal.stress.sched;

import java.util.stream.LongStream;

/** Plays a scenario under many seeds; or under one, to see again what it did. */
final class Seeds {
  private static final int COUNT = Integer.getInteger("scheduler.seeds", 200);
  private static final Long ONLY = Long.getLong("scheduler.seed");

  private Seeds() {}

  /** Plays the scenario of the calling test method. */
  static void play(Scenario scenario) {
    var seeds = ONLY == null ? LongStream.range(0, COUNT) : LongStream.of(ONLY);
    seeds.forEach(seed -> play(seed, scenario));
  }

  static Run play(long seed, Scenario scenario) {
    var run = new Run(seed);
    try {
      run.play(scenario);
      new Invariants(run).check();
    } catch (AssertionError | RuntimeException failure) {
      throw new AssertionError(
          "seed %d: %s%n%s%nto see it again: %s"
              .formatted(seed, failure.getMessage(), String.join("\n", run.events), again(seed)),
          failure);
    }
    return run;
  }

  private static String again(long seed) {
    StackWalker.StackFrame test =
        StackWalker.getInstance()
            .walk(frames -> frames.filter(Seeds::isTest).findFirst().orElseThrow());
    String name = test.getClassName().substring(test.getClassName().lastIndexOf('.') + 1);
    return "./mvnw -pl stress -am test -Dtest="
        + name
        + "#"
        + test.getMethodName()
        + " -Dscheduler.seed="
        + seed
        + " -Dsurefire.failIfNoSpecifiedTests=false";
  }

  private static boolean isTest(StackWalker.StackFrame frame) {
    return frame.getClassName().endsWith("Test") && !frame.getMethodName().contains("lambda");
  }
}
