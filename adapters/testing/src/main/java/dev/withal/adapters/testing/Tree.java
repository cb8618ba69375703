package dev.withal.adapters.testing;

import dev.withal.AsyncContextManager;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A random tree of uses, which a seed decides, run to its end and watched.
 *
 * <p>Each step of it is done at once or waits; those that wait go on in random order, and the whole
 * is cancelled at a random moment.
 */
final class Tree<S> {
  private static final int DEEPEST = 5;

  private final Library<S> library;
  private final Random random;
  private final List<Runnable> waiting = new ArrayList<>();
  private final List<String> problems = new ArrayList<>();
  private int entered;
  private int open;

  Tree(Library<S> library, long seed) {
    this.library = library;
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

  private <T> CompletableFuture<T> step(Supplier<T> result) {
    var step = new CompletableFuture<T>();
    Runnable end = () -> step.complete(result.get());
    if (random.nextBoolean()) {
      end.run();
    } else {
      waiting.add(end);
    }
    return step;
  }

  private S use(@Nullable Node parent, int depth) {
    AsyncContextManager<Node> manager =
        AsyncContextManager.closing(() -> new Node(parent).enter(), Node::exit)
            // A machine that stands still must not end a grace period.
            .grace(Duration.ofDays(1));
    return library.anyUse(random, manager, node -> body(node, depth));
  }

  private S body(Node node, int depth) {
    return depth == DEEPEST || random.nextInt(6) == 0
        ? leaf()
        : library.join(random, () -> use(node, depth + 1), () -> use(node, depth + 1));
  }

  private S leaf() {
    return switch (random.nextInt(5)) {
      case 0 -> library.failed(new IllegalStateException("body"));
      case 1 -> library.never();
      case 2 -> library.empty();
      case 3 -> library.create(waiting::add);
      default -> library.just(1);
    };
  }

  void run() {
    Runnable cancel = library.subscribe(use(null, 0), _ -> {}, _ -> {});
    int steps = random.nextInt(40);
    for (int i = 0; i < steps && !waiting.isEmpty(); i++) {
      waiting.remove(random.nextInt(waiting.size())).run();
    }
    cancel.run();
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
