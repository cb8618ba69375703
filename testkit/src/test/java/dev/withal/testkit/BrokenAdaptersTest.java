package dev.withal.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.withal.AsyncContext;
import dev.withal.AsyncContextManager;
import dev.withal.Body;
import dev.withal.ExitCase;
import dev.withal.Verdict;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

/** Managers around others that break a law, each caught by that law. */
class BrokenAdaptersTest {

  private static String brokenBy(Function<Gate, AsyncContextManager<String>> manager)
      throws InterruptedException {
    return catchThrowableOfType(AssertionError.class, () -> ManagerLaws.of(manager).check())
        .getMessage();
  }

  @Test
  void adapterExitsTwice_isCaughtByL1() throws InterruptedException {
    String broken = brokenBy(gate -> twice(gate.manager("inner")));

    assertThat(broken).contains("L1 exactly once: inner was exited 2 times");
  }

  private static AsyncContextManager<String> twice(AsyncContextManager<String> inner) {
    return () ->
        inner
            .enterAsync()
            .thenApply(context ->
                new AsyncContext<String>() {
                  @Override
                  public String value() {
                    return context.value();
                  }

                  @Override
                  public CompletionStage<Verdict> exitAsync(ExitCase how) {
                    return context
                        .exitAsync(how)
                        .thenCompose(_ -> context.exitAsync(how))
                        .exceptionally(_ -> Verdict.PROPAGATE);
                  }
                });
  }

  @Test
  void tellsItsInnerContextASuccess_isCaughtByL6() throws InterruptedException {
    String broken = brokenBy(gate -> optimistic(gate.manager("inner")));

    assertThat(broken).contains("L6 verdicts: the exit of inner was told Succeeded");
  }

  private static AsyncContextManager<String> optimistic(AsyncContextManager<String> inner) {
    return () ->
        inner
            .enterAsync()
            .thenApply(context ->
                new AsyncContext<String>() {
                  @Override
                  public String value() {
                    return context.value();
                  }

                  @Override
                  public CompletionStage<Verdict> exitAsync(ExitCase how) {
                    return context.exitAsync(ExitCase.success());
                  }
                });
  }

  @Test
  void blocksAnEventLoop_isCaughtByL14() throws InterruptedException {
    String broken = brokenBy(gate -> new Unguarded(gate.manager("inner")));

    assertThat(broken).contains("L14 guard: it was not refused");
  }

  /** Has a direct style of its own, without the guard. */
  private record Unguarded(AsyncContextManager<String> inner)
      implements AsyncContextManager<String> {
    @Override
    public CompletionStage<? extends AsyncContext<? extends String>> enterAsync() {
      return inner.enterAsync();
    }

    @Override
    public <R, X extends Exception> R use(Body<? super String, ? extends R, X> body)
        throws X, InterruptedException {
      return Thread.currentThread() instanceof EventLoopThread
          ? body.apply("unguarded")
          : inner.use(body);
    }
  }
}
