package dev.withal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.withal.testkit.LeakCheck;
import java.util.Random;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Work on a thread of its own is asked to end at any moment, on real threads. */
@ExtendWith(LeakCheck.class)
@Tag("slow")
class OwnThreadRacesTest {

  @Test
  void work_isAskedAtAnyMoment_exitBeginsAfterItAndSeesNoInterruption() {
    long seed = ThreadLocalRandom.current().nextLong();
    var random = new Random(seed);
    for (int i = 0; i < 2_000; i++) {
      var runs = new AtomicBoolean();
      var exit = new CompletableFuture<String>();
      int before = random.nextInt(200);
      int within = random.nextInt(200);
      CompletableFuture<String> use =
          AsyncContextManager.of(
                  () -> CompletableFuture.completedFuture("value"),
                  (_, _) -> {
                    exit.complete(
                        "runs " + runs + " interrupted " + Thread.currentThread().isInterrupted());
                    return Verdict.PROPAGATE.now();
                  })
              .useAsync(_ ->
                  Async.callAsync(() -> {
                    runs.set(true);
                    spin(within);
                    LockSupport.parkNanos(within);
                    runs.set(false);
                    return "result";
                  }));

      spin(before);
      boolean accepted = use.cancel(true);
      Throwable thrown = catchThrowable(() -> Async.await(use));

      assertThat(exit)
          .as("seed %d, run %d", seed, i)
          .isCompletedWithValue("runs false interrupted false");
      if (accepted) {
        assertThat(thrown).isInstanceOf(CancellationException.class);
      } else {
        assertThat(use).isCompletedWithValue("result");
      }
      assertThat(Thread.currentThread().isInterrupted()).isFalse();
    }
  }

  private static void spin(int steps) {
    for (int i = 0; i < steps; i++) {
      Thread.onSpinWait();
    }
  }
}
