package dev.withal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.withal.testkit.EventLoopThread;
import dev.withal.testkit.VirtualTime;
import java.io.IOException;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Work on a thread of its own: it is interrupted when it is asked to end, and awaited; {@link
 * OwnThreadAskedTest} has what it comes to then, {@link OwnThreadAsBodyTest} the uses around it.
 */
class OwnThreadTest extends WorkOnItsOwnThread {
  /** How the caller asks. */
  enum Asking {
    CANCEL {
      @Override
      void ask(CompletableFuture<String> future) {
        future.cancel(true);
      }
    },
    COMPLETE {
      @Override
      void ask(CompletableFuture<String> future) {
        future.complete("asked");
      }
    },
    FAIL {
      @Override
      void ask(CompletableFuture<String> future) {
        future.completeExceptionally(new IOException("asked"));
      }
    },
    TIME_OUT {
      @Override
      void ask(CompletableFuture<String> future) {
        future.orTimeout(1, TimeUnit.MILLISECONDS);
      }
    };

    abstract void ask(CompletableFuture<String> future);
  }

  // ---- it runs ---------------------------------------------------------------------------------

  @ParameterizedTest
  @EnumSource
  void work_returns_hasRunOnAVirtualThreadOfItsOwn(Clock clock) throws Exception {
    begin(clock);

    Thread ran = Async.await(Async.callAsync(Thread::currentThread));

    assertThat(ran).isNotSameAs(Thread.currentThread());
    assertThat(ran.isVirtual()).isTrue();
    assertThat(ran.getName()).isEqualTo("withal-call");
  }

  @Test
  void work_returnsNull_isItsResult(VirtualTime time) throws Exception {
    assertThat(time.<Object>await(Async.callAsync(() -> null))).isNull();
  }

  @Test
  void action_ends_completesWithNull(VirtualTime time) throws Exception {
    CompletableFuture<Void> future = Async.runAsync(() -> journal.add("ran"));

    time.await(future);

    assertThat(future).isCompletedWithValue(null);
    assertThat(journal.events()).containsExactly("ran");
  }

  @ParameterizedTest
  @EnumSource
  void work_fails_failsWithThatAsItIs(Clock clock) {
    begin(clock);
    var error = new IOException("work");

    CompletableFuture<String> called = Async.callAsync(() -> Probe.raise(error));
    CompletableFuture<Void> ran =
        Async.runAsync(() -> {
          throw error;
        });

    assertThat(catchThrowable(() -> Async.await(called))).isSameAs(error);
    assertThat(catchThrowable(() -> Async.await(ran))).isSameAs(error);
    assertThat(called.exceptionNow()).isSameAs(error).hasNoCause().hasNoSuppressedExceptions();
    assertThat(ran.exceptionNow()).isSameAs(error);
  }

  @Test
  void work_failsFatally_failsWithThat(VirtualTime time) {
    var error = new StackOverflowError();

    CompletableFuture<String> future = Async.callAsync(() -> Probe.raise(error));

    assertThat(catchThrowable(() -> time.await(future))).isSameAs(error);
  }

  @Test
  void work_isInterruptedByItself_failsWithThat(VirtualTime time) {
    var error = new InterruptedException("its own");

    CompletableFuture<String> future = Async.callAsync(() -> Probe.raise(error));

    assertThat(catchThrowable(() -> time.await(future))).isSameAs(error);
  }

  @Test
  void work_isNull_isRefused() {
    assertThatThrownBy(() -> Async.callAsync(null)).isInstanceOf(NullPointerException.class);
    assertThatThrownBy(() -> Async.runAsync(null)).isInstanceOf(NullPointerException.class);
  }

  @Test
  void work_isBegunByAnEventLoop_mayBlock(VirtualTime time) throws Exception {
    var future = new CompletableFuture<CompletableFuture<String>>();
    var loop =
        new EventLoopThread(
            () ->
                future.complete(
                    Async.callAsync(() -> {
                      Async.sleep(Carrier.STEP);
                      return "blocked";
                    })),
            "loop");
    loop.start();
    loop.join();

    assertThat(time.await(future.resultNow())).isEqualTo("blocked");
  }

  @Test
  void work_ofAnExit_closesItsStackAtOnce(VirtualTime time) throws Exception {
    AsyncExitStack stack = AsyncExitStack.open();
    stack.deferAsync(() -> Async.runAsync(stack::close));
    stack.succeeded();

    time.await(stack.closeAsync());

    assertThat(time.elapsed()).isZero();
  }

  // ---- it is asked -----------------------------------------------------------------------------

  @ParameterizedTest
  @CsvSource({
    "VIRTUAL,CANCEL",
    "VIRTUAL,COMPLETE",
    "VIRTUAL,FAIL",
    "VIRTUAL,TIME_OUT",
    "REAL,CANCEL",
    "REAL,COMPLETE",
    "REAL,FAIL",
    "REAL,TIME_OUT"
  })
  void work_isAskedAndGoesOn_isAwaited(Clock clock, Asking asking) throws Exception {
    begin(clock);
    CompletableFuture<String> future = Async.callAsync(this::takesItsTime);
    CompletableFuture<?> told = future.handle((_, _) -> note("done"));
    Async.await(begun);

    asking.ask(future);
    Async.await(interrupted);
    assertThat(future).isNotDone();
    release.complete(null);
    Async.await(told);

    assertThat(journal.events()).containsExactly("interrupted", "ended", "done");
    switch (asking) {
      case CANCEL -> assertThat(future).isCancelled();
      case COMPLETE -> assertThat(future).isCompletedWithValue("asked");
      case FAIL -> assertThat(future.exceptionNow()).hasMessage("asked");
      case TIME_OUT -> assertThat(future.exceptionNow()).isInstanceOf(TimeoutException.class);
    }
  }

  @ParameterizedTest
  @EnumSource
  void work_isAskedTwice_isInterruptedOnce(Clock clock) throws Exception {
    begin(clock);
    CompletableFuture<String> future = Async.callAsync(this::takesItsTime);
    Async.await(begun);
    future.cancel(true);
    Async.await(interrupted);

    boolean again = future.completeExceptionally(new IOException("second"));
    release.complete(null);
    Throwable thrown = catchThrowable(() -> Async.await(future));

    assertThat(again).isFalse();
    assertThat(thrown).isInstanceOf(CancellationException.class);
    assertThat(journal.events()).containsExactly("interrupted", "ended");
  }

  @Test
  void work_isAskedAfterItsEnd_isItsResult(VirtualTime time) throws Exception {
    CompletableFuture<String> future = Async.callAsync(() -> "result");
    time.await(future);

    assertThat(future.cancel(true)).isFalse();
    assertThat(future).isCompletedWithValue("result");
  }
}
