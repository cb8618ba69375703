package dev.withal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.withal.internal.Held;
import dev.withal.testkit.Journal;
import dev.withal.testkit.LeakCheck;
import dev.withal.testkit.VirtualTime;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Exit stacks that are still open when main has ended. */
@ExtendWith(LeakCheck.class)
class RunLeavesStacksTest {
  private final Journal journal = new Journal();
  private final List<Report> reports = new CopyOnWriteArrayList<>();

  @BeforeEach
  void forgetWhatOtherTestsHold() {
    Held.entries().forEach(Held::remove);
  }

  @Test
  void stacks_thatMainLeavesOpen_areClosedBeforeTheRunReturns() throws Exception {
    Async.run(() -> {
      AsyncExitStack first = AsyncExitStack.open();
      first.enter(probe("a"));
      AsyncExitStack second = AsyncExitStack.open();
      second.defer(() -> journal.add("deferred"));
      second.enter(probe("b"));
      first.enter(probe("c").named("last"));
    });
    journal.add("returned");

    assertThat(journal.events())
        .containsExactly(
            "enter a",
            "entered a",
            "enter b",
            "entered b",
            "enter c",
            "entered c",
            "exit c cancelled CancellationException",
            "exited c",
            "exit a cancelled CancellationException",
            "exited a",
            "exit b cancelled CancellationException",
            "exited b",
            "deferred",
            "returned");
  }

  @Test
  void stack_thatWasFilledInStageStyle_isClosed(VirtualTime time) throws Exception {
    Async.run(() -> {
      AsyncExitStack stack = AsyncExitStack.open();
      Async.await(stack.enterAsync(new Probe(journal, Carrier.STAGE_LATER, "a")));
      Async.await(stack.enterAsync(new Probe(journal, Carrier.STAGE_LATER, "b")));
    });
    journal.add("returned after " + time.elapsed().toMillis() + " ms");

    assertThat(journal.events())
        .containsExactly(
            "enter a",
            "entered a",
            "enter b",
            "entered b",
            "exit b cancelled CancellationException",
            "exited b",
            "exit a cancelled CancellationException",
            "exited a",
            "returned after 40 ms");
  }

  @Test
  void stack_afterMainFailed_isClosed() {
    assertThatThrownBy(() ->
            Async.run(() -> {
              AsyncExitStack.open().enter(probe("a"));
              throw new IOException("main");
            }))
        .isInstanceOf(IOException.class);

    assertThat(journal.events())
        .containsExactly(
            "enter a", "entered a", "exit a cancelled CancellationException", "exited a");
  }

  @Test
  void stack_thatMainTookOver_isClosedAsItWasTold() throws Exception {
    Async.run(() ->
        AsyncExitStack.manager()
            .run(stack -> {
              stack.enter(probe("a"));
              stack.popAll().succeeded();
            }));

    assertThat(journal.events())
        .containsExactly("enter a", "entered a", "exit a succeeded", "exited a");
  }

  @Test
  void stack_thatAUseLeftToMainNeeds_isClosedAfterTheUse(VirtualTime time) throws Exception {
    Async.run(() -> {
      AsyncExitStack stack = AsyncExitStack.open();
      stack.enter(probe("a"));
      var _ =
          new Probe(journal, Carrier.STAGE_LATER, "use")
              .useAsync((_, cancellation) -> cancellation.cancelling(new CompletableFuture<>()));
      Async.sleep(Duration.ofSeconds(1));
    });

    assertThat(journal.events())
        .containsExactly(
            "enter a",
            "entered a",
            "enter use",
            "entered use",
            "exit use cancelled CancellationException",
            "exited use",
            "exit a cancelled CancellationException",
            "exited a");
    assertThat(time.elapsed()).isEqualTo(Duration.ofMillis(1010));
  }

  @Test
  void stack_thatMainReturns_isLeftToTheCaller() throws Exception {
    Optional<AsyncExitStack> stack;
    try (var _ = Report.listen(reports::add)) {
      stack =
          Async.call(() -> {
            AsyncExitStack open = AsyncExitStack.open();
            open.enter(probe("a"));
            return Optional.of(open);
          });
    }
    journal.add("returned");
    stack.orElseThrow().succeeded();
    stack.orElseThrow().close();

    assertThat(journal.events())
        .containsExactly("enter a", "entered a", "returned", "exit a succeeded", "exited a");
    assertThat(reports).isEmpty();
  }

  @Test
  void stack_thatWasOpenBeforeTheRun_isLeftToItsOpener() throws Exception {
    try (var _ = Report.listen(reports::add);
        AsyncExitStack stack = AsyncExitStack.open()) {
      Async.run(() -> stack.enter(probe("a")));
      journal.add("returned");
      stack.succeeded();
    }

    assertThat(journal.events())
        .containsExactly("enter a", "entered a", "returned", "exit a succeeded", "exited a");
    assertThat(reports).isEmpty();
  }

  @Test
  void stack_thatAnotherThreadOpened_isReportedByName() throws Exception {
    AsyncExitStack stack;
    try (var _ = Report.listen(reports::add)) {
      var opened = new CompletableFuture<AsyncExitStack>();
      Async.run(() -> {
        Thread other =
            Thread.ofPlatform()
                .start(() -> {
                  AsyncExitStack open = AsyncExitStack.open();
                  open.deferAsync(() -> CompletableFuture.completedFuture(null));
                  open.enterAsync(probe("a").named("db"));
                  opened.complete(open);
                });
        other.join();
      });
      stack = opened.join();
      journal.add("returned");
    }
    stack.succeeded();
    stack.close();

    assertThat(reports)
        .first()
        .isEqualTo(
            new Report(
                Report.Kind.ABANDONED_EXIT,
                "db",
                "Async.run returns although this is not exited: the exit stack that it is on was"
                    + " left open",
                null));
    assertThat(reports).hasSize(2);
    assertThat(journal.events())
        .containsExactly("enter a", "entered a", "returned", "exit a succeeded", "exited a");
  }

  @Test
  void stack_whoseExitHangs_isReportedAfterTheGracePeriod(VirtualTime time) throws Exception {
    var exit = new CompletableFuture<Verdict>();
    try (var _ = Report.listen(reports::add)) {
      Async.run(
          Duration.ofSeconds(3),
          () -> {
            AsyncExitStack stack = AsyncExitStack.open();
            stack.enter(probe("a"));
            stack.pushAsync(_ -> exit);
          });
    }
    journal.add("returned after " + time.elapsed());
    exit.complete(Verdict.PROPAGATE);
    time.settle();

    assertThat(reports)
        .extracting(Report::message)
        .containsExactly(
            "Async.run returns although this is not exited: it took more than PT3S",
            "Async.run returns although this is not exited: the exit stack that it is on was left"
                + " open");
    assertThat(journal.events())
        .containsExactly(
            "enter a",
            "entered a",
            "returned after PT3S",
            "exit a cancelled CancellationException",
            "exited a");
  }

  @Test
  void stack_whoseExitsFail_isReportedWithEachError() throws Exception {
    try (var _ = Report.listen(reports::add)) {
      Async.run(() -> {
        AsyncExitStack stack = AsyncExitStack.open();
        stack.enter(probe("a").failingToExit(new IOException("a")));
        stack.enter(probe("b").failingToExit(new IOException("b")));
      });
    }

    assertThat(reports)
        .extracting(report -> report.kind() + " " + report.error().getMessage())
        .containsExactly("LATE_FAILURE b", "LATE_FAILURE a");
  }

  private Probe probe(String name) {
    return new Probe(journal, Carrier.SAME_THREAD, name);
  }
}
