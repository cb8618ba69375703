package dev.withal.insight;

import static org.assertj.core.api.Assertions.assertThat;

import dev.withal.Async;
import dev.withal.AsyncContext;
import dev.withal.AsyncContextManager;
import dev.withal.AsyncExitStack;
import dev.withal.ExitCase;
import dev.withal.Report;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What nobody is left to exit. */
class LeaksTest {
  private final Traced traced = new Traced();

  @AfterEach
  void close() {
    traced.close();
  }

  @Test
  void uses_nobodyCanEnd_areReportedOnceAndThoseThatPendAreNot() throws Exception {
    List<CompletableFuture<String>> pending = new ArrayList<>();
    for (int i = 0; i < 1000; i++) {
      forget();
      var body = new CompletableFuture<String>();
      pending.add(body);
      Traced.manager("pending").useAsync(_ -> body);
    }
    traced.collectUntil(() -> traced.contexts.getLeaked() == 1000);

    assertThat(traced.reported(Report.Kind.LEAK))
        .allMatch(text ->
            text.matches(
                "connection: (it|\\d+ of these) leaked: nobody is left who could exit (it|them);"
                    + " entered at forget\\(LeaksTest\\)"));
    assertThat(traced.contexts.getHeld()).isEqualTo(1000);
    pending.forEach(body -> body.complete("done"));
    assertThat(traced.contexts.getHeld()).isZero();
    traced.collect();
    assertThat(traced.contexts.getLeaked()).isEqualTo(1000);
  }

  private static void forget() {
    Traced.manager("connection").useAsync(_ -> new CompletableFuture<String>());
  }

  @Test
  void enter_nobodyCanEnd_isReported() throws Exception {
    forgetEntering();
    traced.collectUntil(() -> traced.contexts.getLeaked() == 1);

    assertThat(traced.reported(Report.Kind.LEAK))
        .containsExactly(
            "mail: it leaked: nobody is left who could exit it; entered at"
                + " forgetEntering(LeaksTest)");
  }

  @Test
  void leaks_areToldToWhoeverAsksLater() throws Exception {
    assertThat(traced.contexts.leaks(10)).isEmpty();
    for (int i = 0; i < 3; i++) {
      forget();
    }
    traced.collectUntil(() -> traced.contexts.getLeaked() == 3);
    forgetEntering();
    traced.collectUntil(() -> traced.contexts.getLeaked() == 4);

    assertThat(Traced.plain(traced.contexts.leaks(10)).replaceAll("\"found\":\"[^\"]+Z\"", "now"))
        .isEqualTo(
            """
            {"format":1,"manager":"mail","where":"forgetEntering(LeaksTest)","count":1,now}
            {"format":1,"manager":"connection","where":"forget(LeaksTest)","count":3,now}\
            """);
    assertThat(traced.contexts.leaks(1)).hasLineCount(1);
  }

  private static void forgetEntering() {
    AsyncContextManager.<String>closing(
            CompletableFuture::new, _ -> CompletableFuture.completedFuture(null))
        .named("mail")
        .useAsync(CompletableFuture::completedFuture);
  }

  @Test
  void stack_isDropped_itsContextsAreReported() throws Exception {
    forgetAStack();
    try (AsyncExitStack kept = AsyncExitStack.open()) {
      kept.enter(Traced.manager("kept"));
      kept.succeeded();
      traced.collectUntil(() -> traced.contexts.getLeaked() == 3);
      traced.collect();

      assertThat(traced.reported(Report.Kind.LEAK))
          .anyMatch(text -> text.startsWith("file: it leaked"))
          .noneMatch(text -> text.startsWith("kept"))
          .allMatch(text -> text.endsWith("entered at forgetAStack(LeaksTest)"));
      assertThat(traced.contexts.getHeld()).isEqualTo(1);
    }
  }

  private static void forgetAStack() throws InterruptedException {
    AsyncExitStack stack = AsyncExitStack.open();
    stack.enter(Traced.manager("file"));
    stack.enterAsync(Traced.manager("other file")).join();
    stack.defer(() -> {});
    stack.popAll();
  }

  @Test
  void contexts_enteredByHandAndDropped_areReportedOnceAndThoseThatAreKeptAreNot()
      throws Exception {
    List<AsyncContext<? extends String>> kept = new ArrayList<>();
    for (int i = 0; i < 1000; i++) {
      enterByHand("dropped");
      kept.add(enterByHand("kept"));
      enterByHand("exited").exitAsync(ExitCase.success());
    }
    traced.collectUntil(() -> traced.contexts.getLeaked() == 1000);

    assertThat(traced.reported(Report.Kind.LEAK))
        .allMatch(text -> text.startsWith("dropped: "))
        .allMatch(text -> text.endsWith("entered at enterByHand(LeaksTest)"));
    assertThat(traced.contexts.getHeld()).isEqualTo(1000);
    kept.forEach(context -> context.exitAsync(ExitCase.success()));
    assertThat(traced.contexts.getHeld()).isZero();
    traced.collect();
    assertThat(traced.contexts.getLeaked()).isEqualTo(1000);
  }

  private static AsyncContext<? extends String> enterByHand(String name) {
    return Traced.manager(name).enterAsync().toCompletableFuture().join();
  }

  @Test
  void context_enteredByHandUnderARun_isReportedAndNotHeldAnyMore() throws Exception {
    Async.run(() -> {
      enterByHand("dropped");
      traced.collectUntil(() -> traced.contexts.getLeaked() == 1);
      assertThat(traced.tree()).isEqualTo("0 contexts held");
    });

    assertThat(traced.reports).extracting(Report::kind).containsExactly(Report.Kind.LEAK);
  }

  @Test
  void generator_enteredByHandAndDropped_isReported() throws Exception {
    enterGenerator();
    traced.collectUntil(() -> traced.contexts.getLeaked() == 1);

    assertThat(traced.reported(Report.Kind.LEAK))
        .containsExactly(
            "generated: it leaked: nobody is left who could exit it; entered at"
                + " enterGenerator(LeaksTest)");
  }

  private static void enterGenerator() {
    AsyncContextManager.<String>generator(yield -> yield.value("value"))
        .named("generated")
        .enterAsync()
        .toCompletableFuture()
        .join();
  }

  @Test
  void group_enteredByHandAndDropped_itsMembersAreReported() throws Exception {
    enterGroup();
    traced.collectUntil(() -> traced.contexts.getLeaked() == 2);

    assertThat(traced.reported(Report.Kind.LEAK))
        .extracting(text -> text.replaceAll(":.*", ""))
        .containsExactlyInAnyOrder("one", "other");
  }

  private static void enterGroup() {
    AsyncContextManager.all(List.of(Traced.manager("one"), Traced.manager("other")))
        .enterAsync()
        .toCompletableFuture()
        .join();
  }

  @Test
  void manager_entersAnotherByHandInItsEnter_isOneContextThatIsExited() throws Exception {
    AsyncContextManager<String> inner = Traced.manager("inner");
    AsyncContextManager<String> outer =
        new AsyncContextManager<>() {
          @Override
          public CompletionStage<? extends AsyncContext<? extends String>> enterAsync() {
            return inner.enterAsync();
          }
        };
    var body = new CompletableFuture<String>();
    CompletableFuture<String> used = outer.named("outer").useAsync(_ -> body);
    // Received by the engine from a callback.
    var begun = new CompletableFuture<String>();
    AsyncContextManager<String> later = () -> begun.thenCompose(_ -> inner.enterAsync());
    CompletableFuture<String> usedLater = later.named("later").useAsync(_ -> body);
    begun.complete("begun");

    assertThat(traced.tree()).startsWith("2 contexts held").doesNotContain("inner");
    body.complete("done");
    assertThat(used).isCompletedWithValue("done");
    assertThat(usedLater).isCompletedWithValue("done");
    assertThat(traced.contexts.getHeld()).isZero();
  }

  @Test
  void use_mayLoseItsValue_isReportedAsOthersAre() throws Exception {
    var lost = new CompletableFuture<Void>();
    forgetLosing(lost);
    traced.collectUntil(() -> traced.contexts.getLeaked() == 1);

    assertThat(traced.reported(Report.Kind.LEAK)).hasSize(1);
    assertThat(lost).isNotDone();
  }

  private static void forgetLosing(CompletableFuture<Void> lost) {
    new Losing(lost, new AtomicInteger())
        .named("lease")
        .useAsync(_ -> new CompletableFuture<String>());
  }

  @Test
  void use_leakedAndLosesItsValueUnderARun_isExited() throws Exception {
    var exits = new AtomicInteger();
    var lost = new CompletableFuture<Void>();
    Async.run(() -> {
      new Losing(lost, exits).named("lease").useAsync(_ -> new CompletableFuture<String>());
      traced.collectUntil(() -> traced.contexts.getLeaked() == 1);
      assertThat(exits).hasValue(0);
      lost.completeExceptionally(new IllegalStateException("the lease is over"));

      assertThat(exits).hasValue(1);
    });
  }

  @Test
  void use_leakedUnderARun_isExitedAtItsEnd() throws Exception {
    var exits = new AtomicInteger();
    Async.run(
        Duration.ofSeconds(20),
        () -> {
          AsyncContextManager.<String>closing(
                  () -> CompletableFuture.completedFuture("value"),
                  _ -> {
                    exits.incrementAndGet();
                    return CompletableFuture.completedFuture(null);
                  })
              .named("connection")
              .useAsync(_ -> new CompletableFuture<String>());
          traced.collectUntil(() -> traced.contexts.getLeaked() == 1);
          assertThat(traced.tree()).contains("LEAKED");
        });

    assertThat(exits).hasValue(1);
    assertThat(traced.tree()).isEqualTo("0 contexts held");
  }
}
