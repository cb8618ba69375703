package dev.withal.insight;

import static org.assertj.core.api.Assertions.assertThat;

import dev.withal.AsyncContext;
import dev.withal.AsyncContextManager;
import dev.withal.ExitCase;
import dev.withal.Verdict;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Names of others can't hurt those who read them. */
class NamesTest {
  private final Traced traced = new Traced();

  @AfterEach
  void close() {
    traced.close();
  }

  @Test
  void name_throwsOrHasControls_isShownHarmlessly() throws Exception {
    new Broken()
        .run(_ ->
            Traced.manager("red\u001b[31m \u202eleft\nline")
                .run(_ ->
                    assertThat(traced.tree().lines())
                        .hasSize(3)
                        .anyMatch(line -> line.contains("whose toString throws"))
                        .anyMatch(line -> line.contains("red\uFFFD[31m \uFFFDleft\uFFFDline"))));
  }

  /** A manager whose contexts have no name, either. */
  private static final class Broken implements AsyncContextManager<String> {
    @Override
    public CompletionStage<AsyncContext<String>> enterAsync() {
      return CompletableFuture.completedFuture(
          new AsyncContext<>() {
            @Override
            public String value() {
              return "value";
            }

            @Override
            public CompletionStage<Verdict> exitAsync(ExitCase how) {
              return Verdict.PROPAGATE.now();
            }
          });
    }

    @Override
    public String toString() {
      throw new IllegalStateException("no name");
    }
  }
}
