package dev.withal.stress.trees;

import static dev.withal.stress.trees.Tree.NEVER;

import dev.withal.stress.trees.Tree.Answer;
import dev.withal.stress.trees.Tree.Kind;
import dev.withal.stress.trees.Tree.Member;
import dev.withal.stress.trees.Tree.Raise;
import dev.withal.stress.trees.Tree.Sleep;
import dev.withal.stress.trees.Tree.Step;
import dev.withal.stress.trees.Tree.Use;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/**
 * Makes a tree from a seed.
 *
 * <p>Delays are whole numbers of nanoseconds from a range of half a second, so that instants of
 * different origin don't meet.
 */
final class Growing {
  private static final long MILLISECOND = 1_000_000;
  private static final List<Answer> ANSWERS = List.of(Answer.values());

  private final SplittableRandom random;
  private int names;

  private Growing(long seed) {
    random = new SplittableRandom(seed);
  }

  static Tree tree(long seed) {
    var growing = new Growing(seed);
    Use root = growing.use(1 + growing.random.nextInt(4), growing.chance(0.5));
    return new Tree(root, growing.chance(0.6) ? growing.time(2_500) : NEVER);
  }

  private Use use(int depth, boolean staged) {
    String name = name("u");
    double kind = random.nextDouble();
    if (kind < 0.15) {
      return new Use(
          name, staged, Kind.TIMEOUT, List.of(), time(1_500), grace(), body(depth, staged), null);
    }
    boolean stack = kind < 0.4;
    var members = new ArrayList<Member>();
    int count = stack ? random.nextInt(4) : kind < 0.6 ? 2 + random.nextInt(2) : 1;
    for (int i = 0; i < count; i++) {
      members.add(member(!stack && count > 1));
    }
    return new Use(
        name,
        staged,
        stack ? Kind.STACK : Kind.GROUP,
        members,
        NEVER,
        grace(),
        body(depth, staged),
        stack && chance(0.1) ? new Member(name("m"), 0, false, delay(), answer(), NEVER) : null);
  }

  /** A member of a group takes time to enter, so that all of them begin. */
  private Member member(boolean parallel) {
    return new Member(
        name("m"), parallel ? time(500) : delay(), chance(0.08), delay(), answer(), grace());
  }

  private Answer answer() {
    return chance(0.5) ? Answer.PROPAGATE : ANSWERS.get(random.nextInt(ANSWERS.size()));
  }

  private List<Step> body(int depth, boolean staged) {
    var steps = new ArrayList<Step>();
    for (int i = random.nextInt(4); i > 0; i--) {
      double kind = random.nextDouble();
      if (depth > 0 && kind < 0.6) {
        steps.add(use(depth - 1, staged != chance(0.15)));
      } else if (kind < 0.9) {
        steps.add(new Sleep(delay()));
      } else {
        steps.add(new Raise(name("error-")));
      }
    }
    return steps;
  }

  private long delay() {
    return chance(0.25) ? 0 : time(500);
  }

  private long grace() {
    return time(1_000);
  }

  private long time(int milliseconds) {
    return 1 + random.nextLong(milliseconds * MILLISECOND);
  }

  private boolean chance(double share) {
    return random.nextDouble() < share;
  }

  private String name(String kind) {
    return kind + ++names;
  }
}
