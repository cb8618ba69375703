package dev.withal.tasks;

import static org.assertj.core.api.Assertions.assertThat;

import dev.withal.testkit.LeakCheck;
import dev.withal.testkit.VirtualTime;
import java.io.IOException;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** T3 and L15: a cancellation whose methods throw or return null ends a task like any other. */
@ExtendWith(LeakCheck.class)
class T3BrokenErrorsTest {

  enum Flaw {
    THROWS,
    RETURNS_NULL
  }

  private static final class Broken extends CancellationException {
    private static final long serialVersionUID = 1;
    private final Flaw flaw;

    Broken(Flaw flaw) {
      this.flaw = flaw;
    }

    @Override
    public synchronized @Nullable Throwable getCause() {
      mayThrow();
      return null;
    }

    @Override
    public @Nullable String getMessage() {
      mayThrow();
      return null;
    }

    private void mayThrow() {
      if (flaw == Flaw.THROWS) {
        throw new IllegalStateException("broken");
      }
    }
  }

  private static String failAsItIsAsked(Throwable failure) throws Exception {
    try {
      Style.pause(5_000);
    } catch (InterruptedException e) {
      if (failure instanceof Exception exception) {
        throw exception;
      }
    }
    return "not asked";
  }

  private static Throwable errorOf(CompletableFuture<?> failed) {
    return failed.handle((_, error) -> error).join();
  }

  @ParameterizedTest
  @EnumSource
  void forkedTaskThatWasAsked_throwsABrokenCancellation_endsItsGroup(Flaw flaw, VirtualTime time) {
    CompletableFuture<String> use =
        Tasks.group().useAsync(group -> group.fork(() -> failAsItIsAsked(new Broken(flaw))));
    time.settle();
    use.cancel(true);
    time.settle();

    assertThat(use.state()).isEqualTo(Future.State.CANCELLED);
    assertThat(errorOf(use)).hasNoSuppressedExceptions();
  }

  @ParameterizedTest
  @EnumSource
  void startedTaskThatWasAsked_failsWithABrokenCancellation_endsItsGroup(
      Flaw flaw, VirtualTime time) {
    CompletableFuture<String> use =
        Tasks.group()
            .useAsync(group ->
                group.start(cancellation -> {
                  var work = new CompletableFuture<String>();
                  cancellation.onRequest(_ -> work.completeExceptionally(new Broken(flaw)));
                  return work;
                }));
    time.settle();
    use.cancel(true);
    time.settle();

    assertThat(use.state()).isEqualTo(Future.State.CANCELLED);
    assertThat(errorOf(use)).hasNoSuppressedExceptions();
  }

  @ParameterizedTest
  @EnumSource
  void task_isAskedForABrokenReasonAndFails_tellsItsError(Flaw flaw, VirtualTime time)
      throws Exception {
    Tasks.group()
        .run(group -> {
          CompletableFuture<String> task =
              group.fork(() -> failAsItIsAsked(new IOException("as it was asked")));
          time.settle();
          task.completeExceptionally(new Broken(flaw));
          time.settle();

          assertThat(task).isCancelled();
          assertThat(errorOf(task).getSuppressed())
              .singleElement()
              .satisfies(news -> assertThat(news).hasMessage("as it was asked"));
        });
  }

  @ParameterizedTest
  @EnumSource
  void producerThatWasAsked_throwsABrokenCancellation_endsItsUse(Flaw flaw, VirtualTime time)
      throws Exception {
    Tasks.<String>produce(_ -> failAsItIsAsked(new Broken(flaw))).run(_ -> time.settle());

    assertThat(time.elapsed()).isZero();
  }
}
