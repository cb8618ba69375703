package dev.withal;

import static java.util.concurrent.CompletableFuture.completedFuture;
import static org.assertj.core.api.Assertions.assertThat;

import dev.withal.testkit.VirtualTime;
import java.lang.ref.Reference;
import java.lang.ref.WeakReference;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * A use that has ended keeps nothing but its result, neither by the future that it returned nor by
 * the stages of others that it waited for. Without {@code LeakCheck}, which keeps all contexts.
 */
@Tag("slow")
class KeptAfterTheEndTest {
  private static final Duration STEP = Duration.ofMillis(10);

  /** Stands for something large. */
  private static final class Large {}

  /** An error that holds something large. */
  private static final class LargeError extends Exception {
    private static final long serialVersionUID = 1;
    final transient Large large;

    LargeError(Large large) {
      super("large");
      this.large = large;
    }
  }

  /** A context that may lose its value. */
  private record Lease(Large value, CompletionStage<?> lost) implements AsyncContext<Large> {
    @Override
    public CompletionStage<Verdict> exitAsync(ExitCase how) {
      return Verdict.PROPAGATE.now();
    }
  }

  private final List<WeakReference<Large>> all = new ArrayList<>();
  private final List<Report> reports = new ArrayList<>();

  /** What lives on. */
  private final List<Object> kept = new ArrayList<>();

  private final VirtualTime time = VirtualTime.install();
  private Report.@Nullable Registration registration;

  @BeforeEach
  void listen() {
    // Not the report itself: it carries the error.
    registration = Report.listen(report -> reports.add(new Report(report.kind(), "", "", null)));
  }

  @AfterEach
  void end() {
    time.close();
    if (registration != null) {
      registration.close();
    }
  }

  // ---- the returned future lives on ------------------------------------------------------------

  @Test
  void future_ofAFinishedUse_keepsItsResultOnly() {
    kept.add(finish(closing().useAsync(this::later)));

    assertNothingIsKept(1);
  }

  @Test
  void future_ofNestedUses_keepsItsResultOnly() {
    kept.add(finish(closing().useAsync(_ -> closing().useAsync(holding(large())))));

    assertNothingIsKept(3);
  }

  @Test
  void future_ofAChainOnAnExecutor_keepsItsResultOnly() {
    kept.add(
        finish(
            closing()
                .flatMap(_ -> closing())
                .map(_ -> large())
                .on(time.executor(Runnable::run))
                .enterTimeout(Duration.ofSeconds(5))
                .exitTimeout(Duration.ofSeconds(5))
                .useAsync(this::later)));

    assertNothingIsKept(3);
  }

  @Test
  void future_whoseErrorWasSuppressed_keepsNoError() {
    CompletableFuture<Integer> use =
        closing()
            .suppressing(LargeError.class)
            .useAsync(_ ->
                Async.sleepAsync(STEP)
                    .thenCompose(_ -> CompletableFuture.failedFuture(new LargeError(large()))));

    kept.add(finish(use));

    assertThat(use).isCompletedWithValue(null);
    assertNothingIsKept(2);
  }

  @Test
  void future_ofAUseThatWasAsked_keepsItsReasonOnly() {
    var body = new CompletableFuture<Integer>();
    CompletableFuture<Integer> use =
        closing()
            .useAsync((_, cancellation) -> {
              Large closure = large();
              cancellation.onRequest(_ -> body.cancel(closure == null));
              return body;
            });
    time.advance(STEP);
    use.cancel(true);
    kept.add(finish(use));

    assertNothingIsKept(2);
  }

  // ---- what was waited for lives on ------------------------------------------------------------

  @Test
  void bodysStage_thatNeverEnds_keepsNothingOfItsUse() {
    var never = new CompletableFuture<Large>();
    CompletableFuture<Large> use = closing().grace(Duration.ZERO).useAsync(_ -> never);
    time.advance(STEP);
    use.complete(large());
    finish(use);
    kept.add(never);

    assertThat(kinds()).containsExactly(Report.Kind.OVERLAP);
    use = null;
    assertNothingIsKept(2);
  }

  @Test
  void future_thatWasOvertaken_keepsItsReasonOnly() {
    var never = new CompletableFuture<Large>();
    CompletableFuture<Large> use = closing().useAsync(_ -> never);
    time.advance(STEP);
    use.cancel(true);
    kept.add(finish(use));
    kept.add(never);

    assertThat(kinds()).containsExactly(Report.Kind.OVERLAP);
    assertNothingIsKept(1);
  }

  @Test
  void bodysStage_behindANestedUse_keepsNothingOfBoth() {
    var never = new CompletableFuture<Large>();
    CompletableFuture<Large> use = closing().useAsync(_ -> closing().useAsync(_ -> never));
    time.advance(STEP.multipliedBy(2));
    use.cancel(true);
    kept.add(finish(use));
    kept.add(never);

    assertThat(kinds()).containsExactly(Report.Kind.OVERLAP);
    assertNothingIsKept(2);
  }

  @Test
  void enter_thatNeverEnds_keepsNothingOfItsBody() {
    var never = new CompletableFuture<Large>();
    CompletableFuture<Integer> use =
        AsyncContextManager.closing(() -> never, _ -> completedFuture(null))
            .useAsync(holding(large()));
    use.cancel(true);
    kept.add(finish(use));
    kept.add(never);

    assertNothingIsKept(1);
  }

  @Test
  void exit_thatWasAbandoned_keepsNothingOfItsUse() {
    var never = new CompletableFuture<@Nullable Void>();
    CompletableFuture<Integer> use =
        AsyncContextManager.closing(() -> completedFuture(large()), _ -> never)
            .exitTimeout(STEP)
            .useAsync(_ -> CompletableFuture.failedFuture(new LargeError(large())));
    finish(use);
    kept.add(never);

    assertThat(kinds()).containsExactly(Report.Kind.ABANDONED_EXIT);
    use = null;
    assertNothingIsKept(2);
  }

  // ---- what tells a loss lives on --------------------------------------------------------------

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

  // ---- what a thread waited for lives on -------------------------------------------------------

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

  // ---- what this needs -------------------------------------------------------------------------

  private Large large() {
    var large = new Large();
    all.add(new WeakReference<>(large));
    return large;
  }

  private AsyncContextManager<Large> closing() {
    return AsyncContextManager.closing(
        () -> Async.sleepAsync(STEP).thenApply(_ -> large()), _ -> Async.sleepAsync(STEP));
  }

  private AsyncContextManager<Large> lease(CompletionStage<?> lost) {
    return () -> completedFuture(new Lease(large(), lost));
  }

  private AsyncContextManager<Large> leaseLater(CompletionStage<?> lost) {
    return () -> Async.sleepAsync(STEP).thenApply(_ -> new Lease(large(), lost));
  }

  /** {@return a body that holds something large itself} */
  private AsyncBody<Large, Integer> holding(Large held) {
    return value -> later(List.of(value, held));
  }

  private CompletableFuture<Integer> later(@Nullable Object value) {
    return Async.sleepAsync(STEP).thenApply(_ -> value == null ? 0 : 1);
  }

  private <R> CompletableFuture<R> finish(CompletableFuture<R> use) {
    time.advance(Duration.ofSeconds(5));
    assertThat(use).isDone();
    return use;
  }

  private List<Report.Kind> kinds() {
    return reports.stream().map(Report::kind).toList();
  }

  private void assertNothingIsKept(int made) {
    assertThat(all).hasSize(made);
    for (int i = 0; i < 20 && all.stream().anyMatch(large -> large.get() != null); i++) {
      System.gc();
    }
    assertThat(all).allMatch(large -> large.get() == null);
    Reference.reachabilityFence(kept);
  }
}
