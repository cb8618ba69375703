package dev.withal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.withal.testkit.VirtualTime;
import java.time.Duration;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Work on a thread of its own as a body: it has ended before the exit begins. */
class OwnThreadAsBodyTest extends WorkOnItsOwnThread {

  @ParameterizedTest
  @EnumSource
  void work_asABodyThatIsAsked_endsBeforeTheExit(Clock clock) throws Exception {
    begin(clock);
    CompletableFuture<String> use = noting().useAsync(_ -> Async.callAsync(this::takesItsTime));
    Async.await(begun);

    use.cancel(true);
    Async.await(interrupted);
    assertThat(journal.events()).containsExactly("interrupted");
    release.complete(null);
    Throwable thrown = catchThrowable(() -> Async.await(use));

    assertThat(thrown).isInstanceOf(CancellationException.class);
    assertThat(journal.events())
        .containsExactly("interrupted", "ended", "exit cancelled CancellationException");
  }

  @Test
  void work_asABodyThatIsAsked_isAwaitedPastTheGracePeriod(VirtualTime time) throws Exception {
    CompletableFuture<String> use = noting().useAsync(_ -> Async.callAsync(this::takesItsTime));
    time.await(begun);
    use.cancel(true);

    time.advance(Duration.ofHours(1));
    assertThat(journal.events()).containsExactly("interrupted");
    release.complete(null);
    Throwable thrown = catchThrowable(() -> time.await(use));

    assertThat(thrown).isInstanceOf(CancellationException.class);
    assertThat(journal.events())
        .containsExactly("interrupted", "ended", "exit cancelled CancellationException");
  }

  @ParameterizedTest
  @EnumSource
  void work_endsWithItsInterruptionUnseen_exitDoesNotSeeItEither(Clock clock) throws Exception {
    begin(clock);
    var manager =
        AsyncContextManager.closing(
            () -> CompletableFuture.completedFuture("value"),
            _ -> note("exit interrupted " + Thread.currentThread().isInterrupted()));
    CompletableFuture<String> use =
        manager.useAsync(_ ->
            Async.callAsync(() -> {
              begun.complete(null);
              while (!Thread.currentThread().isInterrupted()) {
                LockSupport.park();
              }
              return "ended";
            }));
    Async.await(begun);

    use.cancel(true);
    Throwable thrown = catchThrowable(() -> Async.await(use));

    assertThat(thrown).isInstanceOf(CancellationException.class);
    assertThat(journal.events()).containsExactly("exit interrupted false");
  }

  private AsyncContextManager<String> noting() {
    return AsyncContextManager.of(
        () -> CompletableFuture.completedFuture("value"),
        (_, how) -> {
          journal.add("exit " + Probe.describe(how));
          return Verdict.PROPAGATE.now();
        });
  }
}
