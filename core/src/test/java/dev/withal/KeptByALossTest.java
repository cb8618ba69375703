package dev.withal;

import static java.util.concurrent.CompletableFuture.completedFuture;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * A stage that tells of losses, or that threads wait for, keeps nothing of what has ended, however
 * long it lives.
 */
@Tag("slow")
class KeptByALossTest extends LargeValues {
  /** A context that may lose its value. */
  private record Lease(Large value, CompletionStage<?> lost) implements AsyncContext<Large> {
    @Override
    public CompletionStage<Verdict> exitAsync(ExitCase how) {
      return Verdict.PROPAGATE.now();
    }
  }

  @Test
  void lost_ofASessionInStageStyle_keepsNoLease() {
    var session = new CompletableFuture<@Nullable Void>();
    for (int i = 0; i < 20; i++) {
      finish(lease(session).useAsync(this::later));
      finish(lease(session).useAsync(_ -> completedFuture(1)));
      finish(lease(session).exitTimeout(STEP).suppressing(Error.class).useAsync(this::later));
    }
    kept.add(session);

    assertThat(session.getNumberOfDependents()).isLessThanOrEqualTo(1);
    assertNothingIsKept(60);
  }

  @Test
  void lost_ofASessionInDirectStyle_keepsNoLease() throws Exception {
    var session = new CompletableFuture<@Nullable Void>() {};
    for (int i = 0; i < 20; i++) {
      lease(session).use(_ -> 1);
    }
    kept.add(session);

    assertThat(session.getNumberOfDependents()).isLessThanOrEqualTo(1);
    assertNothingIsKept(20);
  }

  @Test
  void lost_thatIsAMinimalStage_keepsNoLease() {
    var session = new CompletableFuture<@Nullable Void>();
    CompletionStage<?> lost = session.minimalCompletionStage();
    for (int i = 0; i < 20; i++) {
      finish(lease(lost).useAsync(this::later));
    }
    kept.add(lost);
    kept.add(session);

    assertNothingIsKept(20);
  }

  @Test
  void lost_ofWhatWasOnAStack_keepsNoLease() throws Exception {
    var session = new CompletableFuture<@Nullable Void>();
    for (int i = 0; i < 20; i++) {
      finish(
          AsyncExitStack.manager()
              .useAsync(stack ->
                  stack
                      .enterAsync(lease(session))
                      .thenCompose(_ -> stack.enterAsync(leaseLater(session)))
                      .thenApply(_ -> 1)));
      AsyncExitStack.manager().use(stack -> stack.enter(lease(session)) == null);
      try (AsyncExitStack stack = AsyncExitStack.open()) {
        stack.enter(lease(session));
        kept.add(stack);
        stack.popAll().close();
      }
    }
    kept.add(session);

    assertThat(session.getNumberOfDependents()).isLessThanOrEqualTo(1);
    assertNothingIsKept(80);
  }

  @Test
  void lost_ofAGroup_keepsNoLease() {
    var session = new CompletableFuture<@Nullable Void>();
    for (int i = 0; i < 20; i++) {
      var group = AsyncContextManager.all(List.of(lease(session), leaseLater(session)));
      finish(group.useAsync(this::later));
    }
    kept.add(session);

    assertThat(session.getNumberOfDependents()).isLessThanOrEqualTo(1);
    assertNothingIsKept(40);
  }

  @Test
  void await_thatIsInterrupted_leavesNoCallback() {
    var plain = new CompletableFuture<String>();
    var own = new CompletableFuture<String>() {};
    for (int i = 0; i < 20; i++) {
      for (CompletableFuture<String> future : List.of(plain, own)) {
        Thread waiter = time.start(() -> awaitQuietly(future));
        time.settle();
        time.interrupt(waiter);
        time.settle();
      }
    }

    assertThat(own.getNumberOfDependents()).isLessThanOrEqualTo(1);
  }

  private static void awaitQuietly(CompletionStage<String> stage) {
    try {
      Async.await(stage);
    } catch (InterruptedException _) {
      // As the test wants it.
      return;
    }
  }

  private AsyncContextManager<Large> lease(CompletionStage<?> lost) {
    return () -> completedFuture(new Lease(large(), lost));
  }

  private AsyncContextManager<Large> leaseLater(CompletionStage<?> lost) {
    return () -> Async.sleepAsync(STEP).thenApply(_ -> new Lease(large(), lost));
  }
}
