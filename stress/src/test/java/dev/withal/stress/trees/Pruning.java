package dev.withal.stress.trees;

import static dev.withal.stress.trees.Tree.NEVER;

import dev.withal.stress.trees.Tree.Answer;
import dev.withal.stress.trees.Tree.Kind;
import dev.withal.stress.trees.Tree.Member;
import dev.withal.stress.trees.Tree.Step;
import dev.withal.stress.trees.Tree.Use;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** Makes a tree that differs from the model smaller, as long as it differs. */
final class Pruning {
  private Pruning() {}

  static Trial smallest(Trial differing) throws InterruptedException, ExecutionException {
    Trial smallest = differing;
    for (Trial next = smallest; next != null; next = smaller(next)) {
      smallest = next;
    }
    return smallest;
  }

  private static Trial smaller(Trial differing) throws InterruptedException, ExecutionException {
    for (Tree tree : stepsFrom(differing.tree()).toList()) {
      Trial trial = Trial.of(tree);
      if (trial.differs()) {
        return trial;
      }
    }
    return null;
  }

  /** {@return the trees that are one step smaller} */
  static Stream<Tree> stepsFrom(Tree tree) {
    Use root = tree.root();
    Stream<Use> inner = root.body().stream().filter(Use.class::isInstance).map(Use.class::cast);
    return Stream.concat(
        tree.ask() == NEVER ? Stream.of() : Stream.of(new Tree(root, NEVER)),
        Stream.concat(inner, smaller(root)).map(use -> new Tree(use, tree.ask())));
  }

  private static Stream<Use> smaller(Use use) {
    Stream<Use> bodies = bodies(use.body()).map(body -> with(use, use.members(), body, use.late()));
    Stream<Use> members = members(use).map(left -> with(use, left, use.body(), use.late()));
    Stream<Use> early =
        use.late() == null ? Stream.of() : Stream.of(with(use, use.members(), use.body(), null));
    return Stream.of(early, bodies, members).flatMap(uses -> uses);
  }

  private static Stream<List<Step>> bodies(List<Step> body) {
    return IntStream.range(0, body.size())
        .boxed()
        .flatMap(i -> {
          Stream<List<Step>> without = Stream.of(replaced(body, i, List.of()));
          return body.get(i) instanceof Use use
              ? Stream.of(
                      without,
                      Stream.of(replaced(body, i, use.body())),
                      smaller(use).map(inner -> replaced(body, i, List.of(inner))))
                  .flatMap(bodies -> bodies)
              : without;
        });
  }

  private static Stream<List<Member>> members(Use use) {
    List<Member> members = use.members();
    int least = use.kind() == Kind.GROUP ? 1 : 0;
    boolean parallel = use.kind() == Kind.GROUP && members.size() > 1;
    return IntStream.range(0, members.size())
        .boxed()
        .flatMap(i -> {
          Stream<List<Member>> plainer =
              plainer(members.get(i), parallel).map(one -> replaced(members, i, List.of(one)));
          return members.size() > least
              ? Stream.concat(Stream.of(replaced(members, i, List.of())), plainer)
              : plainer;
        });
  }

  private static Stream<Member> plainer(Member m, boolean parallel) {
    return Stream.of(
            new Member(m.name(), m.enter(), false, m.exit(), m.answer(), m.grace()),
            new Member(m.name(), m.enter(), m.fails(), m.exit(), Answer.PROPAGATE, m.grace()),
            new Member(
                m.name(), parallel ? m.enter() : 0, m.fails(), m.exit(), m.answer(), m.grace()),
            new Member(m.name(), m.enter(), m.fails(), 0, m.answer(), m.grace()))
        .filter(other -> !other.equals(m));
  }

  private static Use with(Use use, List<Member> members, List<Step> body, Member late) {
    return new Use(
        use.name(), use.staged(), use.kind(), members, use.limit(), use.grace(), body, late);
  }

  private static <T> List<T> replaced(List<T> list, int index, List<? extends T> replacement) {
    var copy = new ArrayList<T>(list);
    copy.remove(index);
    copy.addAll(index, replacement);
    return List.copyOf(copy);
  }
}
