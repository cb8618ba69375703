package dev.withal.tasks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.withal.Async;
import dev.withal.AsyncExitStack;
import dev.withal.testkit.LeakCheck;
import dev.withal.testkit.VirtualTime;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** T5: of a race, the first success counts. */
@ExtendWith(LeakCheck.class)
class T5RaceTest {
  private final Jobs jobs = new Jobs();

  @Test
  void first_ofForkedTasks_endsTheOthers(VirtualTime time) throws Exception {
    String winner =
        Tasks.<String>race()
            .use(race -> {
              race.fork(jobs.job("slow", 5_000));
              race.fork(jobs.failing("bad", 10));
              race.fork(jobs.job("fast", 50));
              return Async.await(race.first());
            });
    jobs.journal.add("over");

    assertThat(winner).isEqualTo("fast");
    assertThat(jobs.journal.events())
        .containsExactly(
            "bad fails", "fast done", "fast ended", "slow interrupted", "slow ended", "over");
  }

  @Test
  void first_ofStartedTasks_endsTheOthers(VirtualTime time) throws Exception {
    CompletableFuture<String> use =
        Tasks.<String>race()
            .useAsync(race -> {
              race.start(jobs.stage("slow", 5_000));
              race.start(jobs.failingStage("bad", 10));
              race.start(jobs.stage("fast", 50));
              return race.first();
            });

    assertThat(time.await(use)).isEqualTo("fast");
    assertThat(jobs.journal.events())
        .containsExactly("bad fails", "fast done", "fast ended", "slow interrupted", "slow ended");
  }

  @Test
  void all_fail_isTheFirstErrorWithTheOthers(VirtualTime time) {
    Throwable thrown =
        catchThrowable(() ->
            Tasks.<String>race()
                .use(race -> {
                  race.fork(jobs.failing("b", 20));
                  race.start(jobs.failingStage("a", 10));
                  return Async.await(race.first());
                }));

    assertThat(thrown).isInstanceOf(IOException.class).hasMessage("a");
    assertThat(thrown.getSuppressed()).extracting(Throwable::getMessage).containsExactly("b");
  }

  @Test
  void nobody_takesPart_isToldSo(VirtualTime time) {
    Throwable thrown =
        catchThrowable(() -> Tasks.<String>race().use(race -> Async.await(race.first())));

    assertThat(thrown)
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("no task of the race has succeeded or failed: begin some before first()");
  }

  @Test
  void body_doesNotAskForTheFirst_raceIsRunAllTheSame(VirtualTime time) throws Exception {
    Tasks.<String>race()
        .run(race -> {
          race.fork(jobs.job("slow", 5_000));
          race.fork(jobs.job("fast", 50));
        });

    assertThat(time.elapsed()).isEqualTo(Duration.ofMillis(52));
  }

  @Test
  void task_thatComesAfterTheWinner_isNotBegun(VirtualTime time) throws Exception {
    Tasks.<String>race()
        .run(race -> {
          race.fork(jobs.job("fast", 50));
          Async.await(race.first());
          CompletableFuture<String> late = race.fork(jobs.job("late", 50));
          assertThat(catchThrowable(() -> Async.await(late)))
              .isInstanceOf(CancellationException.class)
              .hasMessage("not begun: the race has been won");
        });

    assertThat(jobs.journal.events()).containsExactly("fast done", "fast ended");
  }

  /** Two connections that are there at the same time, of which one is too many. */
  @Test
  void secondSuccess_isReleased(VirtualTime time) throws Exception {
    CompletableFuture<?> begin = new CompletableFuture<>();
    Tasks.<AsyncExitStack>race()
        .run(race -> {
          race.fork(() -> stack("a", begin));
          race.fork(() -> stack("b", begin));
          time.settle();
          begin.complete(null);
          Async.await(race.first()).close();
        });

    assertThat(jobs.journal.events()).containsExactlyInAnyOrder("a is exited", "b is exited");
  }

  @Test
  void secondSuccessOfAStage_isReleased(VirtualTime time) throws Exception {
    CompletableFuture<AsyncExitStack> a = new CompletableFuture<>();
    CompletableFuture<AsyncExitStack> b = new CompletableFuture<>();
    CompletableFuture<String> use =
        Tasks.<AsyncExitStack>race()
            .useAsync(race -> {
              race.start(_ -> a);
              race.start(_ -> b);
              return race.first().thenApply(_ -> "won");
            });
    a.complete(stack("a", CompletableFuture.completedFuture(null)));
    b.complete(stack("b", CompletableFuture.completedFuture(null)));

    assertThat(time.await(use)).isEqualTo("won");
    assertThat(jobs.journal.events()).containsExactly("b is exited");
    Async.await(a).close();
  }

  @Test
  void use_isCancelled_endsAll(VirtualTime time) {
    CompletableFuture<String> use =
        Tasks.<String>race()
            .useAsync(race -> {
              race.start(jobs.stage("a", 5_000));
              return race.first();
            });
    time.settle();
    use.cancel(true);
    time.advance(Duration.ofMillis(10));

    assertThat(use).isCancelled();
    assertThat(catchThrowable(use::join)).hasNoSuppressedExceptions();
    assertThat(jobs.journal.events()).containsExactly("a interrupted", "a ended");
  }

  private AsyncExitStack stack(String name, CompletableFuture<?> begin) throws Exception {
    Async.<Object, RuntimeException>await(begin);
    AsyncExitStack stack = AsyncExitStack.open();
    stack.defer(() -> jobs.journal.add(name + " is exited"));
    return stack;
  }
}
