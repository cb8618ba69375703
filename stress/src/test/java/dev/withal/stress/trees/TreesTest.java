package dev.withal.stress.trees;

import static org.assertj.core.api.Assertions.fail;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * L1 to L9, L11 and L16 together: random trees of uses, in which enters, bodies and exits fail and
 * callers ask for an end at any instant, do what the model says.
 */
class TreesTest {
  private static final long SEED = Long.getLong("trees.seed", 1);

  @Test
  void trees_twoThousand_doWhatTheModelSays() throws Exception {
    check(SEED, Long.getLong("trees.count", 2_000));
  }

  @Test
  @Tag("stress")
  @Timeout(value = 10, unit = TimeUnit.MINUTES)
  void trees_aMillionMore_doWhatTheModelSays() throws Exception {
    check(SEED + 2_000, Long.getLong("trees.count", 1_000_000));
  }

  private static void check(long first, long count) throws Exception {
    for (long seed = first; seed < first + count; seed++) {
      Trial trial = Trial.of(Growing.tree(seed));
      if (trial.differs()) {
        fail(
            "The tree of seed %d differs from the model. Smaller, it is\n%s\nTo see it again:"
                + " ./mvnw -pl stress -am test -Dtest=TreesTest"
                + " -Dsurefire.failIfNoSpecifiedTests=false -Dtrees.seed=%d -Dtrees.count=1",
            seed, Pruning.smallest(trial), seed);
      }
    }
  }
}
