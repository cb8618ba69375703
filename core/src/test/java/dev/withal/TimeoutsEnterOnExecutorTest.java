package dev.withal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.withal.testkit.Journal;
import dev.withal.testkit.LeakCheck;
import dev.withal.testkit.ManualExecutor;
import dev.withal.testkit.VirtualTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** L8: a bound on an enter that waits for a thread of its executor first. */
@ExtendWith(LeakCheck.class)
class TimeoutsEnterOnExecutorTest {
  private static final Duration LIMIT = Duration.ofMillis(50);

  private final Journal journal = new Journal();
  private final ByHand manager = new ByHand(journal);
  private final ManualExecutor executor = new ManualExecutor();
  private final List<Report> reports = new ArrayList<>();
  private Report.Registration listening;

  /** How a bounded manager is entered. */
  enum Form {
    EXECUTOR_FIRST {
      @Override
      CompletableFuture<?> enter(AsyncContextManager<String> manager, Executor executor) {
        return use(manager.on(executor).enterTimeout(LIMIT));
      }
    },
    BOUND_FIRST {
      @Override
      CompletableFuture<?> enter(AsyncContextManager<String> manager, Executor executor) {
        return use(manager.enterTimeout(LIMIT).on(executor));
      }
    },
    CANCELLABLE_BODY {
      @Override
      CompletableFuture<?> enter(AsyncContextManager<String> manager, Executor executor) {
        return manager
            .on(executor)
            .enterTimeout(LIMIT)
            .useAsync((value, _) -> CompletableFuture.completedFuture(value));
      }
    },
    MAPPED {
      @Override
      CompletableFuture<?> enter(AsyncContextManager<String> manager, Executor executor) {
        return use(manager.on(executor).enterTimeout(LIMIT).map(String::length));
      }
    },
    GROUP {
      @Override
      CompletableFuture<?> enter(AsyncContextManager<String> manager, Executor executor) {
        return use(
            AsyncContextManager.all(List.of(manager, manager)).on(executor).enterTimeout(LIMIT));
      }
    },
    ON_A_STACK {
      @Override
      CompletableFuture<?> enter(AsyncContextManager<String> manager, Executor executor) {
        AsyncExitStack stack = AsyncExitStack.open();
        return stack
            .enterAsync(manager.on(executor).enterTimeout(LIMIT))
            .whenComplete((_, _) -> stack.closeAsync());
      }
    },
    BY_HAND {
      @Override
      CompletableFuture<?> enter(AsyncContextManager<String> manager, Executor executor) {
        return manager.on(executor).enterTimeout(LIMIT).enterAsync().toCompletableFuture();
      }
    };

    abstract CompletableFuture<?> enter(AsyncContextManager<String> manager, Executor executor);

    private static <T> CompletableFuture<T> use(AsyncContextManager<T> bounded) {
      return bounded.useAsync(CompletableFuture::completedFuture);
    }
  }

  @BeforeEach
  void listen() {
    listening = Report.listen(reports::add);
  }

  @AfterEach
  void stop() {
    listening.close();
    assertThat(reports).isEmpty();
  }

  @ParameterizedTest
  @EnumSource
  void bound_executorIsBusy_isWhenTheCallerHasTheAnswer(Form form, VirtualTime time) {
    CompletableFuture<?> result = form.enter(manager, executor);

    time.advance(LIMIT.minusMillis(1));
    assertThat(result).isNotDone();
    time.advance(Duration.ofMillis(1));

    assertThat(result)
        .failsWithin(Duration.ZERO)
        .withThrowableThat()
        .havingRootCause()
        .isExactlyInstanceOf(TimeoutException.class)
        .withMessageContaining(LIMIT.toString());
    executor.runAll();
    assertThat(journal.events()).isEmpty();
    assertThat(time.pendingTimers()).isZero();
  }

  @Test
  void bound_callerAskedBeforeTheEnterBegan_isTheLatestEnd(VirtualTime time) {
    CompletableFuture<?> result = Form.BOUND_FIRST.enter(manager, executor);

    result.cancel(true);
    time.advance(LIMIT);

    assertThat(result).isCancelled();
    executor.runAll();
    assertThat(journal.events()).isEmpty();
    time.advance(Duration.ofSeconds(1));
    assertThat(time.pendingTimers()).isZero();
  }

  @Test
  void bound_enterBeginsLate_countsFromTheCall(VirtualTime time) {
    CompletableFuture<?> result = Form.BOUND_FIRST.enter(manager, executor);
    time.advance(LIMIT.dividedBy(2));
    executor.runAll();

    time.advance(LIMIT.dividedBy(2));

    assertThat(result).isCompletedExceptionally();
    manager.exit.complete(Verdict.PROPAGATE);
    manager.arrive();
    executor.runAll();
    assertThat(journal.events()).containsExactly("enter", "exit cancelled TimeoutException");
    assertThat(time.pendingTimers()).isZero();
  }

  @Test
  void enter_isDoneInTime_leavesNoTimer(VirtualTime time) {
    manager.arrive();
    manager.exit.complete(Verdict.PROPAGATE);
    CompletableFuture<?> result = Form.BOUND_FIRST.enter(manager, executor);
    time.advance(LIMIT.dividedBy(2));

    executor.runAll();

    assertThat(result).isCompletedWithValueMatching("value"::equals);
    assertThat(journal.events()).containsExactly("enter", "exit succeeded");
    assertThat(time.pendingTimers()).isZero();
  }

  @Test
  void enter_failsAtOnce_leavesNoTimer(VirtualTime time) {
    AsyncContextManager<String> failing =
        () -> {
          throw new IllegalArgumentException("enter");
        };
    CompletableFuture<?> result = Form.BOUND_FIRST.enter(failing, executor);

    executor.runAll();

    assertThat(result.exceptionNow()).isExactlyInstanceOf(IllegalArgumentException.class);
    assertThat(time.pendingTimers()).isZero();
  }

  @Test
  void bound_graceWasAskedFor_isAddedAndNothingIsEntered(VirtualTime time) {
    CompletableFuture<?> result = Form.EXECUTOR_FIRST.enter(manager.grace(LIMIT), executor);

    time.advance(LIMIT);
    assertThat(result).isNotDone();
    time.advance(LIMIT);

    assertThat(result.exceptionNow()).isExactlyInstanceOf(TimeoutException.class);
    executor.runAll();
    assertThat(journal.events()).isEmpty();
  }

  @Test
  void directStyle_needsNoThreadOfTheExecutor(VirtualTime time) throws Exception {
    manager.arrive();
    manager.exit.complete(Verdict.PROPAGATE);

    String value = manager.on(executor).enterTimeout(LIMIT).use(entered -> entered);

    assertThat(value).isEqualTo("value");
    assertThat(executor.waiting()).isZero();
    assertThat(time.pendingTimers()).isZero();
  }
}
