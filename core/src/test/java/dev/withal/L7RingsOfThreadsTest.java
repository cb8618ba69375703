package dev.withal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.withal.testkit.LeakCheck;
import dev.withal.testkit.VirtualTime;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** L7: work on a thread of ours is refused a wait for a use that waits for this work. */
@ExtendWith(LeakCheck.class)
class L7RingsOfThreadsTest extends RingsOfThreads {
  @Test
  void work_awaitsTheUseWhoseBodyItIs_isRefused() {
    uses.add(manager.useAsync(_ -> Async.callAsync(this::awaitTheFirst)));

    assertRefused(
        "the use of a would never end: it waits for that of Async.callAsync, which waits for it");
  }

  @Test
  void work_getsTheUseWhoseBodyItIs_isRefused() {
    uses.add(
        manager.useAsync(_ ->
            Async.callAsync(() -> {
              known.await();
              return uses.getFirst().get();
            })));

    assertRefused(
        "the use of a would never end: it waits for that of Async.callAsync, which waits for it");
  }

  @Test
  void work_joinsTheUseWhoseBodyItIsInADirectUse_isRefused() {
    uses.add(
        manager.useAsync(_ ->
            Async.callAsync(() -> {
              known.await();
              return AsyncContextManager.ofValue("inner").use(_ -> uses.getFirst().join());
            })));

    assertRefused(
        "the use of a would never end: it waits for that of Async.callAsync, which waits for it");
  }

  @Test
  void work_awaitsItself_isRefused() {
    uses.add(Async.callAsync(this::awaitTheFirst));

    assertFirstFailsWith("the use of Async.callAsync would never end, as it waits for its own end");
  }

  @Test
  void twoUses_whoseWorkAwaitsTheOther_endBoth() {
    uses.add(manager.useAsync(_ -> Async.callAsync(() -> awaits(1))));
    uses.add(manager.named("b").useAsync(_ -> Async.callAsync(() -> awaits(0))));
    known.countDown();

    for (CompletableFuture<Object> use : uses) {
      refusal(use)
          .withMessageContaining(" would never end: it waits for that of Async.callAsync, ");
    }
    assertThat(journal.events()).hasSize(2).allMatch(event -> event.startsWith("exit failed"));
  }

  @Test
  void work_awaitsTheUseAndWouldStopIt_isRefused() {
    uses.add(
        manager.useAsync(_ ->
            Async.callAsync(() -> {
              known.await();
              return Async.await(uses.getFirst(), () -> journal.add("stop"));
            })));

    assertRefused(
        "the use of a would never end: it waits for that of Async.callAsync, which waits for it");
  }

  @Test
  void work_entersWhatWaitsForTheUse_isRefusedAndWhatArrivesIsExited() throws Exception {
    var exited = new CompletableFuture<String>();
    var enter = new CountDownLatch(1);
    uses.add(
        manager.useAsync(_ ->
            Async.callAsync(() -> {
              enter.await();
              return entered(waitingFor(uses.getFirst(), exited))
                  .grace(Duration.ofMillis(1))
                  .use(value -> value);
            })));
    enter.countDown();

    assertThat(uses.getFirst()).failsWithin(1, TimeUnit.MINUTES);
    assertThat(exited.get(1, TimeUnit.MINUTES)).isEqualTo("exited");
  }

  /** {@return an enter that waits for a use, and comes to a context once that has failed} */
  private static CompletionStage<? extends AsyncContext<? extends String>> waitingFor(
      CompletableFuture<?> use, CompletableFuture<String> exited) throws Exception {
    int before = use.getNumberOfDependents();
    AsyncContextManager<String> manager =
        AsyncContextManager.generator(yield -> {
          try {
            Async.await(use);
          } catch (Exception _) {
            // Whatever ended the wait.
          }
          try {
            yield.value("late");
          } finally {
            exited.complete("exited");
          }
        });
    var entering = manager.enterAsync();
    // It is waited for twice: by the record of who waits, and then, past the look for a ring, by
    // the thread itself.
    while (use.getNumberOfDependents() < before + 2) {
      Thread.onSpinWait();
    }
    return entering;
  }

  private static AsyncContextManager<String> entered(
      CompletionStage<? extends AsyncContext<? extends String>> entering) {
    return new AsyncContextManager<>() {
      @Override
      public CompletionStage<? extends AsyncContext<? extends String>> enterAsync() {
        return entering;
      }
    };
  }

  @Test
  void runInsideOfWork_awaitsTheUse_isRefused() {
    uses.add(
        manager.useAsync(
            _ -> Async.callAsync(() -> Async.<Object, Exception>call(this::awaitTheFirst))));

    assertRefused(
        "the use of a would never end: it waits for that of Async.callAsync, which waits for it");
  }

  @Test
  void work_isInterruptedAsItWaitsForAUse_leavesNothingThere() {
    var gate = new CompletableFuture<Object>();
    uses.add(manager.useAsync(_ -> gate));
    known.countDown();

    CompletableFuture<Object> work =
        Async.callAsync(() -> {
          Thread.currentThread().interrupt();
          return uses.getFirst().get();
        });

    assertThat(work).failsWithin(1, TimeUnit.MINUTES);
    assertThat(uses.getFirst().getNumberOfDependents()).isZero();
    gate.complete("done");
  }

  @Test
  void work_besideTheBody_mayAwaitTheUse() throws Exception {
    var gate = new CompletableFuture<Object>();
    uses.add(manager.useAsync(_ -> gate));
    CompletableFuture<Object> beside = Async.callAsync(this::awaitTheFirst);
    known.countDown();

    gate.complete("result");

    assertThat(beside.get(1, TimeUnit.MINUTES)).isEqualTo("result");
    assertThat(journal.events()).containsExactly("exit succeeded");
  }

  @Test
  void work_hasAwaitedAUse_mayBeAwaitedByIt(VirtualTime time) {
    uses.add(manager.useAsync(_ -> CompletableFuture.completedFuture("first")));
    known.countDown();
    CompletableFuture<Object> work = Async.callAsync(this::awaitTheFirst);

    uses.add(manager.useAsync(_ -> work));

    assertThat(uses.getLast()).succeedsWithin(1, TimeUnit.MINUTES).isEqualTo("first");
    assertThat(time.pendingTimers()).isZero();
  }
}
