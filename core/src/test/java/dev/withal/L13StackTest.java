package dev.withal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.withal.testkit.Journal;
import dev.withal.testkit.LeakCheck;
import dev.withal.testkit.ManualExecutor;
import dev.withal.testkit.VirtualTime;
import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** L13: in direct style a stack enters and exits synchronous managers on the calling threads. */
@ExtendWith(LeakCheck.class)
class L13StackTest {
  private final Journal journal = new Journal();
  private final ReentrantLock lock = new ReentrantLock();

  /** What a synchronous manager is wrapped in before it is entered. */
  enum Wrapping implements UnaryOperator<AsyncContextManager<ReentrantLock>> {
    NONE {
      @Override
      public AsyncContextManager<ReentrantLock> apply(AsyncContextManager<ReentrantLock> plain) {
        return plain;
      }
    },
    NAMED {
      @Override
      public AsyncContextManager<ReentrantLock> apply(AsyncContextManager<ReentrantLock> plain) {
        return plain.named("lock").on(new ManualExecutor());
      }
    },
    SUPPRESSING {
      @Override
      public AsyncContextManager<ReentrantLock> apply(AsyncContextManager<ReentrantLock> plain) {
        return plain.suppressing(IOException.class).named("quiet");
      }
    },
    MAPPED {
      @Override
      public AsyncContextManager<ReentrantLock> apply(AsyncContextManager<ReentrantLock> plain) {
        return plain.map(lock -> lock);
      }
    },
    CHAINED {
      @Override
      public AsyncContextManager<ReentrantLock> apply(AsyncContextManager<ReentrantLock> plain) {
        return AsyncContextManager.ofValue("outer")
            .flatMap(_ -> plain.map(lock -> lock))
            .named("both");
      }
    },
    BEHIND_BLOCKING {
      @Override
      public AsyncContextManager<ReentrantLock> apply(AsyncContextManager<ReentrantLock> plain) {
        return plain.blocking().async();
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void lockOnAStack_isHeldByTheCallerUntilTheExit(Wrapping wrapping) throws Exception {
    boolean held =
        AsyncExitStack.manager()
            .<Boolean, Exception>use(
                stack -> stack.enter(wrapping.apply(locking().async())).isHeldByCurrentThread());

    assertThat(held).isTrue();
    assertThat(lock.isLocked()).isFalse();
  }

  @Test
  void lockOnAStack_ofAManagerOfBothKindsByHand_isHeldByTheCaller() throws Exception {
    ContextManager<ReentrantLock> locking = locking();
    DualContextManager<ReentrantLock> both =
        new DualContextManager<>() {
          @Override
          public Context<? extends ReentrantLock> enter() throws Exception {
            return locking.enter();
          }

          @Override
          public java.util.concurrent.CompletionStage<? extends AsyncContext<ReentrantLock>>
              enterAsync() {
            return CompletableFuture.failedFuture(new AssertionError("entered elsewhere"));
          }
        };

    boolean held =
        AsyncExitStack.manager()
            .<Boolean, Exception>use(stack -> stack.enter(both).isHeldByCurrentThread());
    boolean heldUnderAName =
        both.named("lock").<Boolean, Exception>use(ReentrantLock::isHeldByCurrentThread);

    assertThat(held).isTrue();
    assertThat(heldUnderAName).isTrue();
    assertThat(lock.isLocked()).isFalse();
  }

  @Test
  void entries_areExitedByTheThreadThatCloses_inOrder(VirtualTime time) throws Exception {
    AsyncExitStack stack = AsyncExitStack.open();
    stack.enter(noting("a").async());
    stack.enter(noting("b").async(new ManualExecutor()));
    AsyncExitStack heir = stack.popAll();
    var closer = new CompletableFuture<Thread>();
    heir.succeeded();

    time.start(() -> {
      heir.close();
      closer.complete(Thread.currentThread());
    });
    Thread thread = time.await(closer);

    assertThat(journal.events()).containsExactly("b " + thread(thread), "a " + thread(thread));
  }

  @Test
  void entries_inStageStyle_areExitedOnAThreadThatMayBlock(VirtualTime time) throws Exception {
    AsyncExitStack stack = AsyncExitStack.open();
    stack.enter(noting("a").async());
    stack.succeeded();

    time.await(stack.closeAsync());

    assertThat(journal.events()).hasSize(1).allMatch(event -> event.contains("withal-exit"));
  }

  @Test
  void entryOfAnExecutor_inStageStyle_isExitedByIt() throws Exception {
    var executor = new ManualExecutor();
    AsyncExitStack stack = AsyncExitStack.open();
    stack.enter(noting("a").async(executor));
    stack.succeeded();

    CompletableFuture<Void> closed = stack.closeAsync();

    assertThat(closed).isNotDone();
    executor.runNext();
    assertThat(closed).isCompletedWithValue(null);
    assertThat(journal.events()).containsExactly("a " + thread(Thread.currentThread()));
  }

  @Test
  void chainOnAStack_failsToEnter_exitsWhatItHadEntered() {
    var error = new IOException("enter");
    AsyncExitStack stack = AsyncExitStack.open();
    AsyncContextManager<String> chain =
        noting("a")
            .async()
            .flatMap(_ -> new Probe(journal, Carrier.SAME_THREAD, "b").failingToEnter(error));

    Throwable thrown = catchThrowable(() -> stack.enter(chain));

    assertThat(thrown).isSameAs(error).hasNoSuppressedExceptions();
    assertThat(journal.events()).containsExactly("enter b", "a " + thread(Thread.currentThread()));
    stack.close();
  }

  @Test
  void suppressingOnAStack_answersForItsManager() throws Exception {
    String result =
        AsyncExitStack.manager()
            .<String, Exception>use(stack -> {
              stack.enter(noting("a").async().suppressing(IOException.class));
              throw new IOException("body");
            });

    assertThat(result).isNull();
    assertThat(journal.events()).containsExactly("a " + thread(Thread.currentThread()));
  }

  @Test
  void enter_fails_throwsItsErrorAsItIs() {
    var error = new IOException("enter");
    ContextManager<String> failing =
        () -> {
          throw error;
        };
    AsyncExitStack stack = AsyncExitStack.open();

    assertThat(catchThrowable(() -> stack.enter(failing.async()))).isSameAs(error);
    assertThat(catchThrowable(() -> stack.enter(((ContextManager<String>) () -> null).async())))
        .isExactlyInstanceOf(NullPointerException.class)
        .hasMessage("enter returned null instead of a context");
    stack.close();
  }

  private ContextManager<ReentrantLock> locking() {
    return () -> {
      lock.lock();
      return context(lock, lock::unlock);
    };
  }

  private ContextManager<String> noting(String name) {
    return () -> context(name, () -> journal.add(name + " " + thread(Thread.currentThread())));
  }

  private static <T> Context<T> context(T value, Runnable exit) {
    return new Context<>() {
      @Override
      public T value() {
        return value;
      }

      @Override
      public Verdict exit(ExitCase how) {
        exit.run();
        return Verdict.PROPAGATE;
      }
    };
  }

  private static String thread(Thread thread) {
    return "#" + thread.threadId() + " " + thread.getName();
  }
}
