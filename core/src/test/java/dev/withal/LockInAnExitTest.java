package dev.withal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.withal.testkit.Journal;
import dev.withal.testkit.LeakCheck;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Semaphore;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.NullSource;
import org.junit.jupiter.params.provider.ValueSource;

/** L9: an exit that waits for a lock or a permit is out of reach of interruption meanwhile. */
@ExtendWith(LeakCheck.class)
class LockInAnExitTest {
  private final Journal journal = new Journal();
  private final CompletableFuture<Void> free = new CompletableFuture<>();

  @AfterEach
  void release() {
    free.complete(null);
  }

  /** What is held by another thread until that is told, and whether anybody waits for it. */
  private record Busy(ContextManager<?> manager, BooleanSupplier isWaitedFor, Runnable free) {}

  private Busy lock(@Nullable Duration patience) {
    var lock = new ReentrantLock();
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
    ContextManager<?> manager =
        patience == null ? ContextManager.lock(lock) : ContextManager.lock(lock, patience);
    return new Busy(manager, lock::hasQueuedThreads, () -> free.complete(null));
  }

  private Busy permit(@Nullable Duration patience) {
    var semaphore = new Semaphore(0);
    ContextManager<?> manager =
        patience == null
            ? ContextManager.permit(semaphore)
            : ContextManager.permit(semaphore, patience);
    return new Busy(manager, semaphore::hasQueuedThreads, semaphore::release);
  }

  @ParameterizedTest
  @NullSource
  @ValueSource(strings = "PT1H")
  void lock_inAnExitThatIsInterrupted_isWaitedFor(Duration patience) throws Exception {
    isWaitedFor(lock(patience));
  }

  @ParameterizedTest
  @NullSource
  @ValueSource(strings = "PT1H")
  void permit_inAnExitThatIsInterrupted_isWaitedFor(Duration patience) throws Exception {
    isWaitedFor(permit(patience));
  }

  private void isWaitedFor(Busy busy) throws Exception {
    ContextManager<String> manager =
        ContextManager.of(
            () -> "it",
            (_, _) -> {
              busy.manager.run(_ -> journal.add("flushed"));
              return Verdict.PROPAGATE;
            });
    Thread using =
        Thread.ofPlatform()
            .start(() -> {
              try {
                manager.<RuntimeException>run(_ -> {});
              } catch (InterruptedException e) {
                journal.add("interrupted");
              }
              journal.add("flag " + Thread.currentThread().isInterrupted());
            });
    while (!busy.isWaitedFor.getAsBoolean()) {
      Thread.onSpinWait();
    }

    using.interrupt();
    while (using.isInterrupted()) {
      Thread.onSpinWait();
    }
    busy.free.run();
    using.join();

    assertThat(journal.events()).containsExactly("flushed", "flag true");
  }
}
