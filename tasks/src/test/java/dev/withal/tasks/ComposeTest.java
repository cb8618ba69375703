package dev.withal.tasks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.withal.Async;
import dev.withal.AsyncContextManager;
import dev.withal.AsyncExitStack;
import dev.withal.testkit.LeakCheck;
import dev.withal.testkit.ManagerLaws;
import dev.withal.testkit.VirtualTime;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** A group is a manager like any other. */
@ExtendWith(LeakCheck.class)
class ComposeTest {
  private final Jobs jobs = new Jobs();

  @Test
  void settings_onAGroup_keepItsTasksInTheBody(VirtualTime time) {
    AsyncContextManager<TaskGroup> group =
        Tasks.group()
            .named("mine")
            .exitTimeout(Duration.ofMinutes(1))
            .suppressing(IllegalStateException.class)
            .grace(Duration.ofMinutes(2));

    for (var manager :
        List.of(group, Async.timeout(Duration.ofHours(1)).flatMap(deadline -> group))) {
      Throwable thrown =
          catchThrowable(() ->
              Async.runWithin(
                  Duration.ofMillis(20), () -> manager.run(g -> g.fork(jobs.job("a", 5_000)))));
      assertThat(thrown).isInstanceOf(TimeoutException.class);
    }

    assertThat(jobs.journal.events())
        .containsExactly("a interrupted", "a ended", "a interrupted", "a ended");
  }

  @Test
  void settings_inStageStyle_keepItsTasksInTheBody(VirtualTime time) {
    AsyncContextManager<TaskGroup> group =
        Tasks.group()
            .named("mine")
            .exitTimeout(Duration.ofMinutes(1))
            .suppressing(IllegalStateException.class);
    for (var manager : List.of(group, group.map(g -> g), inATimeout(group))) {
      CompletableFuture<String> use =
          manager.useAsync(g -> {
            g.start(jobs.stage("a", 5_000));
            return CompletableFuture.completedFuture("x");
          });
      time.advance(Duration.ofMillis(10));
      use.cancel(true);
      time.advance(Duration.ofMillis(10));

      assertThat(use).isCancelled();
    }

    assertThat(jobs.journal.events())
        .containsExactly(
            "a interrupted", "a ended", "a interrupted", "a ended", "a interrupted", "a ended");
  }

  @Test
  void timeoutAround_inStageStyle_endsTasksThatRunOnPastTheBodysCode(VirtualTime time) {
    CompletableFuture<String> use =
        inATimeout(Tasks.group())
            .useAsync(g -> {
              g.start(jobs.stage("a", 600_000));
              return CompletableFuture.completedFuture("x");
            });

    time.advance(Duration.ofSeconds(31));

    assertThat(use.exceptionNow()).isInstanceOf(TimeoutException.class);
    assertThat(jobs.journal.events()).containsExactly("a interrupted", "a ended");
  }

  private static AsyncContextManager<TaskGroup> inATimeout(AsyncContextManager<TaskGroup> group) {
    return Async.timeout(Duration.ofSeconds(30))
        .flatMap(deadline -> group)
        .named("workers")
        .exitTimeout(Duration.ofMinutes(1));
  }

  @Test
  void generator_aroundAGroup_isAskedByItsFailure(VirtualTime time) {
    AsyncContextManager<TaskGroup> generator =
        AsyncContextManager.generator(body ->
            Tasks.group()
                .run(group -> {
                  group.fork(jobs.failing("a", 10));
                  body.value(group);
                }));

    Throwable thrown =
        catchThrowable(() ->
            generator.run(group -> {
              group.fork(jobs.job("b", 5_000));
              Style.pause(5_000);
            }));

    assertThat(thrown).isInstanceOf(IOException.class).hasMessage("a");
    assertThat(jobs.journal.events()).containsExactly("a fails", "b interrupted", "b ended");
  }

  @Test
  void generator_inStageStyle_isAskedByItsFailure(VirtualTime time) {
    AsyncContextManager<TaskGroup> generator =
        AsyncContextManager.generator(body ->
            Tasks.group()
                .run(group -> {
                  group.fork(jobs.failing("a", 10));
                  body.value(group);
                }));

    CompletableFuture<String> use =
        generator.useAsync(group -> group.start(jobs.stage("b", 5_000)));

    assertThat(catchThrowable(() -> time.await(use)))
        .isInstanceOf(IOException.class)
        .hasMessage("a");
    assertThat(jobs.journal.events())
        .startsWith("a fails")
        .containsExactlyInAnyOrder("a fails", "b interrupted", "b ended");
  }

  @Test
  void group_onAStack_tellsItsLossToTheBody(VirtualTime time) {
    Throwable thrown =
        catchThrowable(() ->
            AsyncExitStack.manager()
                .run(stack -> {
                  TaskGroup group = stack.enter(Tasks.group());
                  stack.defer(() -> jobs.journal.add("deferred"));
                  group.fork(jobs.failing("a", 10));
                  Style.pause(5_000);
                }));

    assertThat(thrown).isInstanceOf(IOException.class).hasMessage("a").hasNoSuppressedExceptions();
    assertThat(jobs.journal.events()).containsExactly("a fails", "deferred");
  }

  @Test
  void all_ofGroups_waitsForTheTasksOfEach(VirtualTime time) {
    Throwable thrown =
        catchThrowable(() ->
            Async.runWithin(
                Duration.ofMillis(50),
                () ->
                    AsyncContextManager.all(List.of(Tasks.group(), Tasks.supervise()))
                        .run(groups -> {
                          groups.get(0).fork(jobs.job("a", 10));
                          groups.get(1).fork(jobs.job("b", 5_000));
                        })));

    assertThat(thrown).isInstanceOf(TimeoutException.class);
    assertThat(jobs.journal.events())
        .containsExactly("a done", "a ended", "b interrupted", "b ended");
  }

  @Test
  void groups_inTasks_endFromTheInside(VirtualTime time) {
    Throwable thrown =
        catchThrowable(() ->
            Tasks.group()
                .run(outer -> {
                  outer.launch(
                      () -> Tasks.group().run(inner -> inner.fork(jobs.job("inner", 5_000))));
                  outer.fork(jobs.failing("a", 10));
                }));

    assertThat(thrown).isInstanceOf(IOException.class).hasMessage("a").hasNoSuppressedExceptions();
    assertThat(jobs.journal.events())
        .containsExactly("a fails", "inner interrupted", "inner ended");
  }

  @Test
  void use_isNamed() {
    assertThat(Tasks.group()).hasToString("task group");
    assertThat(Tasks.supervise()).hasToString("supervised group");
    assertThat(Tasks.race()).hasToString("race");
  }

  @Test
  void group_keepsTheLaws() throws InterruptedException {
    ManagerLaws.of(gate -> gate.manager("outer").flatMap(outer -> Tasks.group())).check();
  }

  @Test
  void groupWithATask_keepsTheLaws() throws InterruptedException {
    ManagerLaws.of(gate ->
            Tasks.group()
                .flatMap(group -> {
                  group.start(cancellation ->
                      cancellation.cancelling(Async.sleepAsync(Duration.ofMillis(10))));
                  return gate.manager("inner");
                }))
        .check();
  }
}
