package dev.withal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.withal.testkit.Journal;
import dev.withal.testkit.LeakCheck;
import dev.withal.testkit.VirtualTime;
import java.time.Duration;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Timeouts in code that handles another end: a cleanup, an interruption. */
@ExtendWith(LeakCheck.class)
class TimeoutsCleanupTest {
  private static final Duration LIMIT = Duration.ofMillis(20);
  private static final Duration LONG = Duration.ofSeconds(10);

  private final Journal journal = new Journal();

  @Test
  void timeout_inACleanupAfterAnother_boundsTheCleanup(VirtualTime time) {
    Throwable thrown =
        catchThrowable(() ->
            Async.timeout(LIMIT)
                .<String, Exception>use(_ -> {
                  try {
                    Async.sleep(LONG);
                    return "result";
                  } finally {
                    Throwable inner =
                        catchThrowable(() ->
                            Async.timeout(LIMIT)
                                .<String, Exception>use(_ -> {
                                  Async.sleep(LONG);
                                  return "cleaned up";
                                }));
                    journal.add("cleanup " + inner.getMessage());
                  }
                }));

    assertThat(thrown).isExactlyInstanceOf(TimeoutException.class).hasNoSuppressedExceptions();
    assertThat(journal.events()).containsExactly("cleanup timed out after PT0.02S");
    assertThat(time.elapsed()).isEqualTo(LIMIT.multipliedBy(2));
  }

  @Test
  void timeout_afterAnInterruptionThatWasHandled_works(VirtualTime time) {
    Thread user =
        time.start(() -> {
          Throwable interruption = catchThrowable(() -> Async.sleep(LONG));
          journal.add(interruption.getClass().getSimpleName());
          Throwable thrown =
              catchThrowable(() ->
                  Async.timeout(LIMIT)
                      .<String, Exception>use(_ -> {
                        Async.sleep(LONG);
                        return "cleaned up";
                      }));
          journal.add(thrown.getClass().getSimpleName());
        });
    time.settle();

    time.interrupt(user);
    time.advance(LIMIT);

    assertThat(journal.events()).containsExactly("InterruptedException", "TimeoutException");
  }

  @Test
  void timeout_threadIsInterruptedAgainInside_isInterrupted(VirtualTime time) {
    Thread user =
        time.start(() -> {
          Throwable first = catchThrowable(() -> Async.sleep(LONG));
          journal.add(first.getClass().getSimpleName());
          Throwable second =
              catchThrowable(() ->
                  Async.timeout(LONG)
                      .<String, Exception>use(_ -> {
                        Async.sleep(LONG);
                        return "cleaned up";
                      }));
          journal.add(second.getClass().getSimpleName());
        });
    time.settle();
    time.interrupt(user);
    time.settle();

    time.interrupt(user);
    time.settle();

    assertThat(journal.events()).containsExactly("InterruptedException", "InterruptedException");
  }
}
