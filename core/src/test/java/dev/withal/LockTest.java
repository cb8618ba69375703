package dev.withal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.junit.jupiter.params.provider.EnumSource.Mode.EXCLUDE;

import dev.withal.BothProtocolsTest.Way;
import dev.withal.testkit.Journal;
import dev.withal.testkit.LeakCheck;
import dev.withal.testkit.VirtualTime;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** A lock that is held while a body runs, by its own thread in direct style. */
@ExtendWith(LeakCheck.class)
class LockTest {
  private static final Duration MOMENT = Duration.ofMillis(1);
  private static final Duration LONG = Duration.ofHours(1);

  private final Journal journal = new Journal();
  private final ReentrantLock lock = new ReentrantLock();
  private final ContextManager<Lock> manager = ContextManager.lock(lock);
  private final CompletableFuture<Void> free = new CompletableFuture<>();

  /** Takes the lock on another thread, which holds it until the test is over. */
  private void takeElsewhere() {
    var taken = new CompletableFuture<Void>();
    Thread.ofPlatform()
        .start(() -> {
          lock.lock();
          try {
            taken.complete(null);
            free.join();
          } finally {
            lock.unlock();
          }
        });
    taken.join();
  }

  @AfterEach
  void release() {
    free.complete(null);
    assertThat(lock.isHeldByCurrentThread()).isFalse();
  }

  // ---- whose thread holds it -------------------------------------------------------------------

  @ParameterizedTest
  @EnumSource(mode = EXCLUDE, names = "EXECUTOR_IN_STAGE_STYLE") // enter and exit are two tasks
  void lock_isHeldWhileTheBodyRuns(Way way, VirtualTime time) throws Exception {
    Lock used =
        way.use(
            time,
            manager,
            value -> {
              journal.add("locked " + lock.isLocked());
              return value;
            });

    assertThat(used).isSameAs(lock);
    assertThat(journal.events()).containsExactly("locked true");
    assertThat(lock.isLocked()).isFalse();
  }

  @ParameterizedTest
  @EnumSource(
      mode = EXCLUDE,
      names = {"STAGE_STYLE", "EXECUTOR_IN_STAGE_STYLE", "STACK_IN_STAGE_STYLE"})
  void lock_inDirectStyle_isHeldByTheCaller(Way way, VirtualTime time) throws Exception {
    way.use(
        time,
        manager,
        value -> {
          journal.add("mine " + lock.isHeldByCurrentThread());
          return value;
        });

    assertThat(journal.events()).containsExactly("mine true");
    assertThat(lock.isLocked()).isFalse();
  }

  static Stream<Arguments> settings() {
    return Stream.of(
        setting("bound", m -> m.enterTimeout(MOMENT)),
        setting("bound, name", m -> m.enterTimeout(MOMENT).named("it")),
        setting("name, bound", m -> m.named("it").enterTimeout(MOMENT)),
        setting("bounds on both", m -> m.enterTimeout(MOMENT).exitTimeout(MOMENT)),
        setting("bounds on both, reversed", m -> m.exitTimeout(MOMENT).enterTimeout(MOMENT)),
        setting(
            "all",
            m ->
                m.grace(LONG)
                    .exitTimeout(MOMENT, _ -> new CompletableFuture<>())
                    .named("it")
                    .enterTimeout(MOMENT)
                    .on(Runnable::run)),
        setting("bound twice", m -> m.enterTimeout(LONG).named("it").enterTimeout(MOMENT)));
  }

  private static Arguments setting(String name, UnaryOperator<AsyncContextManager<Lock>> of) {
    return Arguments.argumentSet(name, of);
  }

  @ParameterizedTest
  @MethodSource("settings")
  void lock_withSettings_isHeldByTheCaller(UnaryOperator<AsyncContextManager<Lock>> settings)
      throws Exception {
    AsyncContextManager<Lock> bounded = settings.apply(manager.async());

    bounded.run(_ -> journal.add("mine " + lock.isHeldByCurrentThread()));
    AsyncExitStack.manager()
        .run(stack -> {
          stack.enter(bounded);
          journal.add("on a stack " + lock.isHeldByCurrentThread());
        });

    assertThat(journal.events()).containsExactly("mine true", "on a stack true");
    assertThat(lock.isLocked()).isFalse();
  }

  @ParameterizedTest
  @MethodSource("settings")
  void lock_withSettingsIsTaken_boundHolds(UnaryOperator<AsyncContextManager<Lock>> settings)
      throws Exception {
    AsyncContextManager<Lock> bounded = settings.apply(manager.async());
    takeElsewhere();

    Throwable direct = catchThrowable(() -> bounded.run(_ -> journal.add("body")));
    Throwable onAStack =
        catchThrowable(() -> AsyncExitStack.manager().run(stack -> stack.enter(bounded)));
    Throwable staged =
        catchThrowable(() ->
            Async.await(
                bounded.useAsync(
                    _ -> CompletableFuture.completedFuture(journal.events().add("")))));

    assertThat(List.of(direct, onAStack, staged))
        .allSatisfy(thrown -> assertThat(thrown).isExactlyInstanceOf(TimeoutException.class));
    assertThat(direct).hasMessageEndingWith(" wasn't free within PT0.001S");
    assertThat(journal.events()).isEmpty();
  }

  @Test
  void lock_inStageStyle_isHeldByAThreadOfItsOwn(VirtualTime time) throws Exception {
    var body = new CompletableFuture<String>();
    CompletableFuture<String> use = manager.async().useAsync(_ -> body);
    time.settle();

    assertThat(lock.isLocked()).isTrue();
    assertThat(lock.isHeldByCurrentThread()).isFalse();
    body.complete("result");
    time.await(use);

    assertThat(lock.isLocked()).isFalse();
  }

  @Test
  void locks_inAGroup_areHeldAndReleased(VirtualTime time) throws Exception {
    var other = new ReentrantLock();

    AsyncContextManager.all(List.of(manager.async(), ContextManager.lock(other).async()))
        .run(locks -> journal.add(locks.equals(List.of(lock, other)) + " " + lock.isLocked()));

    assertThat(journal.events()).containsExactly("true true");
    assertThat(lock.isLocked()).isFalse();
    assertThat(other.isLocked()).isFalse();
  }

  @Test
  void lock_isUsedInsideItself_isReentered() throws Exception {
    manager.run(_ ->
        manager.async().enterTimeout(MOMENT).run(_ -> journal.add("holds " + lock.getHoldCount())));

    assertThat(journal.events()).containsExactly("holds 2");
    assertThat(lock.isLocked()).isFalse();
  }

  // ---- it is taken -----------------------------------------------------------------------------

  @ParameterizedTest
  @EnumSource
  void lock_patienceIsOver_entersNothing(Way way, VirtualTime time) {
    takeElsewhere();

    Throwable thrown =
        catchThrowable(() ->
            way.use(
                time,
                ContextManager.lock(lock, MOMENT),
                value -> {
                  journal.add("body");
                  return value;
                }));

    assertThat(thrown)
        .isExactlyInstanceOf(TimeoutException.class)
        .hasMessageEndingWith(" wasn't free within PT0.001S")
        .hasNoSuppressedExceptions();
    assertThat(journal.events()).isEmpty();
  }

  @Test
  void lock_patienceAndBounds_shorterCountsAndOfTheBoundsTheLast() throws Exception {
    var noting =
        new ReentrantLock() {
          @Override
          public boolean tryLock(long time, TimeUnit unit) throws InterruptedException {
            journal.add("waits for " + Duration.ofNanos(unit.toNanos(time)));
            return super.tryLock(time, unit);
          }
        };
    AsyncContextManager<Lock> patient = ContextManager.lock(noting, LONG).async();

    patient.enterTimeout(MOMENT).run(_ -> {});
    patient.enterTimeout(LONG.multipliedBy(2)).run(_ -> {});
    patient.enterTimeout(MOMENT).named("it").enterTimeout(LONG.dividedBy(2)).run(_ -> {});

    assertThat(journal.events())
        .containsExactly("waits for PT0.001S", "waits for PT1H", "waits for PT30M");
  }

  @Test
  void lock_patienceIsLessThanNothing_isEnoughForAFreeLock() throws Exception {
    ContextManager.lock(lock, Duration.ofSeconds(-1)).run(_ -> journal.add("body"));
    ContextManager.lock(lock, Duration.ofSeconds(Long.MAX_VALUE)).run(_ -> journal.add("body"));

    assertThat(journal.events()).containsExactly("body", "body");
  }

  @Test
  void enter_isInterrupted_entersNothing() {
    takeElsewhere();
    Thread.currentThread().interrupt();

    Throwable thrown = catchThrowable(() -> manager.run(_ -> journal.add("body")));

    assertThat(thrown).isExactlyInstanceOf(InterruptedException.class);
    assertThat(Thread.currentThread().isInterrupted()).isFalse();
    assertThat(journal.events()).isEmpty();
  }

  // ---- it is released --------------------------------------------------------------------------

  @ParameterizedTest
  @EnumSource(mode = EXCLUDE, names = "EXECUTOR_IN_STAGE_STYLE")
  void body_fails_lockIsReleased(Way way, VirtualTime time) {
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
    assertThat(lock.isLocked()).isFalse();
  }

  @Test
  void body_releasesTheLockItself_exitFails() {
    var error = new IOException("body");

    Throwable thrown =
        catchThrowable(() ->
            manager.run(held -> {
              held.unlock();
              throw error;
            }));

    assertThat(thrown).isSameAs(error);
    assertThat(error.getSuppressed())
        .singleElement()
        .isInstanceOf(IllegalMonitorStateException.class);
  }
}
