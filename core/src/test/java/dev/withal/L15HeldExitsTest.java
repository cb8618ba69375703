package dev.withal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.withal.internal.Held;
import dev.withal.internal.Time;
import dev.withal.testkit.Journal;
import dev.withal.testkit.LeakCheck;
import dev.withal.testkit.VirtualTime;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.BiConsumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** L15: a clock or a stage that fails as an exit begins neither loses the exit nor keeps it. */
@ExtendWith(LeakCheck.class)
class L15HeldExitsTest {
  private final Journal journal = new Journal();
  private final List<Report> reports = new ArrayList<>();
  private final Report.Registration registration = Report.listen(reports::add);

  @AfterEach
  void endListening() {
    registration.close();
  }

  /** Runs code while the clock can set no timer. */
  private static void withoutTimers(Runnable code) {
    Time clock = Time.current();
    Time broken =
        (Time)
            Proxy.newProxyInstance(
                Time.class.getClassLoader(),
                new Class<?>[] {Time.class},
                (_, method, given) -> {
                  if (method.getName().equals("schedule") || method.getName().equals("watch")) {
                    throw new OutOfMemoryError("unable to create native thread");
                  }
                  return method.invoke(clock, given);
                });
    Time.replace(clock, broken);
    try {
      code.run();
    } finally {
      Time.replace(broken, clock);
    }
  }

  @Test
  void clock_failsAsAnExitBegins_exitIsAwaited() {
    var manager = new ByHand(journal);
    manager.arrive();
    var uses = new ArrayList<CompletableFuture<String>>();
    withoutTimers(() -> uses.add(manager.useAsync(CompletableFuture::completedFuture)));
    CompletableFuture<String> use = uses.getFirst();

    assertThat(use).isNotDone();
    manager.exit.complete(Verdict.PROPAGATE);

    assertThat(use).isCompletedWithValue("value");
    assertThat(reports).extracting(Report::kind).containsOnly(Report.Kind.FAILED_CALLBACK);
  }

  @Test
  void clock_failsToBoundAnExit_exitIsAwaited() {
    var manager = new ByHand(journal);
    manager.arrive();
    var uses = new ArrayList<CompletableFuture<String>>();
    withoutTimers(() ->
        uses.add(
            manager
                .exitTimeout(Duration.ofSeconds(1))
                .named("bounded")
                .useAsync(CompletableFuture::completedFuture)));
    CompletableFuture<String> use = uses.getFirst();

    assertThat(use).isNotDone();
    manager.exit.complete(Verdict.PROPAGATE);

    assertThat(use).isCompletedWithValue("value");
    assertThat(reports)
        .extracting(Report::message)
        .contains("the clock failed to bound the exit, which goes on without a bound");
  }

  /** As a mock: it fails as it is asked to call back. */
  private static final class Mute<T> extends CompletableFuture<T> {
    @Override
    public CompletableFuture<T> whenComplete(BiConsumer<? super T, ? super Throwable> action) {
      throw new IllegalStateException("mute");
    }

    /** A future of this class, whose methods fail as well. */
    @Override
    public <U> CompletableFuture<U> newIncompleteFuture() {
      return new Mute<>();
    }
  }

  @Test
  void exit_onAStackReturnsAStageThatFails_isRecordedNoMore(VirtualTime time) {
    AsyncExitStack stack = AsyncExitStack.open();
    stack.pushAsync(_ -> new Mute<>());

    Throwable thrown = catchThrowable(() -> stack.closeAsync().join());

    assertThat(thrown).hasRootCauseMessage("mute");
    assertThat(Held.entries()).isEmpty();
  }

  /** What a mock returns where a future is wanted. */
  private static final class ReturnsNull<T> extends CompletableFuture<T> {
    @Override
    public <U> CompletableFuture<U> newIncompleteFuture() {
      return null;
    }
  }

  @Test
  void lost_ofASynchronousContextReturnsNull_contextIsExited(VirtualTime time) {
    ContextManager<String> manager =
        () ->
            new Context<>() {
              @Override
              public String value() {
                return "value";
              }

              @Override
              public CompletionStage<?> lost() {
                return new ReturnsNull<>();
              }

              @Override
              public Verdict exit(ExitCase how) {
                journal.add("exit " + Probe.describe(how));
                return Verdict.PROPAGATE;
              }
            };
    CompletableFuture<String> use = manager.async().useAsync(CompletableFuture::completedFuture);
    time.settle();

    assertThat(use).isCompletedExceptionally();
    assertThat(journal.events()).hasSize(1);
  }
}
