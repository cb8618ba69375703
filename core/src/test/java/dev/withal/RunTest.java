package dev.withal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.withal.internal.Held;
import dev.withal.testkit.Journal;
import dev.withal.testkit.LeakCheck;
import dev.withal.testkit.VirtualTime;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Async.run inside a process that goes on; {@link RunEndOfProcessTest} has one that ends. */
@ExtendWith(LeakCheck.class)
class RunTest {
  private final Journal journal = new Journal();

  @BeforeEach
  void forgetWhatOtherTestsHold() {
    Held.entries().forEach(Held::remove);
  }

  @Test
  void run_mainReturns_givesItsResult() throws Exception {
    String result =
        Async.call(() -> {
          journal.add("virtual: " + Thread.currentThread().isVirtual());
          return "result";
        });

    assertThat(result).isEqualTo("result");
    assertThat(journal.events()).containsExactly("virtual: true");
  }

  @Test
  void run_mainFails_throwsTheErrorAsItIs() {
    var error = new IOException("main");

    assertThatThrownBy(() ->
            Async.call(() -> {
              throw error;
            }))
        .isSameAs(error);
  }

  @Test
  void run_mainFails_errorTellsWhoCalled() {
    Throwable error = catchThrowable(() -> Async.call(RunTest::fail));

    assertThat(error.getStackTrace())
        .extracting(frame -> frame.getClassName() + "." + frame.getMethodName())
        .startsWith("dev.withal.RunTest.fail")
        .containsSubsequence(
            "java.lang.VirtualThread.run",
            "dev.withal.Run.call",
            "dev.withal.RunTest.run_mainFails_errorTellsWhoCalled");
  }

  private static Object fail() throws IOException {
    throw new IOException("main");
  }

  @Test
  void run_oneErrorIsThrownTwice_keepsItsTrace() {
    var error = new IOException("main");
    Work<Object, IOException> failing =
        () -> {
          throw error;
        };

    catchThrowable(() -> Async.call(failing));
    StackTraceElement[] trace = error.getStackTrace();
    catchThrowable(() -> Async.call(failing));

    assertThat(error.getStackTrace()).isEqualTo(trace);
  }

  @Test
  void run_mainUsesAManager_exitsBeforeItReturns(VirtualTime time) throws Exception {
    var probe = new Probe(journal, Carrier.VIRTUAL_THREAD, "a");

    String result = Async.call(() -> probe.use(value -> "of " + value));
    journal.add(result);

    assertThat(journal.events())
        .containsExactly("enter a", "entered a", "exit a succeeded", "exited a", "of a");
  }

  @Test
  void run_callerIsInterrupted_interruptsMainAndWaitsForItsExits(VirtualTime time)
      throws Exception {
    var probe = new Probe(journal, Carrier.VIRTUAL_THREAD, "a");
    var thrown = new CompletableFuture<Throwable>();
    Thread caller =
        time.start(() ->
            thrown.complete(
                catchThrowable(() ->
                    Async.call(() ->
                        probe.use(value -> {
                          Async.sleep(Duration.ofDays(1));
                          return value;
                        })))));
    time.advance(Duration.ofSeconds(1));

    time.interrupt(caller);

    assertThat(time.await(thrown)).isExactlyInstanceOf(InterruptedException.class);
    assertThat(journal.events())
        .containsExactly(
            "enter a", "entered a", "exit a cancelled InterruptedException", "exited a");
  }

  @Test
  void runs_inOneProcess_areIndependent(VirtualTime time) throws Exception {
    var first = new CompletableFuture<Throwable>();
    var second = new CompletableFuture<String>();
    Thread caller =
        time.start(() ->
            first.complete(
                catchThrowable(() ->
                    Async.call(() -> {
                      Async.sleep(Duration.ofDays(1));
                      return null;
                    }))));
    time.start(() -> {
      try {
        second.complete(
            Async.call(() -> {
              Async.sleep(Duration.ofHours(1));
              return "second";
            }));
      } catch (InterruptedException e) {
        second.completeExceptionally(e);
      }
    });
    time.advance(Duration.ofSeconds(1));

    time.interrupt(caller);

    assertThat(time.await(first)).isExactlyInstanceOf(InterruptedException.class);
    assertThat(second).isNotDone();
    assertThat(time.await(second)).isEqualTo("second");
  }

  @Test
  void run_mainLeavesAUse_endsItBeforeItReturns(VirtualTime time) throws Exception {
    var exit =
        AsyncContextManager.of(
            () -> CompletableFuture.completedFuture("a"),
            (_, how) ->
                Async.sleepAsync(Duration.ofSeconds(2))
                    .thenApply(_ -> {
                      journal.add("exited " + Probe.describe(how));
                      return Verdict.PROPAGATE;
                    }));

    String result =
        Async.call(() -> {
          var _ =
              exit.useAsync(
                  (_, cancellation) -> cancellation.cancelling(new CompletableFuture<>()));
          return "result";
        });
    journal.add(result);

    assertThat(journal.events())
        .containsExactly("exited cancelled CancellationException", "result");
    assertThat(time.elapsed()).isEqualTo(Duration.ofSeconds(2));
  }

  @Test
  void run_whatMainLeavesDoesNotEnd_isReportedAfterTheGracePeriod(VirtualTime time)
      throws Exception {
    List<Report> reports = new CopyOnWriteArrayList<>();
    var hanging = new ByHand(journal);
    hanging.arrive();

    try (var _ = Report.listen(reports::add)) {
      Async.call(
          Duration.ofSeconds(3),
          () -> hanging.named("db").useAsync(CompletableFuture::completedFuture).isDone());
    }
    hanging.exit.complete(Verdict.PROPAGATE);

    assertThat(time.elapsed()).isEqualTo(Duration.ofSeconds(3));
    assertThat(reports)
        .containsExactly(
            new Report(
                Report.Kind.ABANDONED_EXIT,
                "db",
                "Async.run returns although this is not exited: it took more than PT3S",
                null));
  }

  @Test
  void run_insideAnother_leavesTheUsesOfOtherThreadsAlone(VirtualTime time) throws Exception {
    var body = new CompletableFuture<String>();

    String result =
        Async.call(() -> {
          CompletableFuture<String> outer =
              new Probe(journal, Carrier.STAGE_COMPLETE, "a")
                  .useAsync((_, cancellation) -> cancellation.cancelling(body));
          Async.call(() -> "inner");
          body.complete("of the outer run");
          return outer.join();
        });

    assertThat(result).isEqualTo("of the outer run");
  }

  @Test
  void untilShutdown_outsideOfARun_isRefused() {
    assertThatThrownBy(() -> Async.untilShutdown(Duration.ofSeconds(1)))
        .isExactlyInstanceOf(IllegalStateException.class)
        .hasMessage(
            "untilShutdown was called outside of Async.run, which is what tells of a shutdown");
  }

  @Test
  void untilShutdown_leavesNoTimeForExits_isRefused() {
    assertThatThrownBy(() ->
            Async.call(
                Duration.ofSeconds(5),
                () -> {
                  Async.untilShutdown(Duration.ofSeconds(5));
                  return null;
                }))
        .isExactlyInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("a drain time of PT5S leaves no time for exits");
  }
}
