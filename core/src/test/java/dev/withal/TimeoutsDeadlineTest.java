package dev.withal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.withal.testkit.Journal;
import dev.withal.testkit.LeakCheck;
import dev.withal.testkit.VirtualTime;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** An exit is told by when it is to be done. */
@ExtendWith(LeakCheck.class)
class TimeoutsDeadlineTest {
  private static final Duration LIMIT = Duration.ofMillis(20);
  private static final Duration STACK_LIMIT = Duration.ofMillis(200);

  private final Journal journal = new Journal();

  @OnEveryCarrier
  void deadline_nothingBoundsTheExit_isNever(Carrier carrier, VirtualTime time) throws Exception {
    carrier.use(time, telling(carrier, "a"), value -> value);

    assertThat(journal.events()).containsExactly("a by " + ExitCase.UNBOUNDED);
  }

  @OnEveryCarrier
  void deadline_exitTimeout_countsFromTheBeginOfTheExit(Carrier carrier, VirtualTime time)
      throws Exception {
    carrier.use(
        time,
        telling(carrier, "a").exitTimeout(LIMIT),
        value -> {
          journal.add("body ended at " + now(time));
          return value;
        });

    assertThat(journal.events())
        .containsExactly(
            "body ended at " + now(time).minus(exitStep(carrier)),
            "a by " + now(time).minus(exitStep(carrier)).plus(LIMIT));
  }

  @OnEveryCarrier
  void deadline_exitTimeoutSetAgain_isTheLastOne(Carrier carrier, VirtualTime time)
      throws Exception {
    carrier.use(
        time,
        telling(carrier, "a").exitTimeout(Duration.ofMillis(1)).exitTimeout(LIMIT),
        value -> value);

    assertThat(journal.events())
        .containsExactly("a by " + now(time).minus(exitStep(carrier)).plus(LIMIT));
  }

  @OnEveryCarrier
  void deadline_earlierThanTheStacks_isTold(Carrier carrier, VirtualTime time) throws Exception {
    stackOf(carrier, time, telling(carrier, "a").exitTimeout(LIMIT));

    assertThat(journal.events())
        .containsExactly("a by " + now(time).minus(exitStep(carrier)).plus(LIMIT));
  }

  @OnEveryCarrier
  void deadline_laterThanTheStacks_isTheStacks(Carrier carrier, VirtualTime time) throws Exception {
    stackOf(carrier, time, telling(carrier, "a").exitTimeout(STACK_LIMIT.multipliedBy(2)));

    assertThat(journal.events())
        .containsExactly("a by " + now(time).minus(exitStep(carrier)).plus(STACK_LIMIT));
  }

  @OnEveryCarrier
  void deadline_ofAFailedBody_keepsItsError(Carrier carrier, VirtualTime time) {
    var error = new IOException("body");
    AsyncContextManager<String> manager =
        AsyncContextManager.of(
            () -> carrier.step(() -> "value"),
            (_, how) -> {
              journal.add(Probe.describe(how) + " " + how.deadline().isBefore(ExitCase.UNBOUNDED));
              return Verdict.PROPAGATE.now();
            });

    Throwable thrown =
        catchThrowable(
            () -> carrier.use(time, manager.exitTimeout(LIMIT), _ -> Probe.raise(error)));

    assertThat(thrown).isSameAs(error);
    assertThat(journal.events()).containsExactly("failed body true");
  }

  @OnEveryCarrier
  void deadline_ofAStack_isToldToEachOfItsExits(Carrier carrier, VirtualTime time)
      throws Exception {
    stackOf(carrier, time, telling(carrier, "a"), telling(carrier, "b"));

    Instant deadline = deadlineOfFirst();
    assertThat(journal.events()).containsExactly("b by " + deadline, "a by " + deadline);
    assertThat(deadline).isBefore(ExitCase.UNBOUNDED);
  }

  @OnEveryCarrier
  void deadline_ofAStack_isToldAfterASuppressedErrorToo(Carrier carrier, VirtualTime time)
      throws Exception {
    AsyncContextManager<String> failing =
        AsyncContextManager.closing(
            () -> carrier.step(() -> "failing"),
            _ -> carrier.step(() -> Probe.raise(new IOException("exit"))));

    stackOf(
        carrier,
        time,
        telling(carrier, "a"),
        suppressing(carrier, "b"),
        failing,
        telling(carrier, "d"));

    Instant deadline = deadlineOfFirst();
    assertThat(journal.events())
        .containsExactly("d by " + deadline, "b by " + deadline, "a by " + deadline);
  }

  @OnEveryCarrier
  void deadline_ofOneExit_isNotToldToThoseBelow(Carrier carrier, VirtualTime time)
      throws Exception {
    AsyncContextManager<String> generator =
        AsyncContextManager.generator(yield -> yield.value("b"));
    AsyncContextManager<String> synchronous =
        ContextManager.of(() -> "c", (_, _) -> Verdict.PROPAGATE).async();
    List<AsyncContextManager<String>> above =
        List.of(
            generator.exitTimeout(LIMIT),
            synchronous.exitTimeout(LIMIT),
            telling(carrier, "d").map(value -> value).exitTimeout(LIMIT),
            telling(carrier, "e").suppressing(IOException.class).exitTimeout(LIMIT));

    for (AsyncContextManager<String> bounded : above) {
      carrier.use(
          time,
          AsyncExitStack.manager(),
          stack -> {
            enter(carrier, time, stack, telling(carrier, "a"));
            enter(carrier, time, stack, bounded);
            return "done";
          });
    }

    assertThat(journal.events())
        .filteredOn(event -> event.startsWith("a "))
        .hasSize(above.size())
        .containsOnly("a by " + ExitCase.UNBOUNDED);
  }

  @OnEveryCarrier
  void deadline_ofAGroup_isToldToEachOfItsMembers(Carrier carrier, VirtualTime time)
      throws Exception {
    AsyncContextManager<List<String>> all =
        AsyncContextManager.all(List.of(telling(carrier, "a"), telling(carrier, "b")));

    carrier.use(time, all.exitTimeout(LIMIT), values -> values);

    Instant deadline = deadlineOfFirst();
    assertThat(journal.events()).containsExactly("a by " + deadline, "b by " + deadline);
    assertThat(deadline).isBefore(ExitCase.UNBOUNDED);
  }

  @OnEveryCarrier
  void deadline_ofAGenerator_isToldToTheUsesAroundItsYield(Carrier carrier, VirtualTime time)
      throws Exception {
    ContextManager<String> synchronous =
        ContextManager.of(
            () -> "a",
            (_, how) -> {
              journal.add("a by " + how.deadline());
              return Verdict.PROPAGATE;
            });
    AsyncContextManager<String> generator =
        AsyncContextManager.generator(
            yield -> synchronous.run(_ -> telling(carrier, "b").run(yield::value)));

    carrier.use(time, generator.exitTimeout(LIMIT), value -> value);

    Instant deadline = deadlineOfFirst();
    assertThat(journal.events()).containsExactly("b by " + deadline, "a by " + deadline);
    assertThat(deadline).isBefore(ExitCase.UNBOUNDED);
  }

  @Test
  void deadline_ofACancelledUse_keepsTheReason(VirtualTime time) {
    AsyncContextManager<String> manager =
        AsyncContextManager.of(
            () -> CompletableFuture.completedFuture("value"),
            (_, how) -> {
              journal.add(Probe.describe(how) + " by " + how.deadline());
              return Verdict.PROPAGATE.now();
            });
    var body = new CompletableFuture<String>();
    CompletableFuture<String> result =
        manager.exitTimeout(LIMIT).useAsync((_, cancellation) -> cancellation.cancelling(body));

    result.cancel(true);

    assertThat(journal.events())
        .containsExactly("cancelled CancellationException by " + now(time).plus(LIMIT));
  }

  private void stackOf(Carrier carrier, VirtualTime time, AsyncContextManager<?>... managers)
      throws Exception {
    carrier.use(
        time,
        AsyncExitStack.manager().exitTimeout(STACK_LIMIT),
        stack -> {
          for (AsyncContextManager<?> manager : managers) {
            enter(carrier, time, stack, manager);
          }
          return "done";
        });
  }

  private static void enter(
      Carrier carrier, VirtualTime time, AsyncExitStack stack, AsyncContextManager<?> manager)
      throws Exception {
    if (carrier.isDirect()) {
      stack.enter(manager);
    } else {
      time.await(stack.enterAsync(manager));
    }
  }

  private AsyncContextManager<String> telling(Carrier carrier, String name) {
    return exiting(carrier, name, Verdict.PROPAGATE);
  }

  private AsyncContextManager<String> suppressing(Carrier carrier, String name) {
    return exiting(carrier, name, Verdict.SUPPRESS);
  }

  private AsyncContextManager<String> exiting(Carrier carrier, String name, Verdict verdict) {
    return AsyncContextManager.of(
        () -> carrier.step(() -> name),
        (_, how) -> {
          journal.add(name + " by " + how.deadline());
          return carrier.step(() -> verdict);
        });
  }

  private Instant deadlineOfFirst() {
    String first = journal.events().getFirst();
    return Instant.parse(first.substring(first.indexOf("by ") + 3));
  }

  private static Instant now(VirtualTime time) {
    return Instant.EPOCH.plus(time.elapsed());
  }

  private static Duration exitStep(Carrier carrier) {
    return takesTime(carrier) ? Carrier.STEP : Duration.ZERO;
  }

  private static boolean takesTime(Carrier carrier) {
    return carrier != Carrier.SAME_THREAD && carrier != Carrier.STAGE_COMPLETE;
  }
}
