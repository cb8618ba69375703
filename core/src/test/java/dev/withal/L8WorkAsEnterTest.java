package dev.withal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.withal.testkit.VirtualTime;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** L8: an enter that runs work on a thread of its own is awaited for the grace period at most. */
class L8WorkAsEnterTest extends WorkOnItsOwnThread {

  /** How the manager whose enter works is entered. */
  enum Form {
    ALONE {
      @Override
      AsyncContextManager<?> around(AsyncContextManager<String> working) {
        return working;
      }
    },
    AFTER_ANOTHER {
      @Override
      AsyncContextManager<?> around(AsyncContextManager<String> working) {
        return AsyncContextManager.ofValue("first").flatMap(_ -> working);
      }
    },
    WITH_ANOTHER {
      @Override
      AsyncContextManager<?> around(AsyncContextManager<String> working) {
        return AsyncContextManager.all(List.of(AsyncContextManager.ofValue("first"), working));
      }
    },
    IN_A_USE {
      @Override
      AsyncContextManager<?> around(AsyncContextManager<String> working) {
        return (AsyncContextManager<String>)
            () -> AsyncContextManager.ofValue("first").useAsync(_ -> working.enterAsync());
      }
    },
    ON_A_STACK {
      @Override
      AsyncContextManager<?> around(AsyncContextManager<String> working) {
        return AsyncExitStack.manager().flatMap(stack -> entering(stack, working));
      }

      private static AsyncContextManager<String> entering(
          AsyncExitStack stack, AsyncContextManager<String> working) {
        return AsyncContextManager.of(
            () -> stack.enterAsync(working), (_, _) -> Verdict.PROPAGATE.now());
      }
    };

    abstract AsyncContextManager<?> around(AsyncContextManager<String> working);
  }

  @ParameterizedTest
  @EnumSource
  void use_isCancelled_endsAfterTheGracePeriodAndExitsWhatArrives(Form form) throws Exception {
    try (VirtualTime time = VirtualTime.install()) {
      CompletableFuture<Object> use =
          form.around(working()).useAsync(_ -> note("body").thenApply(_ -> ""));
      time.await(begun);

      use.cancel(true);
      time.advance(Duration.ofMillis(999));
      assertThat(use).isNotDone();
      time.advance(Duration.ofMillis(1));

      assertThat(use).isCancelled();
      assertThat(journal.events()).containsExactly("interrupted");
      arrivesLate(time);
    }
  }

  @ParameterizedTest
  @EnumSource
  void thread_isInterrupted_goesOnAfterTheGracePeriodAndWhatArrivesIsExited(Form form)
      throws Exception {
    try (VirtualTime time = VirtualTime.install()) {
      var thrown = new CompletableFuture<Throwable>();
      AsyncContextManager<?> manager = form.around(working());
      Thread thread =
          time.start(() -> thrown.complete(catchThrowable(() -> manager.run(_ -> note("body")))));
      time.await(begun);

      time.interrupt(thread);
      time.advance(Duration.ofMillis(999));
      assertThat(thrown).isNotDone();
      time.advance(Duration.ofMillis(1));

      assertThat(time.await(thrown)).isExactlyInstanceOf(InterruptedException.class);
      assertThat(journal.events()).containsExactly("interrupted");
      arrivesLate(time);
    }
  }

  private void arrivesLate(VirtualTime time) {
    release.complete(null);
    time.settle();

    assertThat(journal.events()).hasSize(3).startsWith("interrupted", "ended");
    assertThat(journal.events().getLast()).startsWith("exit cancelled ");
    assertThat(time.runningThreads()).isZero();
    assertThat(time.pendingTimers()).isZero();
  }

  private AsyncContextManager<String> working() {
    return () ->
        Async.callAsync(() -> {
          takesItsTime();
          return new Arrived();
        });
  }

  private final class Arrived implements AsyncContext<String> {
    @Override
    public String value() {
      return "late";
    }

    @Override
    public CompletionStage<Verdict> exitAsync(ExitCase how) {
      journal.add("exit " + Probe.describe(how));
      return Verdict.PROPAGATE.now();
    }
  }
}
