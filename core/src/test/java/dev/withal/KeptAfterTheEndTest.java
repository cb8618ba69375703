package dev.withal;

import static java.util.concurrent.CompletableFuture.completedFuture;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * A use that has ended keeps nothing but its result, neither by the future that it returned nor by
 * the stages of others that it waited for; {@link KeptByALossTest} has those that tell a loss.
 */
@Tag("slow")
class KeptAfterTheEndTest extends LargeValues {
  private final List<Report> reports = new ArrayList<>();

  private Report.@Nullable Registration registration;

  @BeforeEach
  void listen() {
    registration =
        Report.listen(report -> {
          // Time passes here for exits, too, that other tests have left pending.
          if (report.kind() != Report.Kind.SLOW_EXIT) {
            // Not the report itself: it carries the error.
            reports.add(new Report(report.kind(), "", "", null));
          }
        });
  }

  @AfterEach
  void end() {
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
  void bodysStage_thatNeverEnds_keepsNoMoreThanTheResult() {
    var never = new CompletableFuture<String>();
    CompletableFuture<String> use = closing().grace(Duration.ZERO).useAsync(_ -> never);
    time.advance(STEP);
    use.complete("result");
    finish(use);
    kept.add(never);

    assertThat(kinds()).containsExactly(Report.Kind.OVERLAP);
    assertNothingIsKept(1);
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
  void enter_thatNeverEndsOnAStack_keepsNothingOfTheStack() {
    var never = new CompletableFuture<Large>();
    finish(
        AsyncExitStack.manager()
            .useAsync(stack -> {
              stack.pushAsync(_ -> CompletableFuture.failedFuture(new LargeError(large())));
              kept.add(stack.enterAsync(AsyncContextManager.closing(() -> never, _ -> never)));
              stack.pushAsync(_ -> CompletableFuture.failedFuture(new LargeError(large())));
              return CompletableFuture.failedFuture(new LargeError(large()));
            }));
    kept.add(never);

    assertNothingIsKept(3);
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

  @Test
  void exit_ofAGeneratorThatWasAbandoned_keepsNoValue() {
    assertAbandonedKeepsNoValue(never ->
        AsyncContextManager.<Large>generator(yield -> {
          yield.value(large());
          Async.await(never);
        }));
  }

  @Test
  void exit_behindSuppressingThatWasAbandoned_keepsNoValue() {
    assertAbandonedKeepsNoValue(never -> closing(never).suppressing(ArithmeticException.class));
  }

  @Test
  void exit_ofAChainThatWasAbandoned_keepsNoValue() {
    assertAbandonedKeepsNoValue(never -> closing(never).map(large -> large));
  }

  @Test
  void exit_ofAChainWithABoundThatWasAbandoned_keepsNoValue() {
    assertAbandonedKeepsNoValue(never ->
        AsyncContextManager.<Large>of(
                () -> completedFuture(large()), (_, _) -> never.thenApply(_ -> Verdict.PROPAGATE))
            .enterTimeout(Duration.ofSeconds(5))
            .map(large -> large));
  }

  @Test
  void exit_ofAGroupThatWasAbandoned_keepsNoValue() {
    assertAbandonedKeepsNoValue(never -> AsyncContextManager.all(List.of(closing(never))));
  }

  @Test
  void exit_ofAStackThatWasAbandoned_keepsNoValue() {
    assertAbandonedKeepsNoValue(
        never -> AsyncExitStack.manager().map(stack -> stack.adoptAsync(large(), _ -> never)));
  }

  // ---- what this needs -------------------------------------------------------------------------

  private void assertAbandonedKeepsNoValue(
      Function<CompletableFuture<@Nullable Void>, AsyncContextManager<?>> managerOf) {
    var never = new CompletableFuture<@Nullable Void>();
    finish(managerOf.apply(never).exitTimeout(STEP).useAsync(_ -> completedFuture(1)));
    kept.add(never);

    assertThat(kinds()).containsExactly(Report.Kind.ABANDONED_EXIT);
    assertNothingIsKept(1);
  }

  /** {@return a manager whose exit ends as the stage does} */
  private AsyncContextManager<Large> closing(CompletableFuture<@Nullable Void> exited) {
    return AsyncContextManager.closing(() -> completedFuture(large()), _ -> exited);
  }

  private AsyncContextManager<Large> closing() {
    return AsyncContextManager.closing(
        () -> Async.sleepAsync(STEP).thenApply(_ -> large()), _ -> Async.sleepAsync(STEP));
  }

  /** {@return a body that holds something large itself} */
  private AsyncBody<Large, Integer> holding(Large held) {
    return value -> later(List.of(value, held));
  }

  private List<Report.Kind> kinds() {
    return reports.stream().map(Report::kind).toList();
  }
}
