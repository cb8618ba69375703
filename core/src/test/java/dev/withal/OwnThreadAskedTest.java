package dev.withal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.withal.internal.Time;
import dev.withal.testkit.Journal;
import dev.withal.testkit.LeakCheck;
import dev.withal.testkit.VirtualTime;
import java.io.IOException;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** What work on a thread of its own comes to that is asked to end. */
@ExtendWith(LeakCheck.class)
class OwnThreadAskedTest {
  private final Journal journal = new Journal();
  private final List<Report> reports = new ArrayList<>();

  @Test
  void work_failsAsItIsAsked_addsItsErrorToTheReason(VirtualTime time) {
    var reason = new IOException("reason");
    var error = new IllegalStateException("work");
    CompletableFuture<String> future =
        asked(time, reason, interruption -> Probe.raise(error), String.class);

    assertThat(future.exceptionNow()).isSameAs(reason).hasSuppressedException(error);
    assertThat(reason.getSuppressed()).hasSize(1);
  }

  @Test
  void work_answersItsInterruption_addsNothing(VirtualTime time) {
    var reason = new IOException("reason");
    CompletableFuture<String> future = asked(time, reason, Probe::raise, String.class);

    assertThat(future.exceptionNow()).isSameAs(reason).hasNoSuppressedExceptions();
  }

  @Test
  void value_afterAll_isReportedIfItIsCloseable(VirtualTime time) {
    var reason = new IOException("reason");
    AutoCloseable closeable = () -> journal.add("closed");

    try (var _ = Report.listen(reports::add)) {
      asked(time, reason, _ -> closeable, AutoCloseable.class);
    }

    assertThat(reports)
        .singleElement()
        .satisfies(report -> {
          assertThat(report.kind()).isEqualTo(Report.Kind.DROPPED_VALUE);
          assertThat(report.context()).isEqualTo("Async.callAsync");
          assertThat(report.error()).isSameAs(reason);
        });
    assertThat(journal.events()).isEmpty();
  }

  @Test
  void value_afterAll_isExitedBeforeTheEndIfItIsAStack(VirtualTime time) {
    var exit = new CompletableFuture<Void>();
    CompletableFuture<AsyncExitStack> future =
        asked(
            time,
            new IOException("reason"),
            _ -> {
              AsyncExitStack stack = AsyncExitStack.open();
              stack.deferAsync(() -> {
                journal.add("exit");
                return exit;
              });
              return stack;
            },
            AsyncExitStack.class);

    assertThat(journal.events()).containsExactly("exit");
    assertThat(future).isNotDone();
    exit.complete(null);
    assertThat(future.exceptionNow()).hasMessage("reason");
  }

  @Test
  void value_afterAll_isForgottenIfItOwesNothing(VirtualTime time) {
    try (var _ = Report.listen(reports::add)) {
      CompletableFuture<String> future =
          asked(time, new IOException("reason"), _ -> "value", String.class);
      assertThat(future.exceptionNow()).hasMessage("reason").hasNoSuppressedExceptions();
    }

    assertThat(reports).isEmpty();
  }

  /** {@return the future of work that is asked, and answers its interruption so} */
  private static <R> CompletableFuture<R> asked(
      VirtualTime time,
      Throwable reason,
      Body<InterruptedException, R, Exception> answer,
      Class<R> type) {
    CompletableFuture<R> future =
        Async.callAsync(() -> {
          try {
            Async.await(new CompletableFuture<>());
          } catch (InterruptedException interruption) {
            return answer.apply(interruption);
          }
          throw new AssertionError("no " + type);
        });
    time.settle();
    future.completeExceptionally(reason);
    time.settle();
    return future;
  }

  // ---- it hasn't begun -------------------------------------------------------------------------

  @Test
  void work_isAskedBeforeItBegins_neverRuns() {
    var begins = new ArrayList<Runnable>();
    CompletableFuture<Void> future =
        started(
            task -> {
              begins.add(task);
              return null;
            },
            () -> Async.runAsync(() -> journal.add("ran")));

    future.cancel(true);
    assertThat(future).isNotDone();
    begins.forEach(Runnable::run);

    assertThat(begins).hasSize(1);
    assertThat(journal.events()).isEmpty();
    assertThat(catchThrowable(future::join))
        .isInstanceOf(CancellationException.class)
        .hasNoSuppressedExceptions();
  }

  @Test
  void work_getsNoThread_failsWithThat() {
    var error = new OutOfMemoryError("unable to create native thread");
    CompletableFuture<Void> future =
        started(task -> error, () -> Async.runAsync(() -> journal.add("ran")));

    assertThat(future.exceptionNow()).isSameAs(error);
    assertThat(journal.events()).isEmpty();
  }

  /**
   * {@return what a call returns while threads are started in another way}
   *
   * @param start takes what a thread would run, and answers what its start throws
   */
  private static <R> CompletableFuture<R> started(
      Function<Runnable, @Nullable Throwable> start, Supplier<CompletableFuture<R>> call) {
    Time clock = Time.current();
    Time other =
        (Time)
            Proxy.newProxyInstance(
                Time.class.getClassLoader(),
                new Class<?>[] {Time.class},
                (_, method, given) -> {
                  if (!method.getName().equals("start")) {
                    return method.invoke(clock, given);
                  }
                  Throwable error = start.apply((Runnable) given[1]);
                  if (error != null) {
                    throw error;
                  }
                  return Thread.currentThread();
                });
    Time.replace(clock, other);
    try {
      return call.get();
    } finally {
      Time.replace(other, clock);
    }
  }
}
