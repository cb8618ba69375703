package dev.withal;

import static java.util.concurrent.CompletableFuture.completedFuture;
import static java.util.concurrent.CompletableFuture.failedFuture;
import static org.assertj.core.api.Assertions.assertThat;

import dev.withal.testkit.VirtualTime;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

/**
 * L5: the error of a nest that fails at once is one and the same, with those of all exits. Without
 * a leak check, which records contexts: an exit that isn't complete at once is recorded by itself
 * here.
 */
class L5NestAtOnceTest {
  private final IOException lost = new IOException("body");
  private final IOException inner = new IOException("inner");
  private final IOException outer = new IOException("outer");

  @Test
  void exits_failAtOnce_areAllAddedToTheBodysError() {
    assertNested(failing(inner), failing(outer));
  }

  @Test
  void exits_ofContextsThatTellACase_areAllAddedToTheBodysError() {
    assertNested(
        failing(inner).exitTimeout(Duration.ofHours(1)),
        failing(outer).exitTimeout(Duration.ofHours(1)));
  }

  @Test
  void exits_failLater_areAllAddedToTheBodysError() {
    try (VirtualTime time = VirtualTime.install()) {
      CompletableFuture<String> use = nest(failingLater(inner), failingLater(outer));

      time.advance(Duration.ofSeconds(2));

      assertOneError(use);
    }
  }

  @Test
  void exits_ofContextsThatTellACaseLater_areAllAddedToTheBodysError() {
    try (VirtualTime time = VirtualTime.install()) {
      UnaryOperator<AsyncContextManager<String>> told =
          manager -> manager.exitTimeout(Duration.ofHours(1)).suppressing(Error.class);
      CompletableFuture<String> use =
          nest(told.apply(failingLater(inner)), told.apply(failingLater(outer)));

      time.advance(Duration.ofSeconds(2));

      assertOneError(use);
    }
  }

  @Test
  void exits_failAtOnceInTheMidstOfTheBody_areAllAddedToTheBodysError() {
    var query = new CompletableFuture<String>();
    CompletableFuture<String> use =
        failing(outer)
            .useAsync(_ ->
                query.thenCompose(_ ->
                    failing(inner)
                        .<String>useAsync((_, _) -> failedFuture(lost))
                        .thenApply(text -> text)));

    query.complete("rows");

    assertOneError(use);
  }

  private void assertNested(AsyncContextManager<String> in, AsyncContextManager<String> around) {
    assertOneError(nest(in, around));
  }

  private CompletableFuture<String> nest(
      AsyncContextManager<String> in, AsyncContextManager<String> around) {
    return around.useAsync(_ -> in.<String>useAsync(_ -> failedFuture(lost)));
  }

  private void assertOneError(CompletableFuture<String> use) {
    assertThat(use.isCompletedExceptionally()).isTrue();
    assertThat(use.exceptionNow()).isSameAs(lost);
    assertThat(lost.getSuppressed()).containsExactly(inner, outer);
  }

  private static AsyncContextManager<String> failing(IOException error) {
    return AsyncContextManager.closing(() -> completedFuture("x"), _ -> failedFuture(error));
  }

  private static AsyncContextManager<String> failingLater(IOException error) {
    return AsyncContextManager.closing(
        () -> completedFuture("x"),
        _ -> Async.sleepAsync(Duration.ofMillis(10)).thenCompose(_ -> failedFuture(error)));
  }
}
