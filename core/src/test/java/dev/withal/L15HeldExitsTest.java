package dev.withal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.withal.internal.Held;
import dev.withal.testkit.Journal;
import dev.withal.testkit.LeakCheck;
import dev.withal.testkit.VirtualTime;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.BiConsumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** L15: a stage that fails where an exit begins or ends neither loses the exit nor keeps it. */
@ExtendWith(LeakCheck.class)
class L15HeldExitsTest {
  private final Journal journal = new Journal();

  /** As a mock: it fails as it is asked to call back. */
  private static final class Mute<T> extends CompletableFuture<T> {
    @Override
    public CompletableFuture<T> whenComplete(BiConsumer<? super T, ? super Throwable> action) {
      throw new IllegalStateException("mute");
    }

    /** A future of this class, whose methods fail as well. */
    @Override
    public <U> CompletableFuture<U> newIncompleteFuture() {
      return new Mute<>();
    }
  }

  @Test
  void exit_onAStackReturnsAStageThatFails_isRecordedNoMore(VirtualTime time) {
    AsyncExitStack stack = AsyncExitStack.open();
    stack.pushAsync(_ -> new Mute<>());

    Throwable thrown = catchThrowable(() -> stack.closeAsync().join());

    assertThat(thrown).hasRootCauseMessage("mute");
    assertThat(Held.entries()).isEmpty();
  }

  /** What a mock returns where a future is wanted. */
  private static final class ReturnsNull<T> extends CompletableFuture<T> {
    @Override
    public <U> CompletableFuture<U> newIncompleteFuture() {
      return null;
    }
  }

  @Test
  void lost_ofASynchronousContextReturnsNull_contextIsExited(VirtualTime time) {
    ContextManager<String> manager =
        () ->
            new Context<>() {
              @Override
              public String value() {
                return "value";
              }

              @Override
              public CompletionStage<?> lost() {
                return new ReturnsNull<>();
              }

              @Override
              public Verdict exit(ExitCase how) {
                journal.add("exit " + Probe.describe(how));
                return Verdict.PROPAGATE;
              }
            };
    CompletableFuture<String> use = manager.async().useAsync(CompletableFuture::completedFuture);
    time.settle();

    assertThat(use).isCompletedExceptionally();
    assertThat(journal.events()).hasSize(1);
  }
}
