package dev.withal.insight;

import static org.assertj.core.api.Assertions.assertThat;

import dev.withal.Async;
import dev.withal.AsyncContext;
import dev.withal.AsyncContextManager;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What has leaked and is exited all the same, as it is found. */
class LeakRacesTest {
  private final Traced traced = new Traced();

  @AfterEach
  void close() {
    traced.close();
  }

  @Test
  void use_isExitedWhileItsLeakIsNamed_isNotReported() throws Exception {
    var exits = new AtomicInteger();
    var lost = new CompletableFuture<Void>();
    Async.run(() -> {
      new LosingAsNamed(lost, exits).useAsync(_ -> new CompletableFuture<String>());
      traced.collectUntil(() -> exits.get() == 1);

      assertThat(traced.contexts.getLeaked()).isZero();
      assertThat(traced.reports).isEmpty();
    });
  }

  /** Its value is lost as it is asked for its name. */
  private record LosingAsNamed(CompletableFuture<Void> lost, AtomicInteger exits)
      implements AsyncContextManager<String> {
    @Override
    public CompletionStage<AsyncContext<String>> enterAsync() {
      return new Losing(lost, exits).enterAsync();
    }

    @Override
    public String toString() {
      lost.completeExceptionally(new IllegalStateException("the lease is over"));
      return "lease";
    }
  }
}
