package dev.withal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.withal.testkit.Journal;
import dev.withal.testkit.LeakCheck;
import dev.withal.testkit.VirtualTime;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * L3, L8 and L9 on every carrier: a use is asked to end, in direct style by interruption, in stage
 * style by cancelling its future.
 */
@ExtendWith(LeakCheck.class)
class AskedToEndTest {
  private static final Duration LONG = Duration.ofDays(1);

  @OnEveryCarrier
  void l3_askedWhileTheBodyRuns_exitsOnceItHasEnded(
      Carrier carrier, VirtualTime time, Journal journal) {
    var manager = new Probe(journal, carrier, "a");

    Throwable thrown = useAndAsk(carrier, time, manager, LONG, Duration.ofSeconds(1));

    String name = thrown.getClass().getSimpleName();
    assertThat(name)
        .isEqualTo(carrier.isDirect() ? "InterruptedException" : "CancellationException");
    assertThat(journal.events())
        .containsExactly("enter a", "entered a", "exit a cancelled " + name, "exited a");
  }

  @OnEveryCarrier
  void l8_askedDuringTheEnter_exitsWhatArrivesBeforeTheResult(
      Carrier carrier, VirtualTime time, Journal journal) {
    var manager = entering(journal, Duration.ofMillis(500));

    Throwable thrown = useAndAsk(carrier, time, manager, LONG, Duration.ofMillis(100));
    journal.add("result at " + time.elapsed());

    assertThat(journal.events())
        .containsExactly(
            "arrived at PT0.5S",
            "exit cancelled " + thrown.getClass().getSimpleName(),
            "result at PT0.5S");
  }

  @OnEveryCarrier
  void l8_askedDuringASlowEnter_exitsWhatArrivesAfterTheResult(
      Carrier carrier, VirtualTime time, Journal journal) {
    var manager = entering(journal, Duration.ofSeconds(5));

    Throwable thrown = useAndAsk(carrier, time, manager, LONG, Duration.ofMillis(100));
    journal.add("result at " + time.elapsed());
    time.advance(Duration.ofSeconds(5));

    assertThat(journal.events())
        .containsExactly(
            "result at PT1.1S",
            "arrived at PT5S",
            "exit cancelled " + thrown.getClass().getSimpleName());
  }

  @OnEveryCarrier
  void l9_askedDuringTheExit_endsItAsIfNobodyHad(
      Carrier carrier, VirtualTime time, Journal journal) {
    AsyncContextManager<String> manager =
        AsyncContextManager.of(
            () -> carrier.step(() -> "value"),
            (_, how) ->
                Async.sleepAsync(Duration.ofSeconds(2))
                    .thenApply(_ -> {
                      journal.add("exited " + Probe.describe(how));
                      return Verdict.PROPAGATE;
                    }));

    Throwable thrown = useAndAsk(carrier, time, manager, Duration.ZERO, Duration.ofSeconds(1));

    assertThat(thrown).isNull();
    assertThat(journal.events()).containsExactly("exited succeeded");
  }

  private static AsyncContextManager<String> entering(Journal journal, Duration duration) {
    return () ->
        Async.sleepAsync(duration)
            .thenApply(_ -> {
              journal.add("arrived at " + duration);
              return new AsyncContext<String>() {
                @Override
                public String value() {
                  return "value";
                }

                @Override
                public CompletionStage<Verdict> exitAsync(ExitCase how) {
                  journal.add("exit " + Probe.describe(how));
                  return Verdict.PROPAGATE.now();
                }
              };
            });
  }

  /** Uses a manager for some time, asks that use to end meanwhile, and returns what it threw. */
  private static Throwable useAndAsk(
      Carrier carrier,
      VirtualTime time,
      AsyncContextManager<String> manager,
      Duration body,
      Duration ask) {
    if (!carrier.isDirect()) {
      CompletableFuture<Void> use =
          manager.useAsync((_, cancellation) -> cancellation.cancelling(Async.sleepAsync(body)));
      later(time, ask, () -> use.cancel(true));
      return catchThrowable(() -> time.await(use));
    }
    if (carrier == Carrier.SAME_THREAD) {
      return useInterrupted(time, manager, body, ask);
    }
    var thrown = new CompletableFuture<Throwable>();
    Runnable task = () -> thrown.complete(useInterrupted(time, manager, body, ask));
    if (carrier == Carrier.VIRTUAL_THREAD) {
      time.start(task);
    } else {
      time.executor(work -> Thread.ofPlatform().name("asked").start(work)).execute(task);
    }
    try {
      return time.await(thrown);
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }

  private static Throwable useInterrupted(
      VirtualTime time, AsyncContextManager<String> manager, Duration body, Duration ask) {
    Thread own = Thread.currentThread();
    later(time, ask, () -> time.interrupt(own));
    Throwable thrown =
        catchThrowable(() ->
            manager.use(value -> {
              Async.sleep(body);
              return value;
            }));
    boolean flag = Thread.interrupted();
    assertThat(flag).as("the flag is set again after a shielded exit").isEqualTo(thrown == null);
    return thrown;
  }

  private static void later(VirtualTime time, Duration delay, Runnable action) {
    time.start(() -> {
      try {
        Async.sleep(delay);
      } catch (InterruptedException e) {
        throw new AssertionError(e);
      }
      action.run();
    });
  }

  @Test
  @SuppressWarnings("NullAway") // what it is about
  void cancelling_null_failsTheBodyAtOnce() {
    var manager = AsyncContextManager.ofValue("value");

    CompletableFuture<String> use =
        manager.useAsync(
            (_, cancellation) -> cancellation.<CompletableFuture<String>>cancelling(null));

    assertThat(use.exceptionNow()).isInstanceOf(NullPointerException.class).hasMessage("future");
  }
}
