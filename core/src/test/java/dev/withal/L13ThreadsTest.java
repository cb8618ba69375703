package dev.withal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.withal.testkit.LeakCheck;
import dev.withal.testkit.ManualExecutor;
import dev.withal.testkit.VirtualTime;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.ReentrantLock;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** L13: direct style stays on the calling thread; stage style blocks none. */
@ExtendWith(LeakCheck.class)
class L13ThreadsTest {

  @ParameterizedTest
  @EnumSource(names = {"SAME_THREAD", "VIRTUAL_THREAD", "PLATFORM_THREAD"})
  void use_stagesCompleteElsewhere_runsAllOnTheCallingThread(Carrier carrier, VirtualTime time)
      throws Exception {
    Set<Thread> threads = new HashSet<>();
    AsyncContextManager<String> manager =
        () -> {
          threads.add(Thread.currentThread());
          return carrier.step(() -> noting(threads, carrier));
        };

    carrier.use(
        time,
        manager,
        value -> {
          threads.add(Thread.currentThread());
          return value;
        });

    assertThat(threads).hasSize(1);
  }

  @ParameterizedTest
  @EnumSource(names = {"SAME_THREAD", "VIRTUAL_THREAD", "PLATFORM_THREAD"})
  void lock_takenInEnter_isReleasedByItsOwnerInExit(Carrier carrier, VirtualTime time)
      throws Exception {
    var lock = new ReentrantLock();
    AsyncContextManager<ReentrantLock> locked =
        AsyncContextManager.generator(yield -> {
          lock.lock();
          try {
            yield.value(lock);
          } finally {
            lock.unlock();
          }
        });

    boolean held = carrier.use(time, locked, ReentrantLock::isHeldByCurrentThread);

    assertThat(held).isTrue();
    assertThat(lock.isLocked()).isFalse();
  }

  @ParameterizedTest
  @EnumSource(names = {"SAME_THREAD", "VIRTUAL_THREAD", "PLATFORM_THREAD"})
  void stack_inDirectStyle_exitsAllOnTheCallingThread(Carrier carrier, VirtualTime time)
      throws Exception {
    Set<Thread> threads = new HashSet<>();

    carrier.use(
        time,
        AsyncExitStack.manager(),
        stack -> {
          threads.add(Thread.currentThread());
          for (int i = 0; i < 3; i++) {
            stack.enter(() -> carrier.step(() -> noting(threads, carrier)));
          }
          return null;
        });

    assertThat(threads).hasSize(1);
  }

  @Test
  void useAsync_enterIsPending_returnsAtOnceAndContinuesOnTheCompletingThread() {
    var executor = new ManualExecutor();
    var threads = new java.util.ArrayList<String>();
    AsyncContextManager<String> manager =
        AsyncContextManager.closing(
            () -> CompletableFuture.supplyAsync(() -> "value", executor),
            _ -> CompletableFuture.runAsync(() -> {}, executor));

    CompletableFuture<String> result =
        manager.useAsync(value -> {
          threads.add(Thread.currentThread().getName());
          return CompletableFuture.completedFuture(value);
        });

    assertThat(result).isNotDone();
    assertThat(threads).isEmpty();
    executor.runNext();
    assertThat(threads).containsExactly(Thread.currentThread().getName());
    assertThat(result).isNotDone();
    executor.runNext();
    assertThat(result).isCompletedWithValue("value");
  }

  private static AsyncContext<String> noting(Set<Thread> threads, Carrier carrier) {
    return new AsyncContext<>() {
      @Override
      public String value() {
        return "value";
      }

      @Override
      public java.util.concurrent.CompletionStage<Verdict> exitAsync(ExitCase how) {
        threads.add(Thread.currentThread());
        return carrier.step(() -> Verdict.PROPAGATE);
      }
    };
  }
}
