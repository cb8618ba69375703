package dev.withal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.withal.internal.Held;
import dev.withal.testkit.LeakCheck;
import dev.withal.testkit.VirtualTime;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * What Async.run does when the process ends, seen from inside; {@link RunProcessTest} has the ends
 * of processes.
 */
@ExtendWith(LeakCheck.class)
class RunEndOfProcessTest extends EndsOfProcess {
  @Test
  void processEnds_mainWaits_interruptsItAndWaitsForItsExits() throws Exception {
    var ready = new CompletableFuture<Void>();
    var probe = new Probe(journal, Carrier.SAME_THREAD, "a");
    Held.begin();
    try {
      var run =
          new Run<String>(
              new Shutdown(Duration.ofMinutes(1)),
              () ->
                  probe.use(value -> {
                    ready.complete(null);
                    Async.sleep(Duration.ofDays(1));
                    return value;
                  }));
      ready.join();

      run.shutDown();
      journal.add("ended");
    } finally {
      Held.end();
    }

    assertThat(journal.events())
        .containsExactly(
            "enter a", "entered a", "exit a cancelled InterruptedException", "exited a", "ended");
  }

  @Test
  void processEnds_mainHangs_isReportedWhereItHangs() throws Exception {
    List<Report> reports = new CopyOnWriteArrayList<>();
    var never = new CompletableFuture<String>();
    var hanging = new CompletableFuture<Void>();
    var main = new Run<String>(new Shutdown(Duration.ZERO), () -> hang(hanging, never));
    hanging.join();

    try (var _ = Report.listen(reports::add)) {
      main.shutDown();
    }
    never.complete("value");

    assertThat(reports)
        .singleElement()
        .satisfies(report -> {
          assertThat(report.context()).isEqualTo("main");
          assertThat(report.error()).hasMessage("main is here");
          assertThat(report.error().getStackTrace())
              .anyMatch(frame -> frame.getMethodName().equals("hang"));
        });
  }

  @Test
  void processEnds_itsHookIsInterrupted_isReported() {
    List<Report> reports = new CopyOnWriteArrayList<>();
    var never = new CompletableFuture<String>();
    var main = new Run<String>(new Shutdown(Duration.ofDays(1)), never::join);

    try (var _ = Report.listen(reports::add)) {
      Thread.currentThread().interrupt();
      main.shutDown();
    }
    never.complete("value");

    assertThat(reports)
        .singleElement()
        .satisfies(report -> {
          assertThat(report.kind()).isEqualTo(Report.Kind.ABANDONED_EXIT);
          assertThat(report.message()).isEqualTo("the process ends without waiting for exits");
        });
  }

  @Test
  void processEnds_anExitHangs_isReported() throws Exception {
    List<Report> reports = new CopyOnWriteArrayList<>();
    var hanging = new ByHand(journal);
    hanging.arrive();
    var exiting = new CompletableFuture<Void>();
    Held.begin();
    try (var _ = Report.listen(reports::add)) {
      var main =
          new Run<String>(
              new Shutdown(Duration.ZERO),
              () ->
                  AsyncContextManager.of(
                          () -> CompletableFuture.completedFuture("value"),
                          (_, _) -> {
                            exiting.complete(null);
                            return hanging.exit;
                          })
                      .use(value -> value));
      exiting.join();

      main.shutDown();
    } finally {
      hanging.exit.complete(Verdict.PROPAGATE);
      Held.end();
    }

    assertThat(reports)
        .hasSize(2)
        .allSatisfy(report -> {
          assertThat(report.kind()).isEqualTo(Report.Kind.ABANDONED_EXIT);
          assertThat(report.message())
              .isEqualTo("the process ends although this is not exited: it took more than PT0S");
        });
  }

  @Test
  void processEnds_anExitEndsWhileAnotherIsNamed_isNotReported() throws Exception {
    List<Report> reports = new CopyOnWriteArrayList<>();
    var ending = new ByHand(journal);
    ending.arrive();
    var exit = new CompletableFuture<Verdict>();
    Held.begin();
    try (var time = VirtualTime.install();
        var _ = Report.listen(reports::add)) {
      CompletableFuture<String> ended = ending.useAsync(CompletableFuture::completedFuture);
      new EndsAnother(ending.exit, exit).useAsync(CompletableFuture::completedFuture);
      var main = new Run<String>(new Shutdown(Duration.ZERO), () -> "done");
      time.settle();

      main.shutDown();

      assertThat(ended).isCompleted();
    } finally {
      exit.complete(Verdict.PROPAGATE);
      Held.end();
    }

    assertThat(reports).extracting(Report::context).containsExactly("named");
  }

  @Test
  void processEnds_aRequestBlocks_othersAreAskedAllTheSame() throws Exception {
    var asked = new CountDownLatch(2);
    AsyncBody.Cancellable<String, String> body =
        (_, cancellation) -> {
          var work = new CompletableFuture<String>();
          cancellation.onRequest(reason -> {
            asked.countDown();
            awaitUninterruptibly(asked);
            work.cancel(true);
          });
          return work;
        };
    Held.begin();
    try {
      var first = new Probe(journal, Carrier.STAGE_COMPLETE, "a").useAsync(body);
      var second = new Probe(journal, Carrier.STAGE_COMPLETE, "b").useAsync(body);

      end(new Shutdown(Duration.ofMinutes(1)));

      assertThat(first).isCancelled();
      assertThat(second).isCancelled();
    } finally {
      Held.end();
    }
  }

  @Test
  void processEnds_anExitBegins_isToldTheEndOfTheGracePeriod(VirtualTime time) throws Exception {
    var deadline = new CompletableFuture<Instant>();
    Held.begin();
    try {
      var _ =
          AsyncContextManager.of(
                  () -> CompletableFuture.completedFuture("a"),
                  (_, how) -> {
                    deadline.complete(how.deadline());
                    return Verdict.PROPAGATE.now();
                  })
              .useAsync((_, cancellation) -> cancellation.cancelling(new CompletableFuture<>()));

      end(new Shutdown(Duration.ofSeconds(7)));

      assertThat(deadline).isCompletedWithValue(Instant.EPOCH.plusSeconds(7));
    } finally {
      Held.end();
    }
  }

  @Test
  void processEnds_anExitUsesAManager_thatUseIsNotAsked() throws Exception {
    var flushed = new CompletableFuture<String>();
    var inner = new Probe(journal, Carrier.STAGE_COMPLETE, "inner");
    AsyncContextManager<String> outer =
        AsyncContextManager.of(
            () -> CompletableFuture.completedFuture("outer"),
            (_, _) ->
                inner
                    .useAsync((_, cancellation) -> cancellation.cancelling(flushed))
                    .thenApply(_ -> Verdict.PROPAGATE));
    Held.begin();
    try {
      CompletableFuture<String> use = outer.useAsync(CompletableFuture::completedFuture);
      var shutdown = new Shutdown(Duration.ofMinutes(1));
      Thread ending = Thread.ofPlatform().start(() -> end(shutdown));
      while (!shutdown.isTold()) {
        Thread.onSpinWait();
      }
      flushed.complete("flushed");
      ending.join();

      assertThat(use).isCompletedWithValue("outer");
      assertThat(journal.events())
          .containsExactly("enter inner", "entered inner", "exit inner succeeded", "exited inner");
    } finally {
      Held.end();
    }
  }

  private static void awaitUninterruptibly(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** The process ends while a main runs that has nothing to do. */
  private static void end(Shutdown shutdown) {
    try {
      new Run<String>(shutdown, () -> "done").shutDown();
    } finally {
      shutdown.end();
    }
  }

  private static String hang(CompletableFuture<Void> hanging, CompletableFuture<String> never) {
    hanging.complete(null);
    return never.join();
  }
}
