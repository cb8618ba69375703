package dev.withal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.withal.internal.Forked;
import dev.withal.internal.Held;
import dev.withal.internal.Held.Step;
import dev.withal.internal.Span;
import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.BiConsumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Contexts that are entered by hand, and forked tasks, as a tracer sees them. */
class TracedEntersTest {
  private static final AsyncContextManager<String> FUNCTIONS =
      AsyncContextManager.closing(
          () -> CompletableFuture.completedFuture("it"),
          _ -> CompletableFuture.completedFuture(null));

  private WrittenTrace trace;

  @BeforeEach
  void trace() {
    trace = new WrittenTrace();
  }

  @AfterEach
  void traceNoMore() {
    trace.close();
  }

  static Stream<Arguments> managers() {
    return Stream.of(
        Arguments.argumentSet("functions", FUNCTIONS),
        Arguments.argumentSet(
            "generator", AsyncContextManager.<String>generator(yielding -> yielding.value("it"))));
  }

  private static <T> AsyncContext<? extends T> entered(AsyncContextManager<T> manager) {
    return manager.enterAsync().toCompletableFuture().join();
  }

  private static Verdict exit(AsyncContext<?> context, ExitCase how) {
    return context.exitAsync(how).toCompletableFuture().join();
  }

  @ParameterizedTest
  @MethodSource("managers")
  void contextByHand_isExited_isToldStepByStepAndLeavesTheRecord(
      AsyncContextManager<String> manager) {
    AsyncContext<? extends String> context = entered(manager);
    assertThat(context.value()).isEqualTo("it");
    assertThat(trace.events).containsExactly("entered");
    assertThat(Held.entries())
        .singleElement()
        .satisfies(entry -> {
          assertThat(entry.step()).isEqualTo(Step.BODY);
          assertThat(entry.name()).isEqualTo(manager.toString());
          assertThat(entry.thread()).isSameAs(Thread.currentThread());
          assertThat(entry.span()).isSameAs(trace.spans.getFirst());
        });

    assertThat(exit(context, ExitCase.success())).isEqualTo(Verdict.PROPAGATE);
    // A generator's thread may tell it a moment after the exit's end.
    trace.firstEnd.join();

    assertThat(trace.events)
        .containsExactly("entered", "exiting SUCCEEDED", "ended " + manager + " SUCCEEDED");
    assertThat(Held.entries()).isEmpty();
  }

  @Test
  void contextByHand_itsExitFails_isToldAsFailed() {
    var failure = new IOException("exit");
    AsyncContextManager<String> manager =
        AsyncContextManager.of(
            () -> CompletableFuture.completedFuture("it"),
            (_, _) -> CompletableFuture.failedFuture(failure));
    AsyncContext<? extends String> context = entered(manager);

    assertThat(catchThrowable(() -> exit(context, ExitCase.success()))).hasCause(failure);

    assertThat(trace.events)
        .containsExactly("entered", "exiting SUCCEEDED", "ended " + manager + " FAILED");
    assertThat(Held.entries()).isEmpty();
  }

  @Test
  void contextByHand_itsExitThrows_isToldAsFailed() {
    var failure = new IllegalStateException("exit");
    AsyncContextManager<String> manager =
        AsyncContextManager.of(
            () -> CompletableFuture.completedFuture("it"),
            (_, _) -> {
              throw failure;
            });
    AsyncContext<? extends String> context = entered(manager);

    assertThat(catchThrowable(() -> exit(context, ExitCase.success()))).isSameAs(failure);

    assertThat(trace.events)
        .containsExactly("entered", "exiting SUCCEEDED", "ended " + manager + " FAILED");
    assertThat(Held.entries()).isEmpty();
  }

  /** What others return is what the caller gets, traced or not (L15). */
  @Test
  void contextByHand_itsExitReturnsNull_isTheCallersBusiness() {
    AsyncContext<? extends String> context =
        entered(
            AsyncContextManager.of(() -> CompletableFuture.completedFuture("it"), (_, _) -> null));

    assertThat(context.exitAsync(ExitCase.success())).isNull();
    assertThat(Held.entries()).isEmpty();
  }

  @Test
  void contextByHand_itsExitsStageIsBroken_isReturnedAsItIs() {
    var broken =
        new CompletableFuture<Verdict>() {
          @Override
          public CompletableFuture<Verdict> whenComplete(
              BiConsumer<? super Verdict, ? super Throwable> action) {
            throw new IllegalStateException("broken");
          }
        };
    AsyncContext<? extends String> context =
        entered(
            AsyncContextManager.of(
                () -> CompletableFuture.completedFuture("it"), (_, _) -> broken));

    assertThat(context.exitAsync(ExitCase.success())).isSameAs(broken);
    assertThat(Held.entries()).isEmpty();
  }

  @Test
  void contextByHand_isExitedTwice_isToldOnce() {
    AsyncContext<? extends String> context = entered(FUNCTIONS);

    exit(context, ExitCase.success());
    exit(context, ExitCase.success());

    assertThat(trace.events)
        .containsExactly("entered", "exiting SUCCEEDED", "ended " + FUNCTIONS + " SUCCEEDED");
  }

  /** It is that of the use of the manager around it. */
  @Test
  void contextByHand_insideOfAnotherEnter_isAPartOfThat() {
    AsyncContextManager<String> around = () -> FUNCTIONS.enterAsync();

    around.useAsync(CompletableFuture::completedFuture).join();

    assertThat(trace.spans).hasSize(1);
    assertThat(trace.events)
        .hasSize(3)
        .startsWith("entered", "exiting SUCCEEDED")
        .last()
        .asString()
        .endsWith("SUCCEEDED");
    assertThat(Held.entries()).isEmpty();
  }

  /** A context that is handed over is recorded once, as that of the use which has it now. */
  @Test
  void contextByHand_isHandedToAUse_isRecordedAsTheUses() {
    AsyncContext<? extends String> context = entered(FUNCTIONS);
    AsyncContextManager<String> handsOver = () -> CompletableFuture.completedStage(context);

    handsOver.useAsync(CompletableFuture::completedFuture).join();

    assertThat(trace.spans).hasSize(2);
    assertThat(trace.events).startsWith("entered", "entered").hasSize(4);
    assertThat(Held.entries()).isEmpty();
  }

  /** A task as a group forks it. */
  private final class Task implements Forked {
    private final @Nullable Throwable failure;

    Task(@Nullable Throwable failure) {
      this.failure = failure;
    }

    @Override
    public void run() {
      run(error -> {});
    }

    @Override
    public void run(Ended ended) {
      trace.events.add("runs, recorded as " + Held.entries().getFirst().name());
      ended.with(failure);
      String inside = Inside.ofThisThread().span() == Span.UNKNOWN ? "anything" : "the task";
      trace.events.add("others hear inside of " + inside + ", recorded: " + Held.entries());
    }

    @Override
    public Object body() {
      return this;
    }
  }

  @Test
  void task_isForked_isRecordedUntilOthersHearOfItsEnd() {
    Async.carrying(new Task(null)).run();

    assertThat(trace.events)
        .containsExactly(
            "entered",
            "runs, recorded as task",
            "exiting SUCCEEDED",
            "ended task SUCCEEDED",
            "others hear inside of anything, recorded: []");
    assertThat(Inside.ofThisThread().span()).isNull();
  }

  @Test
  void task_fails_isToldWithItsError() {
    var failure = new IOException("of the task");

    Async.carrying(new Task(failure)).run();

    assertThat(trace.events)
        .startsWith("entered", "runs, recorded as task", "exiting FAILED", "ended task FAILED");
    assertThat(trace.spans.getFirst().error()).isSameAs(failure);
  }

  @Test
  void task_nobodyTraces_isTheSame() {
    trace.close();
    var task = new Task(null);

    assertThat(Async.carrying(task)).isSameAs(task);
  }

  @Test
  void exits_onAStack_areToldOneAfterTheOther() {
    CompletionStage<String> use =
        AsyncExitStack.manager()
            .useAsync(stack ->
                stack
                    .enterAsync(FUNCTIONS)
                    .thenCompose(_ -> stack.enterAsync(FUNCTIONS))
                    .thenApply(_ -> "done"));

    assertThat(use.toCompletableFuture()).isCompletedWithValue("done");
    assertThat(trace.spans).hasSize(3);
    assertThat(trace.events).filteredOn(event -> event.startsWith("ended")).hasSize(3);
    assertThat(Held.entries()).isEmpty();
  }
}
