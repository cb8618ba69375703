package dev.withal.tasks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.withal.Async;
import dev.withal.Work;
import dev.withal.testkit.LeakCheck;
import dev.withal.testkit.VirtualTime;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** T3 and L5: a task that fails with what futures wrap around an error fails with that error. */
@ExtendWith(LeakCheck.class)
class T3WrappersTest {
  private final IOException disk = new IOException("disk");

  enum Of {
    GROUP {
      @Override
      void run(Work<String, Exception> work) throws Exception {
        Tasks.group().run(group -> group.fork(work));
      }
    },
    SUPERVISED {
      @Override
      void run(Work<String, Exception> work) throws Exception {
        Tasks.supervise().run(group -> group.fork(work));
      }
    },
    RACE {
      @Override
      void run(Work<String, Exception> work) throws Exception {
        Tasks.<String>race()
            .use(race -> {
              race.fork(work);
              return Async.await(race.first());
            });
      }
    },
    MAP {
      @Override
      void run(Work<String, Exception> work) throws Exception {
        Tasks.map(List.of(1), 1, _ -> work.call());
      }
    };

    abstract void run(Work<String, Exception> work) throws Exception;
  }

  @ParameterizedTest
  @EnumSource
  void task_joinsAStageThatFailed_isTheErrorItself(Of kind, VirtualTime time) {
    CompletableFuture<String> failed = CompletableFuture.failedFuture(disk);
    Throwable thrown = catchThrowable(() -> kind.run(failed::join));

    assertThat(thrown).isSameAs(disk).hasNoSuppressedExceptions();
  }

  @ParameterizedTest
  @EnumSource
  void task_getsAStageThatFailed_isTheErrorItself(Of kind, VirtualTime time) {
    CompletableFuture<String> failed = CompletableFuture.failedFuture(disk);
    Throwable thrown = catchThrowable(() -> kind.run(failed::get));

    assertThat(thrown).isSameAs(disk).hasNoSuppressedExceptions();
  }

  @ParameterizedTest
  @EnumSource
  void task_failsWithAWrapperThatHasAMessage_isToldItOnce(Of kind, VirtualTime time) {
    var wrapper = new ExecutionException("while shard 7 was loaded", disk);
    Throwable thrown =
        catchThrowable(() ->
            kind.run(() -> {
              throw wrapper;
            }));

    assertThat(thrown).isSameAs(disk);
    assertThat(thrown.getSuppressed())
        .extracting(Throwable::toString)
        .containsExactly(wrapper.toString());
  }

  @Test
  void tasks_joinOneThatFailed_areToldOnce(VirtualTime time) {
    Throwable thrown =
        catchThrowable(() ->
            Tasks.supervise()
                .run(group -> {
                  CompletableFuture<String> failing =
                      group.fork(() -> {
                        throw disk;
                      });
                  group.fork(failing::join);
                  group.fork(failing::get);
                }));

    assertThat(thrown).isSameAs(disk).hasNoSuppressedExceptions();
  }

  @Test
  void future_ofATaskThatJoins_failsWithTheErrorItself(VirtualTime time) {
    var task = new AtomicReference<CompletableFuture<String>>();
    CompletableFuture<String> failed = CompletableFuture.failedFuture(disk);
    catchThrowable(() -> Tasks.group().run(group -> task.set(group.fork(failed::join))));
    Throwable error = task.get().handle((_, thrown) -> thrown).join();

    assertThat(error).isSameAs(disk);
  }

  @Test
  void taskThatWasAsked_failsWithAWrappedCancellation_tellsNothing(VirtualTime time) {
    Throwable thrown =
        catchThrowable(() ->
            Tasks.group()
                .run(group -> {
                  group.fork(() -> {
                    try {
                      Style.pause(5_000);
                    } catch (InterruptedException e) {
                      throw new CompletionException(new CancellationException("as asked"));
                    }
                    return "not asked";
                  });
                  time.settle();
                  throw disk;
                }));

    assertThat(thrown).isSameAs(disk).hasNoSuppressedExceptions();
  }
}
