package dev.withal.files;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.withal.ExitCase;
import dev.withal.testkit.Journal;
import dev.withal.testkit.ManualExecutor;
import java.io.IOException;
import java.nio.channels.ClosedChannelException;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.FutureTask;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.Test;

/** Who gets a turn, and what becomes of who doesn't. */
class OperationQueueTest {
  private static final Path PATH = Path.of("some.txt");

  private final ManualExecutor executor = new ManualExecutor();
  private final OperationQueue queue = new OperationQueue(PATH, executor, Waits.NONE);
  private final Journal journal = new Journal();

  @Test
  void submit_whileADirectCallRuns_waitsForIt() throws Exception {
    queue.call(
        Action.SIZE,
        () -> {
          submit("second");
          assertThat(executor.waiting()).isZero();
          journal.add("first");
          return null;
        });

    executor.runAll();

    assertThat(journal.events()).containsExactly("first", "second");
  }

  @Test
  void submit_bodyFails_givesTheTurnToTheNext() {
    var failure = new IOException("broken");
    Operation<Object> failing =
        queue.submit(
            Action.READ,
            () -> {
              throw failure;
            });
    Operation<String> next = submit("next");

    executor.runAll();

    assertThat(failing.exceptionNow()).isSameAs(failure);
    assertThat(next).isCompletedWithValue("next");
  }

  @Test
  void call_bodyFails_givesTheTurnToTheNext() throws Exception {
    var failure = new IOException("broken");
    assertThatThrownBy(() ->
            queue.call(
                Action.READ,
                () -> {
                  throw failure;
                }))
        .isSameAs(failure);

    assertThat(queue.<String>call(Action.READ, () -> "next")).isEqualTo("next");
  }

  @Test
  void submit_lineIsFull_isRefusedButADirectCallIsNot() throws Exception {
    for (int i = 0; i <= OperationQueue.LIMIT; i++) {
      submit("filler");
    }

    assertThatThrownBy(() -> queue.submit(Action.READ, () -> "one too many"))
        .isExactlyInstanceOf(RejectedExecutionException.class)
        .hasMessage(
            PATH + ": 1024 operations are waiting: wait for some to be done before the next read");
    var direct = new FutureTask<>(() -> queue.<String>call(Action.READ, () -> "direct"));
    Parked.start(direct);
    executor.runAll();
    assertThat(direct.get()).isEqualTo("direct");
  }

  @Test
  void call_interruptedWhileItWaits_neverHappensAndLeavesTheTurnToTheNext() {
    submit("before");
    var direct = new FutureTask<>(() -> queue.<String>call(Action.READ, () -> "direct"));
    Thread waiting = Parked.start(direct);
    Operation<String> after = submit("after");

    waiting.interrupt();
    assertThatThrownBy(direct::get).hasCauseExactlyInstanceOf(InterruptedException.class);
    executor.runAll();

    assertThat(journal.events()).containsExactly("before", "after");
    assertThat(after).isCompletedWithValue("after");
  }

  @Test
  void cancel_operationWaits_itNeverHappens() {
    Operation<String> first = submit("first");
    Operation<String> second = submit("second");
    Operation<String> third = submit("third");

    assertThat(first.cancel(true)).isTrue();
    assertThat(second.cancel(true)).isTrue();
    executor.runAll();

    assertThat(journal.events()).containsExactly("third");
    assertThat(third).isCompletedWithValue("third");
    assertThat(second).isCancelled();
  }

  @Test
  void cancel_operationRuns_hasNoEffect() {
    var own = new AtomicReference<Operation<String>>();
    own.set(
        queue.submit(
            Action.READ,
            () -> {
              assertThat(own.get().cancel(true)).isFalse();
              assertThat(own.get().complete("other")).isFalse();
              assertThat(own.get().completeExceptionally(new IOException())).isFalse();
              own.get().completeAsync(() -> "later", Runnable::run);
              return "counts";
            }));

    executor.runAll();

    assertThat(own.get()).isCompletedWithValue("counts");
  }

  @Test
  void complete_operationWaits_itNeverHappens() {
    Operation<String> operation = submit("operation");

    operation.completeAsync(() -> "instead", Runnable::run);
    executor.runAll();

    assertThat(operation).isCompletedWithValue("instead");
    assertThat(journal.events()).isEmpty();
  }

  @Test
  void orTimeout_operationWaits_itNeverHappens() {
    Operation<String> operation = submit("operation");

    operation.orTimeout(1, TimeUnit.NANOSECONDS);
    assertThatThrownBy(operation::get).hasCauseInstanceOf(TimeoutException.class);
    executor.runAll();

    assertThat(journal.events()).isEmpty();
  }

  @Test
  void obtrude_operation_isRefused() {
    Operation<String> operation = submit("operation");

    assertThatThrownBy(() -> operation.obtrudeValue("other"))
        .isExactlyInstanceOf(UnsupportedOperationException.class)
        .hasMessageContaining("use cancel");
    assertThatThrownBy(() -> operation.obtrudeException(new IOException()))
        .isExactlyInstanceOf(UnsupportedOperationException.class)
        .hasMessageContaining("use cancel");
  }

  @Test
  void close_directCallWaits_failsIt() throws Exception {
    submit("running");
    var direct = new FutureTask<>(() -> queue.<String>call(Action.WRITE, () -> "direct"));
    Parked.start(direct);

    var closed = queue.close(() -> null, ExitCase.of(new IOException("body")));
    executor.runAll();

    assertThatThrownBy(direct::get)
        .cause()
        .isInstanceOf(ClosedChannelException.class)
        .hasMessage("some.txt: closed before this write began: end the body when it is done");
    assertThat(closed).isCompleted();
  }

  @Test
  void close_directCallRuns_waitsForIt() throws Exception {
    var closed =
        queue.<CompletableFuture<?>>call(
            Action.WRITE,
            () -> {
              var closing = queue.close(() -> journal.toString(), ExitCase.success());
              assertThat(executor.waiting()).isZero();
              return closing;
            });

    assertThat(closed).isNotDone();
    executor.runAll();
    assertThat(closed).isCompleted();
  }

  @Test
  void close_operationIsJustOver_isDoneAfterIt() {
    Executor closingAtOnce =
        task -> {
          if (task instanceof Closing) {
            task.run();
          } else {
            executor.execute(task);
          }
        };
    var other = new OperationQueue(PATH, closingAtOnce, Waits.NONE);
    Operation<String> last = other.submit(Action.READ, () -> record("read"));
    other
        .close(() -> record("close"), ExitCase.success())
        .thenRun(() -> journal.add("closed, the read done: " + last.isDone()));

    executor.runAll();

    assertThat(journal.events()).containsExactly("read", "close", "closed, the read done: true");
  }

  @Test
  void close_fails_stillRefusesWhatWaits() {
    var failure = new IOException("broken");
    submit("running");
    Operation<String> waiting = queue.submit(Action.WRITE, () -> "waiting");

    var closed =
        queue.close(
            () -> {
              throw failure;
            },
            ExitCase.success());
    executor.runAll();

    assertThat(waiting.exceptionNow()).isInstanceOf(ClosedChannelException.class);
    assertThat(closed.exceptionNow()).isSameAs(failure);
    assertThat(failure.getSuppressed())
        .singleElement()
        .asInstanceOf(InstanceOfAssertFactories.THROWABLE)
        .hasMessageContaining("lost");
  }

  private Operation<String> submit(String name) {
    return queue.submit(Action.READ, () -> record(name));
  }

  private String record(String name) {
    journal.add(name);
    return name;
  }
}
