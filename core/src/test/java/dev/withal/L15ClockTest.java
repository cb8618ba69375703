package dev.withal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.withal.internal.Time;
import dev.withal.testkit.Journal;
import dev.withal.testkit.LeakCheck;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** L15: a clock that can set no timer loses neither an enter nor an exit. */
@ExtendWith(LeakCheck.class)
class L15ClockTest {
  private final Journal journal = new Journal();
  private final List<Report> reports = new ArrayList<>();
  private final Report.Registration registration = Report.listen(reports::add);
  private final Throwable stopped = new OutOfMemoryError("unable to create native thread");
  private final ByHand manager = new ByHand(journal);

  @BeforeEach
  void letExit() {
    manager.exit.complete(Verdict.PROPAGATE);
  }

  @AfterEach
  void endListening() {
    registration.close();
  }

  /** Calls code while the clock can set no timer. */
  private <R> R withoutTimers(Supplier<R> code) {
    Time clock = Time.current();
    Time broken =
        (Time)
            Proxy.newProxyInstance(
                Time.class.getClassLoader(),
                new Class<?>[] {Time.class},
                (_, method, given) -> {
                  if (method.getName().equals("schedule") || method.getName().equals("watch")) {
                    throw stopped;
                  }
                  return method.invoke(clock, given);
                });
    Time.replace(clock, broken);
    try {
      return code.get();
    } finally {
      Time.replace(broken, clock);
    }
  }

  @Test
  void clock_failsToBoundAnEnter_whatArrivesIsExited() {
    CompletableFuture<String> result =
        withoutTimers(() ->
            manager
                .enterTimeout(Duration.ofSeconds(1))
                .useAsync(CompletableFuture::completedFuture));

    assertThat(journal.events()).containsExactly("enter");
    manager.arrive();

    assertThat(journal.events()).containsExactly("enter", "exit cancelled OutOfMemoryError");
    assertThat(result.exceptionNow()).isSameAs(stopped);
  }

  @Test
  void clock_failsToBoundAnEnterInDirectStyle_whatArrivesIsExited() {
    Throwable thrown =
        withoutTimers(() ->
            catchThrowable(() -> manager.enterTimeout(Duration.ofSeconds(1)).use(value -> value)));

    assertThat(thrown).isSameAs(stopped);
    manager.arrive();

    assertThat(journal.events()).containsExactly("enter", "exit cancelled OutOfMemoryError");
  }

  @Test
  void clock_failsToBoundAnEnterOnAStack_whatArrivesIsExited() {
    AsyncExitStack stack = AsyncExitStack.open();
    CompletableFuture<String> entered = stack.enterAsync(manager);

    CompletableFuture<Void> closed = withoutTimers(stack::closeAsync);

    assertThat(closed).isCompleted();
    assertThat(entered).isCompletedExceptionally();
    manager.arrive();

    assertThat(journal.events()).containsExactly("enter", "exit cancelled IllegalStateException");
  }

  @Test
  void clock_failsAsAnExitBegins_exitIsAwaited() {
    var late = new ByHand(journal);
    late.arrive();
    CompletableFuture<String> use =
        withoutTimers(() -> late.useAsync(CompletableFuture::completedFuture));

    assertThat(use).isNotDone();
    late.exit.complete(Verdict.PROPAGATE);

    assertThat(use).isCompletedWithValue("value");
    assertThat(reports).extracting(Report::kind).containsOnly(Report.Kind.FAILED_CALLBACK);
  }

  @Test
  void clock_failsToBoundAnExit_exitIsAwaited() {
    var late = new ByHand(journal);
    late.arrive();
    CompletableFuture<String> use =
        withoutTimers(() ->
            late.exitTimeout(Duration.ofSeconds(1)).useAsync(CompletableFuture::completedFuture));

    assertThat(use).isNotDone();
    late.exit.complete(Verdict.PROPAGATE);

    assertThat(use).isCompletedWithValue("value");
    assertThat(reports)
        .extracting(Report::message)
        .contains("the clock failed to bound the exit, which goes on without a bound");
  }
}
