package dev.withal.stress.sched;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.util.HashSet;
import java.util.concurrent.CompletableFuture;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/** The scheduler keeps what the other tests of this package rely on. */
class SeededSchedulerTest {
  private static final Scenario THREE_THREADS =
      run -> {
        for (String name : new String[] {"a", "b", "c"}) {
          run.thread(
              name,
              () -> {
                run.pauses(4);
                run.note("first");
                run.pauses(4);
                run.note("second");
              });
        }
      };

  @Test
  void seed_playedAgain_givesTheSameRun() {
    for (long seed = 0; seed < 20; seed++) {
      Run once = Seeds.play(seed, THREE_THREADS);
      Run again = Seeds.play(seed, THREE_THREADS);

      assertThat(again.events).isEqualTo(once.events);
      assertThat(again.scheduler.trace()).isEqualTo(once.scheduler.trace());
    }
  }

  /** Three threads with two events each have 90 orders. */
  @Test
  void seeds_playedInTurn_giveEveryOrder() {
    var orders = new HashSet<String>();

    LongStream.range(0, 5_000)
        .forEach(seed -> orders.add(String.join(" ", Seeds.play(seed, THREE_THREADS).events)));

    assertThat(orders).hasSize(90);
  }

  @Test
  void thread_waitsForever_isReportedWithItsStackAndTheSeed() {
    AssertionError failure =
        catchThrowableOfType(
            AssertionError.class,
            () ->
                Seeds.play(
                    42, run -> run.thread("waiter", () -> new CompletableFuture<>().join())));

    assertThat(failure)
        .hasMessageContaining("seed 42: 1 left over")
        .hasMessageContaining("waiter")
        .hasMessageContaining("waits for what nobody will do")
        .hasMessageContaining("-Dscheduler.seed=42");
    assertThat(failure.getCause().getStackTrace())
        .extracting(StackTraceElement::getMethodName)
        .contains("join");
  }

  /** What looks before it acts is done twice if another thread comes in between. */
  @Test
  void brokenGuard_isFound_byASeedThatFindsItAgain() {
    Scenario broken =
        run -> {
          var open = new Opened(new Resource(run, "broken", null));
          open.adopt();
          Runnable exit =
              () -> {
                if (open.exits == 0) {
                  SeededScheduler.pause();
                  open.exits++;
                }
              };
          run.sometime("one", exit);
          run.sometime("other", exit);
        };

    AssertionError failure = catchThrowableOfType(AssertionError.class, () -> Seeds.play(broken));

    assertThat(failure).hasMessageContaining("L1: exits of broken");
    long seed = Long.parseLong(failure.getMessage().replaceAll("(?s)seed (\\d+).*", "$1"));
    assertThat(catchThrowableOfType(AssertionError.class, () -> Seeds.play(seed, broken)))
        .hasMessage(failure.getMessage());
  }
}
