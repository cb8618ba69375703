package dev.withal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.withal.testkit.LeakCheck;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** A lock that the exiting thread doesn't hold any more, or never held. */
@ExtendWith(LeakCheck.class)
class LockHeldElsewhereTest {
  private final ReentrantLock lock = new ReentrantLock();
  private final ContextManager<Lock> manager = ContextManager.lock(lock);

  @Test
  void lock_isUnlockedByTheBody_exitSaysWhatToDo() {
    Throwable thrown = catchThrowable(() -> manager.run(Lock::unlock));

    assertThat(thrown)
        .isExactlyInstanceOf(IllegalMonitorStateException.class)
        .hasMessageStartingWith("the lock isn't held by the thread that exits it: ")
        .hasCauseExactlyInstanceOf(IllegalMonitorStateException.class);
  }

  @Test
  void lock_onAStackThatIsClosedElsewhere_exitSaysWhatToDo() throws Exception {
    AsyncExitStack stack = AsyncExitStack.open();
    stack.enter(manager.async());

    Throwable thrown = catchThrowable(() -> Async.await(stack.closeAsync()));

    assertThat(thrown)
        .isExactlyInstanceOf(IllegalMonitorStateException.class)
        .hasMessageEndingWith("by close() on the thread that entered it");
    assertThat(lock.isHeldByCurrentThread()).isTrue();
    lock.unlock();
  }
}
