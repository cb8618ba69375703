package dev.withal.tasks;

import static org.assertj.core.api.Assertions.assertThat;

import dev.withal.Async;
import dev.withal.AsyncContextManager;
import dev.withal.insight.Insight;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Groups and their tasks, as Insight shows them. */
class InsightTest {
  private final CompletableFuture<String> answer = new CompletableFuture<>();

  @BeforeEach
  void start() {
    Insight.start();
  }

  @AfterEach
  void stop() {
    Insight.stop();
  }

  @Test
  void forkedTasks_areInTheTreeUnderTheirGroup() throws Exception {
    List<String> tree =
        Tasks.group()
            .named("prices")
            .use(group -> {
              for (int i = 0; i < 3; i++) {
                group.launch(() -> Async.<String, RuntimeException>await(answer));
              }
              group.fork(() ->
                  AsyncContextManager.ofValue("connection")
                      .named("orders db")
                      .<String, InterruptedException>use(
                          _ -> Async.<String, RuntimeException>await(answer)));
              group.start(_ -> answer);
              List<String> held = treeOf(7);
              answer.complete("all");
              return held;
            });

    assertThat(tree)
        .containsExactly(
            "7 contexts held",
            "└─ prices  in body",
            "   └─ task ×5  in body",
            "      └─ orders db  in body");
    assertThat(Insight.contexts().getHeld()).isZero();
  }

  @Test
  void forkedTask_whoseWorkHasEnded_isNoMoreInTheTreeForWhoeverHears() throws Exception {
    String tree =
        Tasks.group()
            .named("prices")
            .use(group ->
                group.fork(() -> "price").thenApply(_ -> Insight.contexts().tree(100)).join());

    assertThat(tree).startsWith("1 context held").contains("prices").doesNotContain("task");
  }

  /** {@return the lines of the tree once it holds so many, without where and since when} */
  private static List<String> treeOf(int contexts) {
    String tree = Insight.contexts().tree(100);
    while (!tree.startsWith(contexts + " ") || tree.contains("entering")) {
      Thread.onSpinWait();
      tree = Insight.contexts().tree(100);
    }
    return tree.lines().map(line -> line.replaceAll("  in body .*", "  in body")).toList();
  }
}
