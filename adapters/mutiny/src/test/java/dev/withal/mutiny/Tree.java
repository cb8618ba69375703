package dev.withal.mutiny;

import dev.withal.AsyncContextManager;
import io.smallrye.mutiny.Multi;
import io.smallrye.mutiny.Uni;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * A random tree of uses, which a seed decides, run to its end and watched.
 *
 * <p>Each step of it is done at once or waits; those that wait go on in random order, and the whole
 * is cancelled at a random moment.
 */
final class Tree {
  private static final int DEEPEST = 5;

  private final Random random;
  private final List<Runnable> waiting = new ArrayList<>();
  private final List<String> problems = new ArrayList<>();
  private int entered;
  private int open;

  Tree(long seed) {
    random = new Random(seed);
  }

  /** A context, from the beginning of its enter to the end of its exit. */
  private final class Node {
    private final @Nullable Node parent;
    private int inside;
    private boolean exits;

    Node(@Nullable Node parent) {
      this.parent = parent;
    }

    CompletableFuture<Node> enter() {
      if (parent != null) {
        if (parent.exits) {
          problems.add("a use began in a context that exits");
        }
        parent.inside++;
      }
      entered++;
      open++;
      if (random.nextInt(10) == 0) {
        gone();
        return CompletableFuture.failedFuture(new IllegalStateException("enter"));
      }
      return step(() -> this);
    }

    CompletableFuture<Node> exit() {
      if (exits) {
        problems.add("a context was exited twice");
      }
      if (inside > 0) {
        problems.add("a context exits before " + inside + " inside it");
      }
      exits = true;
      return step(() -> {
        gone();
        return this;
      });
    }

    private void gone() {
      open--;
      if (parent != null) {
        parent.inside--;
      }
    }
  }

  private <T> CompletableFuture<T> step(java.util.function.Supplier<T> result) {
    var step = new CompletableFuture<T>();
    Runnable end = () -> step.complete(result.get());
    if (random.nextBoolean()) {
      end.run();
    } else {
      waiting.add(end);
    }
    return step;
  }

  private Uni<Integer> use(@Nullable Node parent, int depth) {
    AsyncContextManager<Node> manager =
        AsyncContextManager.closing(() -> new Node(parent).enter(), Node::exit)
            // A machine that stands still must not end a grace period.
            .grace(Duration.ofDays(1));
    return switch (random.nextInt(3)) {
      case 0 -> WithalMutiny.multi(manager, node -> body(node, depth).toMulti()).toUni();
      case 1 ->
          WithalMutiny.multi(
                  manager,
                  node ->
                      Multi.createBy()
                          .concatenating()
                          .streams(body(node, depth).toMulti(), body(node, depth).toMulti()))
              .select()
              .first(random.nextInt(1, 3))
              .collect()
              .last();
      default -> WithalMutiny.uni(manager, node -> body(node, depth));
    };
  }

  private Uni<Integer> body(Node node, int depth) {
    return depth == DEEPEST || random.nextInt(6) == 0 ? leaf() : inner(node, depth + 1);
  }

  private Uni<Integer> leaf() {
    return switch (random.nextInt(5)) {
      case 0 -> Uni.createFrom().failure(new IllegalStateException("body"));
      case 1 -> Uni.createFrom().nothing();
      case 2 -> Uni.createFrom().nullItem();
      case 3 -> Uni.createFrom().emitter(sink -> waiting.add(() -> sink.complete(1)));
      default -> Uni.createFrom().item(1);
    };
  }

  private Uni<Integer> inner(Node node, int depth) {
    Uni<Integer> use = use(node, depth);
    return switch (random.nextInt(6)) {
      case 0 -> use.chain(_ -> use(node, depth));
      case 1 -> Uni.join().all(use, use(node, depth)).andFailFast().replaceWith(1);
      case 2 -> Uni.combine().any().of(use, use(node, depth));
      case 3 -> use.onFailure().recoverWithUni(() -> use(node, depth));
      case 4 ->
          Multi.createBy()
              .merging()
              .streams(use.toMulti(), use(node, depth).toMulti())
              .collect()
              .last();
      default -> use.map(value -> value);
    };
  }

  void run() {
    var subscription = use(null, 0).subscribe().with(_ -> {}, _ -> {});
    int steps = random.nextInt(40);
    for (int i = 0; i < steps && !waiting.isEmpty(); i++) {
      waiting.remove(random.nextInt(waiting.size())).run();
    }
    subscription.cancel();
    while (!waiting.isEmpty()) {
      waiting.remove(random.nextInt(waiting.size())).run();
    }
    if (open > 0) {
      problems.add(open + " contexts were left open");
    }
  }

  int entered() {
    return entered;
  }

  List<String> problems() {
    return problems;
  }
}
