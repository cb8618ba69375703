package dev.withal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.withal.testkit.Journal;
import dev.withal.testkit.LeakCheck;
import dev.withal.testkit.ManualExecutor;
import dev.withal.testkit.VirtualTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** L7: uses that wait for each other are refused by the last of them. */
@ExtendWith(LeakCheck.class)
class L7RingsTest {
  private final Journal journal = new Journal();
  private final List<Report> reports = new CopyOnWriteArrayList<>();
  private final List<CompletableFuture<Object>> uses = new CopyOnWriteArrayList<>();

  @Test
  void body_returnsTheFutureOfItsOwnUse_isRefused(VirtualTime time) {
    var gate = new CompletableFuture<Void>();
    uses.add(manager("a", gate).useAsync(_ -> uses.getFirst()));

    gate.complete(null);

    assertThat(uses.getFirst().exceptionNow())
        .isExactlyInstanceOf(IllegalStateException.class)
        .hasMessage("the use of a would never end, as it waits for its own end")
        .hasNoSuppressedExceptions();
    assertThat(journal.events())
        .containsExactly("exit a failed the use of a would never end, as it waits for its own end");
  }

  @Test
  void bodies_ofThreeReturnEachOthersFuture_endAllByTheLast(VirtualTime time) {
    List<CompletableFuture<Void>> gates = ring(3);
    try (var _ = Report.listen(reports::add)) {
      gates.forEach(gate -> gate.complete(null));
    }

    String refusal =
        "the use of c would never end: it waits for that of a, which waits for that of b,"
            + " which waits for it";
    assertThat(uses).allSatisfy(use -> assertThat(use.exceptionNow()).hasMessage(refusal));
    assertThat(journal.events())
        .containsExactly(
            "exit c failed " + refusal, "exit b failed " + refusal, "exit a failed " + refusal);
    assertThat(reports).isEmpty();
    assertThat(time.pendingTimers()).isZero();
  }

  @Test
  void ring_ofManyUses_namesSomeOfThem(VirtualTime time) {
    List<CompletableFuture<Void>> gates = ring(26);

    gates.forEach(gate -> gate.complete(null));

    assertThat(uses.getLast().exceptionNow())
        .hasMessage(
            "the use of z would never end: it waits for that of a, which waits for that of b,"
                + " which waits for that of c, which waits for that of d, which waits for that of"
                + " e, which waits for others, and these for it");
  }

  @Test
  void ring_oneWasAskedBefore_endsAsAsked(VirtualTime time) {
    List<CompletableFuture<Void>> gates = ring(2);
    gates.getFirst().complete(null);
    uses.getFirst().cancel(true);

    gates.getLast().complete(null);

    // The one that was asked passed that on to the other, which hadn't entered.
    assertThat(uses).allSatisfy(use -> assertThat(use).isCancelled());
    assertThat(journal.events())
        .containsExactly(
            "exit b cancelled CancellationException", "exit a cancelled CancellationException");
    assertThat(time.elapsed()).isZero();
  }

  @Test
  void ring_bodyHoldsACancellation_closesAllTheSame(VirtualTime time) {
    var gate = new CompletableFuture<Void>();
    uses.add(
        manager("a", gate)
            .useAsync((_, cancellation) -> {
              cancellation.onRequest(reason -> journal.add("asked " + reason.getMessage()));
              return uses.getFirst();
            }));

    gate.complete(null);

    assertThat(uses.getFirst().isCompletedExceptionally()).isTrue();
    assertThat(journal.events()).hasSize(1);
  }

  @Test
  void exit_returnsTheFutureOfItsOwnUse_isRefused(VirtualTime time) {
    var gate = new CompletableFuture<Void>();
    var results = new CopyOnWriteArrayList<CompletableFuture<Verdict>>();
    AsyncContextManager<String> manager =
        AsyncContextManager.of(() -> gate.thenApply(_ -> "value"), (_, _) -> results.getFirst());
    results.add(manager.named("a").useAsync(_ -> Verdict.PROPAGATE.now()));
    try (var _ = Report.listen(reports::add)) {
      gate.complete(null);
    }

    assertThat(results.getFirst().exceptionNow())
        .hasMessage("the use of a would never end, as it waits for its own end");
    assertThat(reports).isEmpty();
  }

  @Test
  void exitOnAStack_returnsTheFutureOfItsUse_isRefused(VirtualTime time) {
    var body = new CompletableFuture<Verdict>();
    var results = new CopyOnWriteArrayList<CompletableFuture<Verdict>>();
    results.add(
        AsyncExitStack.manager()
            .named("a")
            .useAsync(stack -> {
              stack.pushAsync(_ -> results.getFirst());
              return body;
            }));

    body.complete(Verdict.PROPAGATE);

    assertThat(results.getFirst().exceptionNow())
        .hasMessage("the use of a would never end, as it waits for its own end");
  }

  @Test
  void enterOnAStack_returnsTheFutureOfItsUse_endsAfterItsGracePeriodOnceAsked(VirtualTime time) {
    var begun = new CompletableFuture<Void>();
    var results = new CopyOnWriteArrayList<CompletableFuture<AsyncContext<String>>>();
    AsyncContextManager<String> itself =
        new AsyncContextManager<>() {
          @Override
          public CompletionStage<AsyncContext<String>> enterAsync() {
            return results.getFirst();
          }
        };
    results.add(
        AsyncExitStack.manager()
            .useAsync(stack ->
                begun
                    .thenCompose(_ -> stack.enterAsync(itself.grace(Duration.ofMillis(200))))
                    .thenApply(_ -> null)));
    begun.complete(null);

    results.getFirst().cancel(true);
    time.advance(Duration.ofMillis(200));

    assertThat(results.getFirst()).isCancelled();
  }

  @Test
  void enter_returnsTheFutureOfItsOwnUse_isRefused(VirtualTime time) {
    var wait = new CopyOnWriteArrayList<CompletableFuture<String>>();
    var begin = new ManualExecutor();
    AsyncContextManager<String> manager =
        AsyncContextManager.of(wait::getFirst, (_, _) -> Verdict.PROPAGATE.now());
    wait.add(manager.named("a").on(begin).useAsync(CompletableFuture::completedFuture));

    try (var _ = Report.listen(reports::add)) {
      begin.runAll();
    }

    assertThat(reports).isEmpty();
    assertThat(wait.getFirst().exceptionNow())
        .hasMessage("the use of a would never end, as it waits for its own end");
  }

  @Test
  void memberOfAGroup_entersByTheFutureOfItsUse_endsAfterTheGracePeriodOnceAsked(VirtualTime time) {
    var results = new CopyOnWriteArrayList<CompletableFuture<AsyncContext<Object>>>();
    var begin = new ManualExecutor();
    AsyncContextManager<Object> itself =
        new AsyncContextManager<>() {
          @Override
          public CompletionStage<AsyncContext<Object>> enterAsync() {
            return results.getFirst();
          }
        };
    AsyncContextManager<String> other = manager("a", CompletableFuture.completedFuture(null));
    results.add(
        AsyncContextManager.all(List.of(other, itself))
            .grace(Duration.ofMillis(200))
            .on(begin)
            .useAsync(_ -> new CompletableFuture<AsyncContext<Object>>()));
    begin.runAll();

    results.getFirst().cancel(true);
    time.advance(Duration.ofMillis(200));
    begin.runAll();

    assertThat(results.getFirst()).isCancelled();
    assertThat(journal.events()).containsExactly("exit a cancelled CancellationException");
  }

  @Test
  void futureOfSeveral_inARing_endsAfterTheGracePeriodOfWhoIsAsked(VirtualTime time) {
    var gate = new CompletableFuture<Void>();
    uses.add(
        manager("a", gate)
            .grace(Duration.ofMillis(200))
            .useAsync(_ -> CompletableFuture.allOf(uses.getFirst()).thenApply(_ -> null)));
    gate.complete(null);

    try (var _ = Report.listen(reports::add)) {
      uses.getFirst().cancel(true);
      time.advance(Duration.ofMillis(200));
    }

    assertThat(uses.getFirst().isCancelled()).isTrue();
    assertThat(reports).extracting(Report::kind).containsExactly(Report.Kind.OVERLAP);
    assertThat(journal.events())
        .containsExactly("exit a cancelled CancellationException beside the body");
  }

  @Test
  void chain_thatEndsSomewhere_isNoRing(VirtualTime time) {
    var gate = new CompletableFuture<Void>();
    var end = new CompletableFuture<Object>();
    CompletableFuture<Object> first = manager("a", gate).useAsync(_ -> end);
    CompletableFuture<Object> second = manager("b", gate).useAsync(_ -> first);
    CompletableFuture<Object> third = second.thenCombine(first, (one, _) -> one);
    gate.complete(null);

    end.complete("end");

    assertThat(third).isCompletedWithValue("end");
    assertThat(journal.events()).containsExactly("exit a succeeded", "exit b succeeded");
  }

  /** {@return what lets each of some uses enter, whose bodies return each other's future} */
  private List<CompletableFuture<Void>> ring(int length) {
    var gates = new ArrayList<CompletableFuture<Void>>();
    for (int i = 0; i < length; i++) {
      int next = (i + 1) % length;
      var gate = new CompletableFuture<Void>();
      gates.add(gate);
      uses.add(manager(String.valueOf((char) ('a' + i)), gate).useAsync(_ -> uses.get(next)));
    }
    return gates;
  }

  private AsyncContextManager<String> manager(String name, CompletableFuture<?> gate) {
    return AsyncContextManager.of(
            () -> gate.thenApply(_ -> name),
            (_, how) -> {
              journal.add("exit " + name + " " + Probe.describe(how));
              return Verdict.PROPAGATE.now();
            })
        .named(name);
  }
}
