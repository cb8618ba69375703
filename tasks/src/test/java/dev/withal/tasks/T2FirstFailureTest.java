package dev.withal.tasks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.withal.Async;
import dev.withal.testkit.LeakCheck;
import dev.withal.testkit.VirtualTime;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** T2: the first failure asks the other tasks and the body to end. */
@ExtendWith(LeakCheck.class)
class T2FirstFailureTest {
  private final Jobs jobs = new Jobs();

  @ParameterizedTest
  @EnumSource
  void task_failsAfterTheBody_asksTheOthers(Style style, VirtualTime time) {
    Throwable thrown =
        catchThrowable(() ->
            style.run(
                jobs.around().flatMap(_ -> Tasks.group()),
                time,
                (group, _) -> {
                  style.failing(group, jobs, "a", 50);
                  style.job(group, jobs, "b", 5_000);
                }));

    assertThat(thrown).isInstanceOf(IOException.class).hasMessage("a").hasNoSuppressedExceptions();
    assertThat(jobs.journal.events())
        .containsExactly("a fails", "b interrupted", "b ended", "exit failed a");
    assertThat(time.elapsed()).isEqualTo(Duration.ofMillis(51));
  }

  @Test
  void task_failsWhileTheBodyBlocks_interruptsTheBody(VirtualTime time) {
    Throwable thrown =
        catchThrowable(() ->
            Tasks.group()
                .run(group -> {
                  group.fork(jobs.failing("a", 50));
                  group.fork(jobs.job("b", 5_000));
                  try {
                    Style.pause(3_000);
                  } finally {
                    jobs.journal.add("body ends");
                  }
                }));

    assertThat(thrown).isInstanceOf(IOException.class).hasMessage("a").hasNoSuppressedExceptions();
    assertThat(jobs.journal.events())
        .containsExactlyInAnyOrder("a fails", "b interrupted", "b ended", "body ends");
    assertThat(time.elapsed()).isEqualTo(Duration.ofMillis(51));
  }

  @Test
  void task_failsWhileTheBodysStageIsPending_tellsTheBody(VirtualTime time) throws Exception {
    CompletableFuture<String> use =
        Tasks.group()
            .useAsync((group, cancellation) -> {
              group.start(jobs.failingStage("a", 50));
              var body = new CompletableFuture<String>();
              cancellation.onRequest(why -> {
                jobs.journal.add("body is asked: " + why.getMessage());
                body.complete("partly");
              });
              return body;
            });

    assertThat(catchThrowable(() -> time.await(use))).isInstanceOf(IOException.class);
    assertThat(jobs.journal.events()).containsExactly("a fails", "body is asked: a");
  }

  @ParameterizedTest
  @EnumSource
  void body_awaitsTheTaskThatFails_isTheSameErrorOnce(Style style, VirtualTime time) {
    Throwable thrown =
        catchThrowable(
            () -> Tasks.group().use(group -> Async.await(style.failing(group, jobs, "a", 50))));

    assertThat(thrown).isInstanceOf(IOException.class).hasMessage("a").hasNoSuppressedExceptions();
  }

  @ParameterizedTest
  @EnumSource
  void body_catchesTheFailure_groupFailsAllTheSame(Style style, VirtualTime time) {
    Throwable thrown =
        catchThrowable(() ->
            Tasks.group()
                .use(group -> {
                  try {
                    return Async.<String, IOException>await(style.failing(group, jobs, "a", 50));
                  } catch (IOException | InterruptedException e) {
                    return "instead";
                  }
                }));

    assertThat(thrown).isInstanceOf(IOException.class).hasMessage("a").hasNoSuppressedExceptions();
  }

  @ParameterizedTest
  @EnumSource
  void others_failForWhoeverAwaitsThem(Style style, VirtualTime time) {
    CompletableFuture<?>[] other = {null};
    Throwable thrown =
        catchThrowable(() ->
            style.run(
                Tasks.group(),
                time,
                (group, _) -> {
                  style.failing(group, jobs, "a", 50);
                  other[0] = style.job(group, jobs, "b", 5_000);
                }));

    assertThat(catchThrowable(() -> Async.await(other[0])))
        .isInstanceOf(CancellationException.class)
        .hasMessage("the task was asked to end, as its group was")
        .hasCause(thrown);
  }

  @Test
  void begin_afterTheFailure_isRefusedWithoutBeginning(VirtualTime time) {
    Throwable thrown =
        catchThrowable(() ->
            Tasks.group()
                .run(group -> {
                  group.fork(jobs.failing("a", 10));
                  time.settle();
                  try {
                    Style.pause(100);
                  } catch (InterruptedException e) {
                    jobs.journal.add("body is interrupted");
                  }
                  group.fork(jobs.job("late", 10));
                }));

    assertThat(thrown).isInstanceOf(IOException.class).hasNoSuppressedExceptions();
    assertThat(jobs.journal.events()).containsExactly("a fails", "body is interrupted");
  }

  @Test
  void begin_asTheBodyHearsOfTheFailure_isRefused() {
    var group = new Group("group", null);
    var refused = new CompletableFuture<Throwable>();
    var _ =
        group
            .lost()
            .handle(
                (_, _) -> refused.complete(catchThrowable(() -> group.fork(jobs.job("late", 10)))));

    group.onFailure(new IOException("a failed"));

    assertThat(refused.resultNow()).isInstanceOf(CancellationException.class);
    assertThat(jobs.journal.events()).isEmpty();
  }

  @Test
  void task_failsAmongHundreds_asksThoseThatRunInTheirOrder(VirtualTime time) {
    int tasks = 200;
    Throwable thrown =
        catchThrowable(() ->
            Tasks.group()
                .run(group -> {
                  for (int i = 0; i < tasks; i++) {
                    String name = "task " + i;
                    if (i % 2 == 0) {
                      group.fork(() -> name);
                    } else {
                      group.start(cancellation -> {
                        var ends = new CompletableFuture<String>();
                        cancellation.onRequest(_ -> {
                          jobs.journal.add(name);
                          ends.complete(null);
                        });
                        return ends;
                      });
                    }
                  }
                  time.settle();
                  group.fork(jobs.failing("last", 10));
                }));

    assertThat(thrown).isInstanceOf(IOException.class).hasNoSuppressedExceptions();
    List<String> expected = new ArrayList<>(List.of("last fails"));
    for (int i = 1; i < tasks; i += 2) {
      expected.add("task " + i);
    }
    assertThat(jobs.journal.events()).containsExactlyElementsOf(expected);
  }

  @Test
  void tasks_begunByATaskOnceTheBodyIsOver_areAskedToo(VirtualTime time) {
    Throwable thrown =
        catchThrowable(() ->
            Tasks.group()
                .run(group ->
                    group.launch(() -> {
                      Style.pause(10);
                      for (int i = 0; i < 3; i++) {
                        group.fork(jobs.job("late " + i, 5_000));
                      }
                      time.settle();
                      throw new IOException("a");
                    })));

    assertThat(thrown).isInstanceOf(IOException.class).hasMessage("a").hasNoSuppressedExceptions();
    assertThat(jobs.journal.events())
        .containsExactlyInAnyOrder(
            "late 0 interrupted",
            "late 0 ended",
            "late 1 interrupted",
            "late 1 ended",
            "late 2 interrupted",
            "late 2 ended");
    assertThat(time.elapsed()).isEqualTo(Duration.ofMillis(11));
  }
}
