package dev.withal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.withal.internal.Held;
import dev.withal.testkit.LeakCheck;
import dev.withal.testkit.VirtualTime;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Which uses are asked to end when the process does. */
@ExtendWith(LeakCheck.class)
class HeldByRunTest extends EndsOfProcess {
  @Test
  void processEnds_aUseInStageStyleRuns_asksItToEndAndWaits() throws Exception {
    var body = new CompletableFuture<String>();
    var probe = new Probe(journal, Carrier.STAGE_COMPLETE, "a");
    Held.begin();
    try {
      CompletableFuture<String> use =
          probe.useAsync((_, cancellation) -> cancellation.cancelling(body));

      new Run<String>(new Shutdown(Duration.ofMinutes(1)), () -> "done").shutDown();

      assertThat(use).isCancelled();
    } finally {
      Held.end();
    }
    assertThat(journal.events())
        .containsExactly(
            "enter a", "entered a", "exit a cancelled CancellationException", "exited a");
  }

  @Test
  void processEnds_aBodyIsJustBeingCalled_asksItsUseToEndOnceItHasReturned() throws Exception {
    var called = new CompletableFuture<Void>();
    var goOn = new CompletableFuture<Void>();
    List<Report> reports = new CopyOnWriteArrayList<>();
    var use = new CompletableFuture<CompletableFuture<String>>();
    var probe = new Probe(journal, Carrier.STAGE_COMPLETE, "a");
    Held.begin();
    try (var time = VirtualTime.install();
        var _ = Report.listen(reports::add)) {
      Thread.startVirtualThread(() ->
          use.complete(
              probe
                  .grace(Duration.ZERO)
                  .useAsync(_ -> {
                    called.complete(null);
                    goOn.join();
                    return new CompletableFuture<String>();
                  })));
      called.join();
      var run = new Run<String>(new Shutdown(Duration.ofMinutes(1)), () -> "done");
      time.start(run::shutDown);
      time.settle();
      journal.add("the process ends");

      goOn.complete(null);
      CompletableFuture<String> ended = use.join();
      time.advance(Held.MISSED);

      assertThat(ended).isCancelled();
    } finally {
      Held.end();
    }
    assertThat(reports).extracting(Report::kind).containsExactly(Report.Kind.OVERLAP);
    assertThat(journal.events())
        .containsExactly(
            "enter a",
            "entered a",
            "the process ends",
            "exit a cancelled CancellationException beside the body",
            "exited a");
  }

  @Test
  void processEnds_mainLeavesAStackOpen_closesItOnceMainHasEnded() throws Exception {
    var ready = new CompletableFuture<Void>();
    var probe = new Probe(journal, Carrier.SAME_THREAD, "a");
    var shutdown = new Shutdown(Duration.ofMinutes(1));
    Held.begin();
    shutdown.begin();
    try {
      var run =
          new Run<String>(
              shutdown,
              () -> {
                AsyncExitStack.open().enter(probe);
                ready.complete(null);
                Async.sleep(Duration.ofDays(1));
                return "value";
              });
      ready.join();

      run.shutDown();
      journal.add("ended");
    } finally {
      shutdown.end();
      Held.end();
    }

    assertThat(journal.events())
        .containsExactly(
            "enter a", "entered a", "exit a cancelled CancellationException", "exited a", "ended");
  }
}
