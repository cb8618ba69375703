package dev.withal.tasks;

import static org.assertj.core.api.Assertions.assertThat;

import dev.withal.Async;
import dev.withal.AsyncExitStack;
import dev.withal.Report;
import dev.withal.testkit.Journal;
import dev.withal.testkit.LeakCheck;
import dev.withal.testkit.VirtualTime;
import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** T4 and L17: a value that completeAsync makes for a task is received, or released. */
@ExtendWith(LeakCheck.class)
class T4LateValuesTest {
  private final Journal journal = new Journal();

  /** How a task begins. */
  enum Kind {
    FORKED {
      @Override
      CompletableFuture<Object> begin(TaskGroup group, CompletableFuture<Object> work) {
        return group.fork(() -> Async.<Object, Exception>await(work));
      }
    },
    STARTED {
      @Override
      CompletableFuture<Object> begin(TaskGroup group, CompletableFuture<Object> work) {
        return group.start(cancellation -> cancellation.cancelling(work));
      }
    };

    abstract CompletableFuture<Object> begin(TaskGroup group, CompletableFuture<Object> work);
  }

  private AsyncExitStack stack() {
    AsyncExitStack stack = AsyncExitStack.open();
    stack.defer(() -> journal.add("released"));
    return stack;
  }

  @ParameterizedTest
  @EnumSource
  void value_comesAfterTheEnd_isReleased(Kind kind, VirtualTime time) throws Exception {
    Tasks.group()
        .run(group -> {
          CompletableFuture<Object> task =
              kind.begin(group, CompletableFuture.completedFuture("done"));
          time.settle();
          task.completeAsync(this::stack, Runnable::run);
          time.settle();

          assertThat(task).isCompletedWithValue("done");
        });

    assertThat(journal.events()).containsExactly("released");
  }

  @ParameterizedTest
  @EnumSource
  void value_comesAfterAnotherRequest_isReleased(Kind kind, VirtualTime time) throws Exception {
    Tasks.group()
        .run(group -> {
          CompletableFuture<Object> task = kind.begin(group, new CompletableFuture<>());
          time.settle();
          task.cancel(true);
          task.completeAsync(this::stack, Runnable::run);
          time.settle();

          assertThat(task).isCancelled();
        });

    assertThat(journal.events()).containsExactly("released");
  }

  @Test
  void task_failsAsItIsAsked_valueIsReleased(VirtualTime time) throws Exception {
    Tasks.group()
        .run(group -> {
          CompletableFuture<Object> task =
              group.fork(() -> {
                try {
                  Style.pause(5_000);
                } catch (InterruptedException e) {
                  throw new IOException("as it was asked");
                }
                return "not asked";
              });
          time.settle();
          task.completeAsync(this::stack, Runnable::run);
          time.settle();

          assertThat(task).isCompletedExceptionally();
        });

    assertThat(journal.events()).containsExactly("released");
  }

  @ParameterizedTest
  @EnumSource
  void value_isReceived_isItsReceivers(Kind kind, VirtualTime time) throws Exception {
    Tasks.group()
        .run(group -> {
          CompletableFuture<Object> task = kind.begin(group, new CompletableFuture<>());
          time.settle();
          task.completeAsync(this::stack, Runnable::run);
          time.settle();
          journal.add("received");

          Async.await(((AsyncExitStack) task.resultNow()).closeAsync());
        });

    assertThat(journal.events()).containsExactly("received", "released");
  }

  @ParameterizedTest
  @EnumSource
  void valueThatComesLate_isCloseable_isReported(Kind kind, VirtualTime time) throws Exception {
    AutoCloseable closeable = () -> {};
    try (var _ = Report.listen(report -> journal.add(report.kind().name()))) {
      Tasks.group()
          .run(group -> {
            CompletableFuture<Object> task =
                kind.begin(group, CompletableFuture.completedFuture("done"));
            time.settle();
            task.completeAsync(() -> closeable, Runnable::run);
          });
    }

    assertThat(journal.events()).containsExactly("DROPPED_VALUE");
  }

  @ParameterizedTest
  @EnumSource
  void valueThatComesLate_failsToExit_isReported(Kind kind, VirtualTime time) throws Exception {
    AsyncExitStack failing = AsyncExitStack.open();
    failing.defer(() -> {
      throw new IOException("exit");
    });
    try (var _ = Report.listen(report -> journal.add(report.kind().name()))) {
      Tasks.group()
          .run(group -> {
            CompletableFuture<Object> task =
                kind.begin(group, CompletableFuture.completedFuture("done"));
            time.settle();
            task.completeAsync(() -> failing, Runnable::run);
            time.settle();
          });
    }

    assertThat(journal.events()).containsExactly("LATE_FAILURE");
  }
}
