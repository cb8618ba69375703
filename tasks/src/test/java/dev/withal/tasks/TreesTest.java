package dev.withal.tasks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.withal.Async;
import dev.withal.testkit.VirtualTime;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.Test;

/**
 * Random trees of groups, compared with a model: which error a group fails with, which tasks come
 * to their end, and when; in virtual time, where every task has a moment of its own.
 */
class TreesTest {

  /** What a task does: waits, then fails, or ends; or uses a group of tasks of its own. */
  private record Node(int id, int millis, boolean fails, boolean staged, List<Node> children) {}

  private final ConcurrentLinkedQueue<String> events = new ConcurrentLinkedQueue<>();
  private int nextId;

  @Test
  void trees_threeHundred_doWhatTheModelSays() throws InterruptedException {
    for (int seed = 0; seed < 300; seed++) {
      events.clear();
      nextId = 0;
      Node tree = tree(new Random(seed), 0);
      try (VirtualTime time = VirtualTime.install()) {
        Throwable thrown = catchThrowable(() -> run(tree));
        check(seed, tree, thrown, time.elapsed().toMillis());
      }
    }
  }

  private Node tree(Random random, int depth) {
    int id = nextId++;
    List<Node> children = new ArrayList<>();
    int count = depth == 0 ? 1 + random.nextInt(4) : depth > 3 ? 0 : random.nextInt(4);
    // Each moment belongs to one task: so the order of all ends is known.
    int millis = 10 + 1_000 * random.nextInt(50) + id;
    for (int i = 0; i < count; i++) {
      children.add(tree(random, depth + 1));
    }
    return new Node(id, millis, random.nextInt(8) == 0, random.nextBoolean(), children);
  }

  private void run(Node node) throws Exception {
    Tasks.group()
        .run(group -> {
          for (Node child : node.children()) {
            if (child.staged()) {
              group.start(cancellation -> {
                CompletableFuture<Void> work = Async.runAsync(() -> task(child));
                return cancellation.cancelling(work);
              });
            } else {
              group.launch(() -> task(child));
            }
          }
        });
    events.add("group " + node.id());
  }

  private void task(Node node) throws Exception {
    Async.sleep(java.time.Duration.ofMillis(node.millis()));
    if (node.fails()) {
      events.add("fails " + node.id());
      throw new IOException("" + node.id());
    }
    if (node.children().isEmpty()) {
      events.add("done " + node.id());
    } else {
      run(node);
    }
  }

  // ---- the model -------------------------------------------------------------------------------

  /** When a task ends if nobody asks it to, and the failure that ends it. */
  private record End(long at, int failed) {}

  private static End end(Node node, long begun) {
    long here = begun + node.millis();
    return node.fails() ? new End(here, node.id()) : ends(node, here);
  }

  private static End ends(Node node, long begun) {
    End first = null;
    long last = begun;
    for (Node child : node.children()) {
      End end = end(child, begun);
      last = Math.max(last, end.at());
      if (end.failed() >= 0 && (first == null || end.at() < first.at())) {
        first = end;
      }
    }
    return first == null ? new End(last, -1) : first;
  }

  private void happens(Node node, long begun, long until, Set<String> all) {
    End own = ends(node, begun);
    long end = Math.min(until, own.failed() >= 0 ? own.at() : until);
    for (Node child : node.children()) {
      long at = begun + child.millis();
      if (at <= end) {
        if (child.fails()) {
          all.add("fails " + child.id());
        } else if (child.children().isEmpty()) {
          all.add("done " + child.id());
        } else {
          happens(child, at, end, all);
        }
      }
    }
    if (own.failed() < 0 && own.at() <= until) {
      all.add("group " + node.id());
    }
  }

  private void check(int seed, Node tree, Throwable thrown, long elapsed) {
    End end = ends(tree, 0);
    Set<String> expected = new HashSet<>();
    happens(tree, 0, Long.MAX_VALUE, expected);

    assertThat(new HashSet<>(events)).as("events of %d", seed).isEqualTo(expected);
    assertThat(events).as("once in %d", seed).hasSameSizeAs(expected);
    assertThat(elapsed).as("end of %d", seed).isEqualTo(end.at());
    if (end.failed() < 0) {
      assertThat(thrown).as("seed %d", seed).isNull();
    } else {
      assertThat(thrown)
          .as("seed %d", seed)
          .isInstanceOf(IOException.class)
          .hasMessage("" + end.failed());
      assertThat(reachable(thrown))
          .as("seed %d", seed)
          .allMatch(error -> error == thrown || error instanceof CancellationException);
    }
  }

  private static Set<Throwable> reachable(Throwable error) {
    Set<Throwable> seen = Collections.newSetFromMap(new IdentityHashMap<>());
    List<Throwable> open = new ArrayList<>(List.of(error));
    while (!open.isEmpty()) {
      Throwable next = open.removeLast();
      if (seen.add(next)) {
        open.addAll(List.of(next.getSuppressed()));
        if (next.getCause() != null) {
          open.add(next.getCause());
        }
      }
    }
    return seen;
  }
}
