package dev.withal.examples.ingest;

import static org.assertj.core.api.Assertions.assertThat;

import dev.withal.Async;
import dev.withal.AsyncContextManager;
import dev.withal.Verdict;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** The calling thread may be interrupted, so none of the work may be on it. */
class OffThreadTest {
  private final List<Thread> threads = new ArrayList<>();

  private CompletableFuture<String> work() {
    threads.add(Thread.currentThread());
    return CompletableFuture.completedFuture("value");
  }

  @Test
  void call_runsOnAnotherThread() throws Exception {
    assertThat(Async.await(OffThread.call(this::work))).isEqualTo("value");

    assertThat(threads).hasSize(1).doesNotContain(Thread.currentThread());
  }

  @Test
  void manager_entersAndExitsOnOtherThreads() throws Exception {
    AsyncContextManager<String> manager =
        AsyncContextManager.of(
            this::work, (_, _) -> work().thenCompose(_ -> Verdict.PROPAGATE.now()));

    assertThat(OffThread.manager(manager).<String, Exception>use(value -> value))
        .isEqualTo("value");

    assertThat(threads).hasSize(2).doesNotContain(Thread.currentThread());
  }
}
