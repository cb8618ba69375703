package dev.withal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.withal.BothProtocolsTest.Way;
import dev.withal.testkit.Journal;
import dev.withal.testkit.LeakCheck;
import dev.withal.testkit.VirtualTime;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.ReentrantLock;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A permit of a semaphore that is held while a body runs. */
@ExtendWith(LeakCheck.class)
class PermitTest {
  private static final Duration MOMENT = Duration.ofMillis(1);

  private final Journal journal = new Journal();
  private final Semaphore semaphore = new Semaphore(2);
  private final ContextManager<Semaphore> manager = ContextManager.permit(semaphore);

  @ParameterizedTest
  @EnumSource
  void permit_isHeldWhileTheBodyRuns(Way way, VirtualTime time) throws Exception {
    Semaphore used =
        way.use(
            time,
            manager,
            value -> {
              journal.add("left " + semaphore.availablePermits());
              return value;
            });

    assertThat(used).isSameAs(semaphore);
    assertThat(journal.events()).containsExactly("left 1");
    assertThat(semaphore.availablePermits()).isEqualTo(2);
  }

  @ParameterizedTest
  @EnumSource
  void body_fails_permitIsGivenBack(Way way, VirtualTime time) {
    var error = new IOException("body");

    Throwable thrown =
        catchThrowable(() ->
            way.use(
                time,
                manager,
                _ -> {
                  throw error;
                }));

    assertThat(thrown).isSameAs(error).hasNoSuppressedExceptions();
    assertThat(semaphore.availablePermits()).isEqualTo(2);
  }

  @ParameterizedTest
  @EnumSource
  void permit_patienceIsOver_entersNothing(Way way, VirtualTime time) {
    semaphore.drainPermits();

    Throwable thrown =
        catchThrowable(() ->
            way.use(
                time,
                ContextManager.permit(semaphore, MOMENT),
                value -> {
                  journal.add("body");
                  return value;
                }));

    assertThat(thrown)
        .isExactlyInstanceOf(TimeoutException.class)
        .hasMessageEndingWith(" had no permit within PT0.001S");
    assertThat(journal.events()).isEmpty();
    assertThat(semaphore.availablePermits()).isZero();
  }

  @Test
  void permit_withABoundOnItsEnter_isBoundedOnTheCallingThread() throws Exception {
    AsyncContextManager<Semaphore> bounded = manager.async().enterTimeout(MOMENT);

    bounded.run(_ -> journal.add("left " + semaphore.availablePermits()));
    semaphore.drainPermits();
    Throwable thrown = catchThrowable(() -> bounded.run(_ -> journal.add("body")));

    assertThat(thrown)
        .isExactlyInstanceOf(TimeoutException.class)
        .hasMessageEndingWith(" had no permit within PT0.001S");
    assertThat(journal.events()).containsExactly("left 1");
  }

  @Test
  void permit_onAnExecutorWithABound_isTakenByItsTask(VirtualTime time) throws Exception {
    AsyncContextManager<Semaphore> bounded =
        manager
            .async(task -> {
              journal.add("task");
              task.run();
            })
            .enterTimeout(MOMENT);

    time.await(bounded.useAsync(CompletableFuture::completedFuture));

    assertThat(journal.events()).containsExactly("task", "task");
    assertThat(semaphore.availablePermits()).isEqualTo(2);
  }

  @Test
  void enter_isCancelledInStageStyle_takesNoPermit() {
    semaphore.drainPermits();
    CompletableFuture<String> use =
        manager.async().useAsync(_ -> CompletableFuture.completedFuture("result"));

    use.cancel(true);

    assertThat(catchThrowable(() -> Async.await(use))).isInstanceOf(CancellationException.class);
    assertThat(semaphore.hasQueuedThreads()).isFalse();
    assertThat(semaphore.availablePermits()).isZero();
  }

  @Test
  void enter_again_givesAnotherContext() throws Exception {
    Context<? extends Semaphore> first = manager.enter();
    Context<? extends Semaphore> second = manager.enter();

    assertThat(first).isNotSameAs(second);
    assertThat(first.exit(ExitCase.success())).isSameAs(Verdict.PROPAGATE);
    assertThat(second.exit(ExitCase.success())).isSameAs(Verdict.PROPAGATE);
    assertThat(semaphore.availablePermits()).isEqualTo(2);
  }

  @Test
  void names_areThoseOfTheKind() {
    var lock = ContextManager.lock(new ReentrantLock()).async();

    assertThat(lock).hasToString("lock");
    assertThat(lock.enterTimeout(MOMENT).named("mine")).hasToString("mine");
    assertThat(manager).hasToString("permit");
    assertThat(ContextManager.permit(semaphore, MOMENT).async()).hasToString("permit");
  }
}
