package dev.withal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.withal.testkit.Journal;
import dev.withal.testkit.LeakCheck;
import dev.withal.testkit.ManualExecutor;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** A synchronous manager whose calls are tasks of an executor. */
@ExtendWith(LeakCheck.class)
class BothProtocolsExecutorTest {
  private final Journal journal = new Journal();
  private final List<Thread> threads = new CopyOnWriteArrayList<>();

  @Test
  void asyncOnExecutor_inStageStyle_entersAndExitsAsItsTasks() {
    var executor = new ManualExecutor();

    CompletableFuture<String> result =
        noting().async(executor).useAsync(CompletableFuture::completedFuture);

    assertThat(executor.waiting()).isEqualTo(1);
    executor.runNext();
    assertThat(executor.waiting()).isEqualTo(1);
    assertThat(journal.events()).isEmpty();
    assertThat(result).isNotDone();
    executor.runNext();
    assertThat(journal.events()).containsExactly("exit succeeded");
    assertThat(result).isCompletedWithValue("value");
  }

  @Test
  void asyncOnExecutor_inDirectStyle_runsAllOnTheCallingThread() throws Exception {
    var executor = new ManualExecutor();

    String result = noting().async(executor).<String, Exception>use(value -> value);

    assertThat(result).isEqualTo("value");
    assertThat(executor.waiting()).isZero();
    assertThat(threads).hasSize(2).containsOnly(Thread.currentThread());
  }

  @Test
  void asyncOnExecutor_rejectsTheEnter_entersNothing() {
    var rejection = new RejectedExecutionException("full");

    CompletableFuture<String> result =
        noting()
            .async(_ -> {
              throw rejection;
            })
            .useAsync(CompletableFuture::completedFuture);

    assertThat(result.exceptionNow()).isSameAs(rejection);
    assertThat(threads).isEmpty();
  }

  @Test
  void asyncOnExecutor_rejectsTheExit_exitsOnTheThreadThatAsks() {
    assertThat(useWithExitRefused(new RejectedExecutionException("full")))
        .isCompletedWithValue("value");

    assertThat(journal.events()).containsExactly("exit succeeded");
    assertThat(threads).hasSize(2).endsWith(Thread.currentThread());
  }

  @Test
  void asyncOnExecutor_failsAtTheExit_exitsOnTheThreadThatAsks() {
    assertThat(useWithExitRefused(new IllegalStateException("broken")))
        .isCompletedWithValue("value");

    assertThat(journal.events()).containsExactly("exit succeeded");
  }

  /** A manager that notes its threads. */
  private ContextManager<String> noting() {
    return () -> {
      threads.add(Thread.currentThread());
      return new Context<>() {
        @Override
        public String value() {
          return "value";
        }

        @Override
        public Verdict exit(ExitCase how) {
          threads.add(Thread.currentThread());
          note("exit " + Probe.describe(how));
          return Verdict.PROPAGATE;
        }
      };
    };
  }

  /** Uses a manager on an executor that fails from the body on. */
  private CompletableFuture<String> useWithExitRefused(RuntimeException refusal) {
    var refusing = new AtomicReference<RuntimeException>();
    Executor executor =
        task -> {
          if (refusing.get() != null) {
            throw refusing.get();
          }
          task.run();
        };
    return noting()
        .async(executor)
        .useAsync(value -> {
          refusing.set(refusal);
          return CompletableFuture.completedFuture(value);
        });
  }

  private void note(String event) {
    journal.add(event);
  }
}
