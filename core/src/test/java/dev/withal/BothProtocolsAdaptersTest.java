package dev.withal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.withal.testkit.Journal;
import dev.withal.testkit.LeakCheck;
import dev.withal.testkit.VirtualTime;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.locks.ReentrantLock;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** From one protocol to the other: on which threads, and what happens when it is given up. */
@ExtendWith(LeakCheck.class)
class BothProtocolsAdaptersTest {
  private static final Duration GRACE = Duration.ofSeconds(1);

  private final Journal journal = new Journal();
  private final List<Thread> threads = new CopyOnWriteArrayList<>();

  @Test
  void protocols_cannotBeTakenForEachOther() {
    assertThat(AsyncContextManager.class.isAssignableFrom(ContextManager.class)).isFalse();
    assertThat(ContextManager.class.isAssignableFrom(AsyncContextManager.class)).isFalse();
    assertThat(AsyncContext.class.isAssignableFrom(Context.class)).isFalse();
    assertThat(Context.class.isAssignableFrom(AsyncContext.class)).isFalse();
    assertThat(DualContextManager.class).isAssignableTo(AsyncContextManager.class);
    assertThat(DualContextManager.class).isAssignableTo(ContextManager.class);
  }

  @Test
  void async_inDirectStyle_runsAllOnTheCallingThread() throws Exception {
    noting()
        .async()
        .<String, Exception>use(value -> {
          threads.add(Thread.currentThread());
          return value;
        });

    assertThat(threads).hasSize(3).containsOnly(Thread.currentThread());
  }

  @Test
  void async_inStageStyle_entersAndExitsOnOneVirtualThread(VirtualTime time) throws Exception {
    time.await(noting().async().useAsync(CompletableFuture::completedFuture));

    assertThat(threads).hasSize(2).containsOnly(threads.getFirst());
    assertThat(threads.getFirst()).isNotSameAs(Thread.currentThread());
    assertThat(threads.getFirst().isVirtual()).isTrue();
  }

  @Test
  void async_ofALock_isReleasedByItsOwnerInStageStyle(VirtualTime time) throws Exception {
    var lock = new ReentrantLock();
    ContextManager<AutoCloseable> locking =
        ContextManager.closing(() -> {
          lock.lock();
          return lock::unlock;
        });

    boolean locked =
        time.await(
            locking.async().useAsync(_ -> CompletableFuture.completedFuture(lock.isLocked())));

    assertThat(locked).isTrue();
    assertThat(lock.isLocked()).isFalse();
  }

  @Test
  void async_cancelledWhileItEnters_isInterruptedAndGivesBack(VirtualTime time) {
    ContextManager<String> slow =
        () -> {
          journal.add("acquired");
          try {
            Async.sleep(Duration.ofSeconds(10));
            throw new AssertionError("not interrupted");
          } finally {
            journal.add("given back");
          }
        };
    CompletableFuture<String> result = slow.async().useAsync(CompletableFuture::completedFuture);
    time.settle();

    result.cancel(true);
    time.settle();

    assertThat(result).isCancelled();
    assertThat(journal.events()).containsExactly("acquired", "given back");
  }

  @Test
  void async_enterIgnoresTheInterruption_isExitedWhenItArrives(VirtualTime time) {
    var held = new CompletableFuture<String>();
    ContextManager<String> stubborn =
        () -> {
          Await.shielded(held);
          return noting().enter();
        };
    CompletableFuture<String> result =
        stubborn.async().useAsync(CompletableFuture::completedFuture);
    time.settle();

    result.cancel(true);
    time.advance(GRACE.minusMillis(1));
    assertThat(result).isNotDone();
    time.advance(Duration.ofMillis(1));
    assertThat(result).isCancelled();
    held.complete("arrives");
    time.settle();

    assertThat(journal.events()).containsExactly("exit cancelled CancellationException");
  }

  @Test
  void async_valueThrowsAndTheExitSuppresses_leavesNoValueInEitherStyle(VirtualTime time)
      throws Exception {
    var error = new IllegalStateException("no value");
    ContextManager<String> broken =
        () ->
            new Context<>() {
              @Override
              public String value() {
                throw error;
              }

              @Override
              public Verdict exit(ExitCase how) {
                journal.add("exit " + Probe.describe(how));
                return Verdict.SUPPRESS;
              }
            };

    String here = broken.async().<String, Exception>use(value -> value);
    String elsewhere = time.await(broken.async().useAsync(CompletableFuture::completedFuture));

    assertThat(here).isNull();
    assertThat(elsewhere).isNull();
    assertThat(journal.events()).containsExactly("exit failed no value", "exit failed no value");
  }

  @Test
  void blocking_ofAnAsynchronousManager_waitsOnTheCallingThread(VirtualTime time) throws Exception {
    ContextManager<String> blocking = new Probe(journal, Carrier.VIRTUAL_THREAD, "a").blocking();

    String result = blocking.<String, Exception>use(value -> value);

    assertThat(result).isEqualTo("a");
    assertThat(journal.events())
        .containsExactly("enter a", "entered a", "exit a succeeded", "exited a");
    assertThat(time.elapsed()).isEqualTo(Carrier.STEP.multipliedBy(2));
  }

  @Test
  void blocking_bodyAndExitFail_addsTheExitsError(VirtualTime time) {
    var bodyError = new IOException("body");
    var exitError = new IOException("exit");
    ContextManager<String> blocking =
        new Probe(journal, Carrier.VIRTUAL_THREAD, "a").failingToExit(exitError).blocking();

    Throwable thrown =
        catchThrowable(() -> blocking.<String, Exception>use(_ -> Probe.raise(bodyError)));

    assertThat(thrown).isSameAs(bodyError);
    assertThat(thrown.getSuppressed()).containsExactly(exitError);
  }

  @Test
  void blocking_interruptedWhileItEnters_exitsWhatArrives(VirtualTime time) {
    var manager = new ByHand(journal);
    manager.exit.complete(Verdict.PROPAGATE);
    Thread user =
        time.start(() -> {
          Throwable thrown =
              catchThrowable(() -> manager.blocking().<String, Exception>use(value -> value));
          journal.add("thrown " + thrown.getClass().getSimpleName());
        });
    time.settle();
    time.interrupt(user);
    time.settle();

    manager.arrive();
    time.settle();

    assertThat(journal.events())
        .containsExactly(
            "enter", "exit cancelled InterruptedException", "thrown InterruptedException");
  }

  @Test
  void adapters_print_asWhatTheyAdapt() {
    assertThat(new ByHand(journal).blocking()).hasToString("by hand");
    assertThat(new ByHand(journal).blocking().async()).hasToString("by hand");
  }

  @Test
  void adapters_null_isRefused() {
    assertThatNullPointerException().isThrownBy(() -> noting().async(null)).withMessage("executor");
    assertThatNullPointerException()
        .isThrownBy(() -> ContextManager.closing(null))
        .withMessage("open");
    assertThatNullPointerException().isThrownBy(() -> noting().use(null)).withMessage("body");
  }

  /** A manager that notes its threads. */
  private ContextManager<String> noting() {
    return () -> {
      threads.add(Thread.currentThread());
      return new Context<>() {
        @Override
        public String value() {
          return "value";
        }

        @Override
        public Verdict exit(ExitCase how) {
          threads.add(Thread.currentThread());
          note("exit " + Probe.describe(how));
          return Verdict.PROPAGATE;
        }
      };
    };
  }

  private void note(String event) {
    journal.add(event);
  }
}
