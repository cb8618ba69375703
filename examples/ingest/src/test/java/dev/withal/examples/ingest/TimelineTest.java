package dev.withal.examples.ingest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.withal.AsyncContextManager;
import dev.withal.AsyncExitStack;
import dev.withal.Verdict;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class TimelineTest {
  private final Timeline timeline = new Timeline();

  private static AsyncContextManager<String> valued(String value) {
    return AsyncContextManager.of(
        () -> CompletableFuture.completedFuture(value), (_, _) -> Verdict.PROPAGATE.now());
  }

  private List<String> endings() {
    var text = new StringWriter();
    timeline.print(new PrintWriter(text));
    return text.toString().lines().map(line -> line.replaceAll(" .* s, ", ": ")).toList();
  }

  @Test
  void watch_ofContexts_listsThemAsTheyWereEntered() throws Exception {
    String values =
        AsyncExitStack.manager()
            .use(stack ->
                stack.enter(timeline.watch("outer", valued("a")))
                    + stack.enter(timeline.watch("inner", valued("b"))));

    assertThat(values).isEqualTo("ab");
    assertThat(endings()).containsExactly("outer: succeeded", "inner: succeeded");
  }

  @Test
  void watch_ofAContextThatSuppresses_tellsHowTheBodyEnded() throws Exception {
    var suppressing =
        AsyncContextManager.of(
            () -> CompletableFuture.completedFuture("a"), (_, _) -> Verdict.SUPPRESS.now());

    timeline
        .watch("outer", valued("b"))
        .use(_ ->
            timeline
                .watch("inner", suppressing)
                .use(_ -> {
                  throw new IOException("body");
                }));

    assertThat(endings()).containsExactly("outer: succeeded", "inner: failed");
  }

  @Test
  void watch_ofAnExitThatFails_saysSo() {
    var failing =
        AsyncContextManager.closing(
            () -> CompletableFuture.completedFuture("a"),
            _ -> CompletableFuture.failedFuture(new IOException("exit")));

    assertThatThrownBy(() -> timeline.watch("only", failing).use(_ -> "result")).hasMessage("exit");

    assertThat(endings()).containsExactly("only: succeeded, and its exit failed");
  }

  @Test
  void watch_ofAnEnterThatFails_listsNothing() {
    AsyncContextManager<String> failing =
        () -> CompletableFuture.failedFuture(new IOException("enter"));

    assertThatThrownBy(() -> timeline.watch("only", failing).use(_ -> "result"))
        .hasMessage("enter");

    assertThat(endings()).isEmpty();
  }
}
