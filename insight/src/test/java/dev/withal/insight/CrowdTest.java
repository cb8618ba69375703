package dev.withal.insight;

import static org.assertj.core.api.Assertions.assertThat;

import dev.withal.AsyncContextManager;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Very many contexts are few lines. */
class CrowdTest {
  private final Traced traced = new Traced();
  private final AsyncContextManager<String> orders = Traced.manager("orders db");
  private final AsyncContextManager<String> transaction = Traced.manager("transaction");

  @AfterEach
  void close() {
    traced.close();
  }

  @Test
  void tree_ofTenThousand_isFewLines() {
    hold(10_000);
  }

  @Tag("stress")
  @Test
  void tree_ofAMillion_isFewLines() {
    hold(1_000_000);
  }

  private void hold(int contexts) {
    var body = new CompletableFuture<String>();
    List<CompletableFuture<String>> uses = new ArrayList<>();
    for (int i = 0; i < contexts / 2; i++) {
      uses.add(load(body));
    }
    ThreadMXBean threads = ManagementFactory.getThreadMXBean();
    long begun = System.nanoTime();
    long cpuBegun = threads.getCurrentThreadCpuTime();
    String shown = traced.contexts.tree(40);
    long cpu = threads.getCurrentThreadCpuTime() - cpuBegun;
    long taken = System.nanoTime() - begun;
    String tree = Traced.plain(shown);

    print(
        "a tree of %d contexts: %d ms, %d of them on a processor"
            .formatted(contexts, taken / 1_000_000, cpu / 1_000_000));
    assertThat(tree.lines()).hasSize(3).first().isEqualTo(contexts + " contexts held");
    assertThat(tree)
        .contains("orders db ×" + contexts / 2)
        .contains("transaction ×" + contexts / 2);
    assertThat(traced.contexts.json(3).lines()).hasSize(3);
    body.complete("done");
    assertThat(uses).allMatch(CompletableFuture::isDone);
    assertThat(traced.contexts.getHeld()).isZero();
  }

  @SuppressWarnings("SystemOut") // a figure, for whoever runs it
  private static void print(String figure) {
    System.out.println(figure);
  }

  private CompletableFuture<String> load(CompletableFuture<String> body) {
    return orders.useAsync(_ -> transaction.useAsync(_ -> body));
  }
}
