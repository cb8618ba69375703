package dev.withal.insight;

import static org.assertj.core.api.Assertions.assertThat;

import dev.withal.AsyncContextManager;
import dev.withal.AsyncExitStack;
import dev.withal.ContextManager;
import dev.withal.Verdict;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What is held, as a tree. */
class TreeTest {
  private final Traced traced = new Traced();

  @AfterEach
  void close() {
    traced.close();
  }

  @Test
  void nothing_isHeld_isOneLine() {
    assertThat(traced.tree()).isEqualTo("0 contexts held");
  }

  @Test
  void usesInDirectStyle_areNestedWithTheirThread() throws Exception {
    Traced.manager("orders db")
        .run(_ -> {
          traced.pass(2500);
          Traced.manager("transaction")
              .run(_ -> {
                traced.pass(40);
                assertThat(traced.tree())
                    .isEqualTo(
                        """
                        2 contexts held
                        └─ orders db  in body since 2.5 s  at usesInDirectStyle_areNestedWithTheirThread(TreeTest)  on main
                           └─ transaction  in body since 40 ms  at usesInDirectStyle_areNestedWithTheirThread(TreeTest)  on main\
                        """);
              });
        });

    assertThat(traced.tree()).isEqualTo("0 contexts held");
  }

  @Test
  void usesInStageStyle_thatAreAlike_areOneLine() {
    var body = new CompletableFuture<String>();
    var all = new java.util.ArrayList<CompletableFuture<String>>();
    for (int i = 0; i < 1000; i++) {
      all.add(load(body));
    }
    traced.pass(1500);
    assertThat(traced.tree())
        .isEqualTo(
            """
            2000 contexts held
            └─ orders db ×1000  in body since 1.5 s  at load(TreeTest)
               └─ transaction ×1000  in body since 1.5 s  at load(TreeTest)\
            """);

    body.complete("done");
    assertThat(all).allMatch(CompletableFuture::isDone);
    assertThat(traced.tree()).isEqualTo("0 contexts held");
  }

  @Test
  void outerUse_endsAfterTheSnapshot_isLeftOut() {
    var outerBody = new CompletableFuture<String>();
    var innerBody = new CompletableFuture<String>();
    CompletableFuture<String> outer =
        Traced.manager("orders db")
            .useAsync(_ -> {
              Traced.manager("transaction").useAsync(_ -> innerBody);
              return outerBody;
            });
    var snapshot = Snapshot.take();
    outerBody.complete("done");
    assertThat(outer).isCompleted();

    assertThat(Tree.of(snapshot).text(10))
        .startsWith("1 context held\n└─ transaction  in body since 0 ms");
    innerBody.complete("done");
  }

  private static CompletableFuture<String> load(CompletableFuture<String> body) {
    return Traced.manager("orders db")
        .useAsync(_ -> Traced.manager("transaction").useAsync(_ -> body));
  }

  @Test
  void enter_isPending_isEnteringInEitherStyle() throws Exception {
    var entering = new CompletableFuture<String>();
    AsyncContextManager<String> mail =
        AsyncContextManager.<String>closing(
                () -> entering, _ -> CompletableFuture.completedFuture(null))
            .named("mail server");
    CompletableFuture<String> use = mail.useAsync(CompletableFuture::completedFuture);
    Thread direct =
        Thread.ofPlatform()
            .name("job-7")
            .start(() -> {
              try {
                mail.run(_ -> {});
              } catch (InterruptedException e) {
                throw new AssertionError(e);
              }
            });
    awaitHeld(2);

    assertThat(traced.tree().lines())
        .anyMatch(line ->
            line.endsWith(
                "─ mail server  entering since 0 ms  at"
                    + " enter_isPending_isEnteringInEitherStyle(TreeTest)  entered on "
                    + Thread.currentThread().getName()))
        .anyMatch(line ->
            line.endsWith(
                "─ mail server  entering since 0 ms  at"
                    + " enter_isPending_isEnteringInEitherStyle(TreeTest)  on job-7"));
    entering.complete("there");
    direct.join();
    assertThat(use.get(10, TimeUnit.SECONDS)).isEqualTo("there");
    assertThat(traced.contexts.getHeld()).isZero();
  }

  @Test
  void generatorsAndLocks_inDirectStyle_areSeen() throws Exception {
    AsyncContextManager<String> generator =
        AsyncContextManager.<String>generator(yield -> yield.value("value")).named("session");
    generator.run(_ ->
        ContextManager.lock(new ReentrantLock())
            .run(_ ->
                assertThat(traced.tree())
                    .isEqualTo(
                        """
                        2 contexts held
                        └─ session  in body since 0 ms  at generatorsAndLocks_inDirectStyle_areSeen(TreeTest)  on main
                           └─ lock  in body since 0 ms  at generatorsAndLocks_inDirectStyle_areSeen(TreeTest)  on main\
                        """)));

    assertThat(traced.contexts.getHeld()).isZero();
  }

  @Test
  void generator_exits_isExitingAndWhatItEntersHasAnUnknownParent() throws Exception {
    var seen = new StringBuilder();
    AsyncContextManager<String> generator =
        AsyncContextManager.<String>generator(
                yield -> {
                  yield.value("value");
                  Traced.manager("log").run(_ -> seen.append(traced.tree()));
                })
            .named("session");
    generator.run(_ -> {});

    assertThat(seen.toString().lines())
        .anyMatch(line -> line.contains("─ session  exiting since"))
        .anyMatch(line -> line.contains("─ log  in body") && line.endsWith("(parent unknown)"));
  }

  @Test
  void exit_isPending_isExiting() {
    var exit = new CompletableFuture<Verdict>();
    Traced.exiting("file", exit).useAsync(CompletableFuture::completedFuture);
    traced.pass(3000);

    assertThat(traced.tree()).contains("└─ file  exiting since 3.0 s");
    exit.complete(Verdict.PROPAGATE);
    assertThat(traced.contexts.getHeld()).isZero();
  }

  @Test
  void use_isAskedToEnd_saysWhy() {
    var body = new CompletableFuture<String>();
    CompletableFuture<String> use =
        Traced.manager("report").grace(java.time.Duration.ofDays(1)).useAsync(_ -> body);
    use.completeExceptionally(new java.util.concurrent.TimeoutException("timed out after PT2S"));

    assertThat(traced.tree()).contains("asked to end: timed out after PT2S");
    body.complete("after all");
    assertThat(use).isCompletedExceptionally();
  }

  @Test
  void use_begunInACallbackOfAnother_hasAnUnknownParent() {
    var first = new CompletableFuture<String>();
    var second = new CompletableFuture<String>();
    CompletableFuture<String> outer =
        Traced.manager("outer")
            .useAsync(_ ->
                Traced.manager("first")
                    .useAsync(_ -> first)
                    .thenCompose(_ -> Traced.manager("second").useAsync(_ -> second)));
    first.complete("one");

    assertThat(traced.tree().lines())
        .anyMatch(line -> line.contains("─ outer  in body"))
        .anyMatch(line -> line.contains("─ second  in body") && line.endsWith("(parent unknown)"));
    second.complete("two");
    assertThat(outer).isCompletedWithValue("two");
  }

  @Test
  void use_begunBeforeAndReturnedAsItIs_isNested() {
    var body = new CompletableFuture<String>();
    CompletableFuture<String> inner = Traced.manager("inner").useAsync(_ -> body);
    Traced.manager("outer").useAsync(_ -> inner);

    assertThat(traced.tree()).contains("   └─ inner  in body");
    body.complete("done");
  }

  @Test
  void uses_nestedInTheirLike_areOneLine() throws Exception {
    nest(500, () -> assertThat(traced.contexts.tree(2)).contains("level ×500 inside each other"));
  }

  private static void nest(int levels, Runnable innermost) throws InterruptedException {
    if (levels == 0) {
      innermost.run();
    } else {
      Traced.manager("level").run(_ -> nest(levels - 1, innermost));
    }
  }

  @Test
  void entersOnAStack_haveTheLineOfTheirCall() throws Exception {
    try (AsyncExitStack stack = AsyncExitStack.open()) {
      stack.enter(Traced.manager("first"));
      stack.enterAsync(Traced.manager("second")).join();
      stack.defer(() -> {});
      stack.succeeded();

      assertThat(traced.tree().lines().skip(1))
          .hasSize(3)
          .allMatch(line -> line.contains("at entersOnAStack_haveTheLineOfTheirCall(TreeTest)"));
    }
    assertThat(traced.contexts.getHeld()).isZero();
  }

  @Test
  void membersOfAGroup_areNestedInIt() throws Exception {
    AsyncContextManager.all(java.util.List.of(Traced.manager("a"), Traced.manager("b")))
        .named("both")
        .run(_ ->
            assertThat(traced.tree().lines())
                .anyMatch(line -> line.startsWith("└─ both  in body"))
                .anyMatch(line -> line.contains("   ├─ a  in body"))
                .anyMatch(line -> line.contains("   └─ b  in body")));
  }

  @Test
  void lines_areTooMany_areCounted() {
    for (int i = 0; i < 10; i++) {
      Traced.manager("name " + i).useAsync(_ -> new CompletableFuture<String>());
    }

    assertThat(traced.contexts.tree(4).lines())
        .hasSize(6)
        .last()
        .isEqualTo("… and 6 more in lines that are left out");
  }

  private void awaitHeld(int number) {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
    while (traced.contexts.getHeld() < number) {
      assertThat(System.nanoTime()).as("nobody entered").isLessThan(end);
      Thread.onSpinWait();
    }
  }
}
