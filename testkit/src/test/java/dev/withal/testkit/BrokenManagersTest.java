package dev.withal.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.withal.Async;
import dev.withal.AsyncContextManager;
import dev.withal.ExitCase;
import dev.withal.Verdict;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

/** Managers that break a law, each caught by that law. */
class BrokenManagersTest {
  private final AtomicInteger held = new AtomicInteger();

  /** Acquires, and counts. */
  private CompletionStage<String> acquire(Gate gate) {
    return gate.step("open")
        .thenApply(_ -> {
          held.incrementAndGet();
          return "value";
        });
  }

  private CompletionStage<Verdict> release(Gate gate) {
    return gate.step("close")
        .thenCompose(_ -> {
          held.decrementAndGet();
          return Verdict.PROPAGATE.now();
        });
  }

  private String brokenBy(Function<Gate, AsyncContextManager<String>> manager)
      throws InterruptedException {
    return catchThrowableOfType(
            AssertionError.class, () -> ManagerLaws.of(manager).holding(held::get).check())
        .getMessage();
  }

  @Test
  void leaksWhenCancelled_isCaughtByL1() throws InterruptedException {
    String broken =
        brokenBy(gate ->
            AsyncContextManager.of(
                () -> acquire(gate),
                (_, how) ->
                    how instanceof ExitCase.Cancelled ? Verdict.PROPAGATE.now() : release(gate)));

    assertThat(broken)
        .contains(
            """
            L1 exactly once: 1 are still held after everything has ended (in\
            """)
        .contains(
            """
                stage style
            """);
  }

  @Test
  void losesWhatArrivesLate_isCaughtByL8() throws InterruptedException {
    String broken =
        brokenBy(gate ->
            AsyncContextManager.of(
                () -> {
                  var arrival = new CompletableFuture<String>();
                  acquire(gate).thenAccept(arrival::complete);
                  Async.sleepAsync(Duration.ofSeconds(3))
                      .thenRun(() -> arrival.completeExceptionally(new TimeoutException()));
                  return arrival;
                },
                (_, _) -> release(gate)));
    assertThat(broken).contains("L8 late arrival: 1 are still held after everything has ended");
  }

  @Test
  void exitsTwice_isCaughtByL1() throws InterruptedException {
    String broken =
        brokenBy(gate ->
            AsyncContextManager.of(
                () -> acquire(gate), (_, _) -> release(gate).thenCompose(_ -> release(gate))));

    assertThat(broken).contains("L1 exactly once: 1 more were released than acquired");
  }

  @Test
  void answersBeforeItsExitIsDone_isCaughtByL2() throws InterruptedException {
    String broken =
        brokenBy(gate ->
            AsyncContextManager.of(
                () -> acquire(gate),
                (_, _) -> {
                  release(gate);
                  return Verdict.PROPAGATE.now();
                }));

    assertThat(broken).contains("L2 result after exit: the result was visible while 1 were held");
  }

  @Test
  void releasesWhileTheBodyRuns_isCaughtByL3() throws InterruptedException {
    String broken =
        brokenBy(gate ->
            AsyncContextManager.of(
                () ->
                    acquire(gate)
                        .whenComplete((_, error) -> {
                          if (error == null) {
                            release(gate);
                          }
                        }),
                (_, _) -> Verdict.PROPAGATE.now()));

    assertThat(broken)
        .contains("L3 no overlap: while the body ran, the number held fell from 1 to 0");
  }

  @Test
  void dropsTheErrorOfItsExit_isCaughtByL5() throws InterruptedException {
    String broken =
        brokenBy(gate ->
            AsyncContextManager.of(
                () -> acquire(gate),
                (_, _) -> release(gate).exceptionally(_ -> Verdict.PROPAGATE)));

    assertThat(broken).contains("L5 no error is lost: a failure of step \"close\" was lost");
  }

  @Test
  void swallowsTheBodysError_isCaughtByL6() throws InterruptedException {
    String broken =
        brokenBy(gate ->
            AsyncContextManager.of(
                () -> acquire(gate), (_, _) -> release(gate).thenApply(_ -> Verdict.SUPPRESS)));

    assertThat(broken).contains("L6 verdicts: the body failed and its error was swallowed");
  }

  @Test
  void report_ofOneLaw_tellsTheShortestWayToBreakIt() throws InterruptedException {
    String broken =
        brokenBy(gate ->
            AsyncContextManager.of(
                () -> acquire(gate),
                (_, _) -> release(gate).exceptionally(_ -> Verdict.PROPAGATE)));

    assertThat(broken.replaceAll("[0-9]+ trials", "N trials"))
        .isEqualTo(
            """
            the manager breaks a law in N trials
            L5 no error is lost: a failure of step "close" was lost; the result is the body's value \
            (in N trials); the shortest:
                stage style, every step complete already
                step "open" begins
                the body begins
                step "body" begins
                step "close" begins
                step "close" fails with a failure of step "close"
                the result shows: the body's value\
            """);
  }

  @Test
  void hangsInItsExit_isCaughtByL9() throws InterruptedException {
    String broken =
        brokenBy(gate ->
            AsyncContextManager.of(
                () -> acquire(gate),
                (_, how) ->
                    how instanceof ExitCase.Cancelled ? new CompletableFuture<>() : release(gate)));

    assertThat(broken).contains("L9 shielded exit: the exit never ends");
  }

  @Test
  void sharesOneContext_isCaughtByL1() throws InterruptedException {
    String broken =
        brokenBy(_ -> {
          var shared = AsyncContextManager.ofValue("value").enterAsync();
          return () -> shared;
        });

    assertThat(broken).contains("L1 exactly once");
  }

  @Test
  void keepsWhatAFailedStepLeft_isCaughtByL1AndL16() throws InterruptedException {
    String broken =
        brokenBy(gate ->
            AsyncContextManager.of(
                () -> acquire(gate).thenCompose(_ -> gate.step("log in")).thenApply(_ -> "value"),
                (_, _) -> release(gate)));

    assertThat(broken)
        .contains("L1 exactly once: 1 are still held after everything has ended")
        .contains("L16 fatal errors");
  }

  @Test
  void releasesAfterASuccessOnly_isCaughtByL8L11AndL12() throws InterruptedException {
    String broken =
        brokenBy(gate ->
            AsyncContextManager.of(
                () -> acquire(gate),
                (_, how) ->
                    how instanceof ExitCase.Succeeded ? release(gate) : Verdict.PROPAGATE.now()));

    assertThat(broken)
        .contains("L8 late arrival: 1 are still held after everything has ended")
        .contains("L11 late registration: 1 are still held after everything has ended")
        .contains("L12 transfer is atomic: 1 are still held after everything has ended");
  }

  @Test
  void swallowsAnInterruption_isCaughtByL7() throws InterruptedException {
    String broken =
        brokenBy(gate ->
            AsyncContextManager.of(
                () -> acquire(gate),
                (_, how) ->
                    release(gate)
                        .thenApply(verdict ->
                            how instanceof ExitCase.Cancelled ? Verdict.SUPPRESS : verdict)));

    assertThat(broken).contains("L7 requests: asked to INTERRUPT, the use ended with null");
  }

  @Test
  void overflowsWhenNested_isCaughtByL10() throws InterruptedException {
    String broken =
        brokenBy(gate ->
            AsyncContextManager.of(
                () -> {
                  if (held.get() > 50) {
                    throw new StackOverflowError();
                  }
                  return acquire(gate);
                },
                (_, _) -> release(gate)));

    assertThat(broken).contains("L10 any depth: the uses ended with java.lang.StackOverflowError");
  }
}
