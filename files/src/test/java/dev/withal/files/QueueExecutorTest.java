package dev.withal.files;

import static org.assertj.core.api.Assertions.assertThat;

import dev.withal.testkit.Journal;
import dev.withal.testkit.ManualExecutor;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Turns on executors that refuse, run at once, or do both. */
class QueueExecutorTest {
  private static final Path PATH = Path.of("some.txt");

  private final ManualExecutor executor = new ManualExecutor();
  private final Journal journal = new Journal();

  @Test
  void submit_executorRefuses_failsAndGivesTheTurnToTheNext() throws Exception {
    var refusal = new RejectedExecutionException("shut down");
    Executor refusing =
        _ -> {
          throw refusal;
        };
    var refused = new OperationQueue(PATH, refusing, Waits.NONE);

    Operation<String> operation = refused.submit(Action.READ, () -> "never");

    assertThat(operation.exceptionNow()).isSameAs(refusal);
    assertThat(refused.<String>call(Action.READ, () -> "next")).isEqualTo("next");
  }

  @Test
  void submit_executorRefusesOneThatHasWaited_dependentGetsItsTurn() throws Exception {
    Executor refusing =
        _ -> {
          throw new RejectedExecutionException("shut down");
        };
    var refused = new OperationQueue(PATH, refusing, Waits.NONE);

    CompletableFuture<String> chained =
        refused.call(
            Action.SIZE,
            () ->
                refused
                    .submit(Action.READ, () -> record("never"))
                    .handle((_, failure) ->
                        Wait.<String>ofCaller(() ->
                            refused.<String>call(
                                Action.WRITE, () -> record(failure.getMessage())))));

    assertThat(chained.get()).isEqualTo("shut down");
    assertThat(journal.events()).containsExactly("shut down");
  }

  /** L10: the line is passed by a loop. */
  @Test
  void submit_fullLineOnTheCallingThread_runsAllOnAShallowStack() throws Exception {
    var direct = new OperationQueue(PATH, Runnable::run, Waits.NONE);
    List<Operation<Integer>> depths =
        direct.call(
            Action.SIZE,
            () ->
                Stream.generate(() ->
                        direct.<Integer>submit(
                            Action.READ, () -> new Throwable().getStackTrace().length))
                    .limit(OperationQueue.LIMIT)
                    .toList());

    assertThat(depths).allMatch(CompletableFuture::isDone);
    assertThat(depths.getLast().join()).isEqualTo(depths.getFirst().join());
  }

  @Test
  void call_chainedToAnOperationOnTheCallingThread_getsItsTurn() throws Exception {
    var direct = new OperationQueue(PATH, Runnable::run, Waits.NONE);
    direct.call(
        Action.SIZE,
        () -> {
          direct
              .submit(Action.READ, () -> "first")
              .thenRun(() -> {
                try {
                  direct.call(Action.WRITE, () -> record("chained"));
                } catch (IOException | InterruptedException e) {
                  throw new AssertionError(e);
                }
              });
          return direct.submit(Action.READ, () -> record("second"));
        });

    assertThat(journal.events()).containsExactly("second", "chained");
    assertThat(direct.<String>call(Action.READ, () -> "next")).isEqualTo("next");
  }

  @Test
  void join_chainedToAnOperationOnTheCallingThread_getsItsTurn() throws Exception {
    var direct = new OperationQueue(PATH, Runnable::run, Waits.NONE);
    direct.call(
        Action.SIZE,
        () -> {
          direct
              .submit(Action.READ, () -> "first")
              .thenRun(() -> direct.submit(Action.WRITE, () -> record("chained")).join());
          return direct.submit(Action.READ, () -> record("second"));
        });

    assertThat(journal.events()).containsExactly("second", "chained");
    assertThat(direct.<String>call(Action.READ, () -> "next")).isEqualTo("next");
  }

  @Test
  void submit_executorRunsAndFails_runsOnceAndGivesTheTurnOnce() throws Exception {
    Executor failing =
        task -> {
          task.run();
          throw new RejectedExecutionException("after all");
        };
    var refused = new OperationQueue(PATH, failing, Waits.NONE);

    Operation<String> operation = refused.submit(Action.READ, () -> record("once"));

    assertThat(operation).isCompletedWithValue("once");
    assertThat(journal.events()).containsExactly("once");
    assertThat(refused.<String>call(Action.READ, () -> "next")).isEqualTo("next");
  }

  @Test
  void submit_executorFailsAndRunsLater_neverRunsAndGivesTheTurnOnce() throws Exception {
    Executor failing =
        task -> {
          executor.execute(task);
          throw new RejectedExecutionException("not now");
        };
    var refused = new OperationQueue(PATH, failing, Waits.NONE);
    Operation<String> operation = refused.submit(Action.READ, () -> record("never"));

    boolean stillTaken =
        refused.call(
            Action.WRITE,
            () -> {
              executor.runAll();
              return !refused.tryTake();
            });

    assertThat(stillTaken).isTrue();
    assertThat(operation).isCompletedExceptionally();
    assertThat(journal.events()).isEmpty();
  }

  private String record(String name) {
    journal.add(name);
    return name;
  }
}
