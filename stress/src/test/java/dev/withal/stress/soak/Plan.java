package dev.withal.stress.soak;

import java.time.Duration;
import java.util.SplittableRandom;

/**
 * What is to happen in one use, as its number and the seed have it.
 *
 * @param manager by what kind of manager it is entered
 * @param enter how its enter ends
 * @param body how its body ends
 * @param exit how its exit ends
 * @param asked what its body does in stage style when it is asked to end
 * @param request what is asked of it while it runs
 * @param soon for whatever happens a short time after the use began
 */
record Plan(
    Kind manager, Step enter, Step body, Step exit, Asked asked, Request request, Duration soon) {

  /** By what kind of manager. */
  enum Kind {
    PLAIN,
    /** Without a grace period: what arrives or ends late does so in the background. */
    IMPATIENT,
    /** On an exit stack of its own. */
    STACKED,
    /** Behind the yield of a generator. */
    GENERATED,
    /** With an enter timeout that may run out, and an exit timeout that does not. */
    TIMED
  }

  /** How a step ends. */
  enum Step {
    AT_ONCE,
    LATER,
    FAILS_AT_ONCE,
    FAILS_LATER
  }

  /** What a body does when it is asked to end. */
  enum Asked {
    ENDS,
    GOES_ON
  }

  /** What is asked; in direct style, each but the first two interrupts. */
  enum Request {
    NONE,
    /** A timeout far away, which must leave nothing behind. */
    TIMEOUT_FAR_AWAY,
    CANCEL_AT_ONCE,
    CANCEL_LATER,
    TIMEOUT_SOON,
    VALUE
  }

  private static final long GOLDEN_RATIO = 0x9E3779B97F4A7C15L;
  private static final int SOON_NANOS = 200_000;

  static Plan of(long seed, long number) {
    var random = new SplittableRandom(seed + number * GOLDEN_RATIO);
    return new Plan(
        kind(random.nextInt(100)),
        step(random.nextInt(100), 4),
        step(random.nextInt(100), 10),
        step(random.nextInt(100), 4),
        random.nextBoolean() ? Asked.ENDS : Asked.GOES_ON,
        request(random.nextInt(100)),
        Duration.ofNanos(random.nextInt(1, SOON_NANOS)));
  }

  private static Kind kind(int percent) {
    if (percent < 80) {
      return percent < 75 ? Kind.PLAIN : Kind.IMPATIENT;
    }
    return percent < 90 ? Kind.STACKED : percent < 95 ? Kind.GENERATED : Kind.TIMED;
  }

  private static Step step(int percent, int failing) {
    if (percent < failing) {
      return percent % 2 == 0 ? Step.FAILS_AT_ONCE : Step.FAILS_LATER;
    }
    return percent < 75 ? Step.AT_ONCE : Step.LATER;
  }

  private static Request request(int percent) {
    if (percent < 75) {
      return Request.NONE;
    }
    return Request.values()[1 + (percent - 75) / 5];
  }
}
