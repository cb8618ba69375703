package dev.withal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.withal.testkit.Journal;
import dev.withal.testkit.LeakCheck;
import dev.withal.testkit.VirtualTime;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Enters on a stack that fail, take time, are given up, or change hands. */
@ExtendWith(LeakCheck.class)
class ExitStackEnterTest {
  private static final Duration GRACE = Duration.ofSeconds(1);

  private final Journal journal = new Journal();
  private final ByHand manager = new ByHand(journal);
  private final AsyncExitStack stack = AsyncExitStack.open();
  private final List<Report> reports = new CopyOnWriteArrayList<>();

  @Test
  void enterAsync_fails_failsItsFutureOnly() {
    var error = new IOException("enter");
    CompletableFuture<String> value = stack.enterAsync(manager);

    manager.enter.completeExceptionally(error);

    assertThat(value.exceptionNow()).isSameAs(error);
    assertThat(close()).isCompletedWithValue(null);
    assertThat(journal.events()).containsExactly("enter");
  }

  @Test
  void enterAsync_throws_failsItsFutureOnly() {
    var error = new IllegalStateException("enter");
    AsyncContextManager<String> throwing =
        () -> {
          throw error;
        };

    CompletableFuture<String> value = stack.enterAsync(throwing);

    assertThat(value.exceptionNow()).isSameAs(error);
    assertThat(close()).isCompletedWithValue(null);
  }

  @Test
  void enterAsync_returnsNull_saysWhatToReturn() {
    AsyncContextManager<String> returningNull = () -> null;

    CompletableFuture<String> value = stack.enterAsync(returningNull);

    assertThat(value.exceptionNow())
        .isExactlyInstanceOf(NullPointerException.class)
        .hasMessage(
            "enterAsync returned null instead of a stage: return one that completes with a"
                + " context");
    assertThat(close()).isCompletedWithValue(null);
  }

  @Test
  void enterAsync_completesWithNull_saysWhatToCompleteWith() {
    AsyncContextManager<String> completing = () -> CompletableFuture.completedFuture(null);

    CompletableFuture<String> value = stack.enterAsync(completing);

    assertThat(value.exceptionNow())
        .isExactlyInstanceOf(NullPointerException.class)
        .hasMessage(
            "enterAsync completed with null instead of a context: complete it with an"
                + " AsyncContext");
    assertThat(close()).isCompletedWithValue(null);
  }

  @Test
  void enterAsync_valueThrows_failsItsFutureAndIsExitedAllTheSame() {
    var error = new IllegalStateException("no value");
    AsyncContextManager<String> broken =
        () ->
            CompletableFuture.completedFuture(
                new AsyncContext<>() {
                  @Override
                  public String value() {
                    throw error;
                  }

                  @Override
                  public CompletionStage<Verdict> exitAsync(ExitCase how) {
                    journal.add("exit " + Probe.describe(how));
                    return Verdict.PROPAGATE.now();
                  }
                });

    CompletableFuture<String> value = stack.enterAsync(broken);

    assertThat(value.exceptionNow()).isSameAs(error);
    assertThat(close()).isCompletedWithValue(null);
    assertThat(journal.events()).containsExactly("exit succeeded");
  }

  @Test
  void enterAsync_futureIsCancelled_leavesTheContextToTheStack() {
    CompletableFuture<String> value = stack.enterAsync(manager);

    value.cancel(true);
    manager.arrive();
    manager.exit.complete(Verdict.PROPAGATE);

    assertThat(close()).isCompletedWithValue(null);
    assertThat(journal.events()).containsExactly("enter", "exit succeeded");
  }

  @Test
  void enterAsync_oneOfSeveralFails_leavesNoOtherBehind(VirtualTime time) {
    var error = new IOException("enter");
    CompletableFuture<String> result =
        AsyncExitStack.manager()
            .useAsync(own -> {
              var slow = own.enterAsync(new Probe(journal, Carrier.STAGE_LATER, "slow"));
              var failing =
                  own.enterAsync(
                      new Probe(journal, Carrier.STAGE_COMPLETE, "b").failingToEnter(error));
              return failing.thenCombine(slow, (a, b) -> a + b);
            });

    time.advance(GRACE);

    assertThat(result.exceptionNow()).isSameAs(error);
    assertThat(journal.events())
        .containsExactly(
            "enter slow", "enter b", "entered slow", "exit slow failed enter", "exited slow");
  }

  @Test
  void enterAsync_failsWhenTheStackIsClosing_isReported() {
    var error = new IOException("late");
    CompletableFuture<String> value = stack.enterAsync(manager);
    CompletableFuture<Void> closed = close();
    try (var _ = Report.listen(reports::add)) {
      manager.enter.completeExceptionally(error);
    }

    assertThat(closed).isCompletedWithValue(null);
    assertThat(value.exceptionNow())
        .isExactlyInstanceOf(IllegalStateException.class)
        .hasMessage("the exit stack was closed before this enter was done");
    assertThat(reports)
        .containsExactly(
            new Report(
                Report.Kind.LATE_FAILURE,
                "by hand",
                "the enter failed after its caller had stopped waiting",
                error));
  }

  @Test
  void enterAsync_exitAfterTheGracePeriodFails_isReported(VirtualTime time) {
    var error = new IOException("exit");
    manager.exit.completeExceptionally(error);
    CompletableFuture<String> value = stack.enterAsync(manager);
    CompletableFuture<Void> closed = close();
    time.advance(GRACE);
    assertThat(closed).isCompletedWithValue(null);
    try (var _ = Report.listen(reports::add)) {
      manager.arrive();
    }

    assertThat(value).isCompletedExceptionally();
    assertThat(journal.events()).containsExactly("enter", "exit cancelled IllegalStateException");
    assertThat(reports).extracting(Report::error).containsExactly(error);
  }

  @Test
  void enterAsync_stackCloses_waitsForTheGracePeriodOfTheManager(VirtualTime time) {
    stack.enterAsync(manager.grace(GRACE.multipliedBy(3)));
    CompletableFuture<Void> closed = close();

    time.advance(GRACE.multipliedBy(2));
    assertThat(closed).isNotDone();
    time.advance(GRACE);

    assertThat(closed).isCompletedWithValue(null);
    manager.enter.completeExceptionally(new CancellationException("gone"));
  }

  @Test
  void enterAsync_ofAGeneratorWhenTheStackCloses_interruptsItsEnter(VirtualTime time)
      throws Exception {
    AsyncContextManager<String> slow =
        AsyncContextManager.generator(yield -> {
          journal.add("acquired");
          try {
            Async.sleep(Duration.ofSeconds(10));
            yield.value("value");
          } finally {
            journal.add("released");
          }
        });
    CompletableFuture<String> value = stack.enterAsync(slow);
    time.settle();

    time.await(close());

    assertThat(value).isCompletedExceptionally();
    assertThat(journal.events()).containsExactly("acquired", "released");
    assertThat(time.elapsed()).isZero();
  }

  @Test
  void enterAsync_stackClosesAsTheGeneratorBegins_interruptsItsEnter(VirtualTime time)
      throws Exception {
    AsyncContextManager<String> slow =
        AsyncContextManager.generator(yield -> {
          Async.sleep(Duration.ofSeconds(10));
          yield.value("value");
        });
    var closed = new AtomicReference<CompletableFuture<Void>>();

    CompletableFuture<String> value =
        stack.enterAsync(() -> {
          closed.set(close());
          return slow.enterAsync();
        });
    time.await(closed.get());

    assertThat(value).isCompletedExceptionally();
    assertThat(time.elapsed()).isZero();
  }

  @Test
  void enter_interrupted_exitsWhatArrivesAndLeavesTheStackOpen(VirtualTime time) {
    Thread user =
        time.start(() -> {
          Throwable thrown = catchThrowable(() -> stack.enter(manager));
          journal.add("thrown " + thrown.getClass().getSimpleName());
        });
    time.settle();
    time.interrupt(user);
    time.settle();

    manager.arrive();
    manager.exit.complete(Verdict.PROPAGATE);
    time.settle();
    stack.deferAsync(() -> note("deferred"));

    assertThat(close()).isCompletedWithValue(null);
    assertThat(journal.events())
        .containsExactly(
            "enter",
            "exit cancelled InterruptedException",
            "thrown InterruptedException",
            "deferred");
  }

  private CompletableFuture<Void> close() {
    stack.succeeded();
    return stack.closeAsync();
  }

  private CompletableFuture<String> note(String event) {
    journal.add(event);
    return CompletableFuture.completedFuture(event);
  }
}
