package dev.withal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.withal.testkit.Journal;
import dev.withal.testkit.LeakCheck;
import dev.withal.testkit.VirtualTime;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** L11: what is given to a closing or closed stack is exited at once, and the call fails. */
@ExtendWith(LeakCheck.class)
class L11LateRegistrationTest {
  private static final String CLOSED =
      "this exit stack is closed: a stack is used once, so open a new one";

  private final Journal journal = new Journal();

  @OnEveryCarrier
  void enter_afterTheUse_isRefusedWithoutEntering(Carrier carrier, VirtualTime time)
      throws Exception {
    AsyncExitStack stack =
        carrier.<AsyncExitStack, AsyncExitStack>use(
            time,
            AsyncExitStack.manager(),
            own -> {
              own.deferAsync(() -> carrier.step(() -> "deferred"));
              return own;
            });

    Throwable thrown =
        catchThrowable(() -> {
          if (carrier.isDirect()) {
            stack.enter(new Probe(journal, carrier, "a"));
          } else {
            time.await(stack.enterAsync(new Probe(journal, carrier, "a")));
          }
        });

    assertThat(thrown).isExactlyInstanceOf(IllegalStateException.class).hasMessage(CLOSED);
    assertThat(journal.events()).isEmpty();
  }

  @Test
  void push_refusalGetsAnotherErrorMeanwhile_isNotReported() {
    var exit = new CompletableFuture<Verdict>();
    List<Report> reports = new ArrayList<>();
    AsyncExitStack stack = AsyncExitStack.open();
    stack.close();
    Throwable refusal = catchThrowable(() -> stack.pushAsync(_ -> exit));

    try (var _ = Report.listen(reports::add)) {
      refusal.addSuppressed(new IOException("of the caller's own"));
      exit.complete(Verdict.PROPAGATE);
    }

    assertThat(reports).isEmpty();
  }

  @Test
  void enter_stackIsClosed_isRefusedWithoutEntering() {
    AsyncExitStack stack = AsyncExitStack.open();
    stack.close();

    assertThatThrownBy(() -> stack.enter(new Probe(journal, Carrier.SAME_THREAD, "a")))
        .isExactlyInstanceOf(IllegalStateException.class)
        .hasMessage(CLOSED);
    assertThat(journal.events()).isEmpty();
  }

  @Test
  void enterAsync_stackIsClosed_failsWithoutEntering() {
    AsyncExitStack stack = AsyncExitStack.open();
    stack.close();

    CompletableFuture<String> value =
        stack.enterAsync(new Probe(journal, Carrier.STAGE_COMPLETE, "a"));

    assertThat(value.exceptionNow())
        .isExactlyInstanceOf(IllegalStateException.class)
        .hasMessage(CLOSED);
    assertThat(journal.events()).isEmpty();
  }

  @Test
  void enter_namedStackIsClosed_isRefusedByItsName() throws Exception {
    AsyncExitStack ended = AsyncExitStack.manager().named("orders").use(stack -> stack);

    assertThatThrownBy(() -> ended.enter(AsyncContextManager.ofValue("value")))
        .isExactlyInstanceOf(IllegalStateException.class)
        .hasMessage("the exit stack orders is closed: a stack is used once, so open a new one");
  }

  @Test
  void push_stackIsClosed_runsAtOnceAndIsRefused() {
    AsyncExitStack stack = AsyncExitStack.open();
    stack.close();

    Throwable thrown =
        catchThrowable(() ->
            stack.pushAsync(how -> {
              journal.add(Probe.describe(how));
              return Verdict.PROPAGATE.now();
            }));

    assertThat(thrown).isExactlyInstanceOf(IllegalStateException.class).hasMessage(CLOSED);
    assertThat(journal.events()).containsExactly("cancelled IllegalStateException");
  }

  @Test
  void adopt_stackIsClosed_releasesAtOnceAndIsRefused() {
    AsyncExitStack stack = AsyncExitStack.open();
    stack.close();

    assertThatThrownBy(() ->
            stack.adoptAsync(
                "value",
                value -> {
                  journal.add("release " + value);
                  return CompletableFuture.completedFuture(null);
                }))
        .hasMessage(CLOSED);
    assertThat(journal.events()).containsExactly("release value");
  }

  @Test
  void defer_byAnExitOfTheStack_runsAtOnceAndIsRefused() {
    AsyncExitStack stack = AsyncExitStack.open();
    stack.deferAsync(() -> {
      Throwable thrown = catchThrowable(() -> stack.deferAsync(() -> note("late")));
      return note(thrown.getMessage());
    });

    stack.close();

    assertThat(journal.events()).containsExactly("late", CLOSED);
  }

  @Test
  void enterAsync_stackClosesMeanwhile_exitsWhatArrivesAndFails(VirtualTime time) {
    var slow = new ByHand(journal);
    AsyncExitStack stack = AsyncExitStack.open();
    CompletableFuture<String> value = stack.enterAsync(slow);

    CompletableFuture<Void> closed = stack.closeAsync();
    assertThat(closed).isNotDone();
    assertThat(value.exceptionNow())
        .isExactlyInstanceOf(IllegalStateException.class)
        .hasMessage("the exit stack was closed before this enter was done");
    slow.arrive();
    assertThat(closed).isNotDone();
    slow.exit.complete(Verdict.PROPAGATE);

    assertThat(closed).isCompleted();
    assertThat(journal.events())
        .containsExactly("enter", "exit failed closed without a word that the work succeeded");
    assertThat(time.pendingTimers()).isZero();
  }

  @Test
  void enterAsync_neverArrives_delaysTheCloseByTheGracePeriod(VirtualTime time) {
    var slow = new ByHand(journal);
    AsyncExitStack stack = AsyncExitStack.open();
    CompletableFuture<String> value = stack.enterAsync(slow);

    CompletableFuture<Void> closed = stack.closeAsync();
    time.advance(Duration.ofMillis(999));
    assertThat(closed).isNotDone();
    time.advance(Duration.ofMillis(1));

    assertThat(closed).isCompleted();
    assertThat(value).isCompletedExceptionally();
    slow.arrive();
    slow.exit.complete(Verdict.PROPAGATE);
    assertThat(journal.events()).hasSize(2);
  }

  @Test
  void enter_stackClosesMeanwhile_exitsWhatArrivesBeforeItFails(VirtualTime time) throws Exception {
    var slow = new ByHand(journal);
    AsyncExitStack stack = AsyncExitStack.open();
    var thrown = new CompletableFuture<Throwable>();
    time.start(() -> thrown.complete(catchThrowable(() -> stack.enter(slow))));
    time.settle();

    stack.close();
    slow.arrive();
    time.settle();
    assertThat(thrown).isNotDone();
    slow.exit.completeExceptionally(new IOException("exit"));

    Throwable error = time.await(thrown);
    assertThat(error).isExactlyInstanceOf(IllegalStateException.class).hasMessage(CLOSED);
    assertThat(error.getSuppressed()).hasSize(1);
    assertThat(journal.events()).containsExactly("enter", "exit failed " + CLOSED);
  }

  @Test
  void enter_stackClosesMeanwhileAndTheExitSuppresses_failsAllTheSame(VirtualTime time)
      throws Exception {
    Throwable error = enterWhileTheStackCloses(time, Verdict.SUPPRESS);

    assertThat(error).isExactlyInstanceOf(IllegalStateException.class).hasMessage(CLOSED);
  }

  @Test
  void enter_stackClosesMeanwhileAndTheExitReplaces_failsWithThat(VirtualTime time)
      throws Exception {
    var replacement = new IOException("replacement");

    Throwable error = enterWhileTheStackCloses(time, Verdict.replaceWith(replacement));

    assertThat(error).isSameAs(replacement);
    assertThat(error.getSuppressed())
        .singleElement()
        .satisfies(replaced -> assertThat(replaced).hasMessage(CLOSED));
  }

  @Test
  void concurrentCloses_shareOneResult() {
    var hand = new ByHand(journal);
    hand.arrive();
    AsyncExitStack stack = AsyncExitStack.open();
    stack.enterAsync(hand);
    var error = new IOException("exit");

    CompletableFuture<Void> first = stack.closeAsync();
    CompletableFuture<Void> second = stack.closeAsync();
    assertThat(first).isNotDone();
    assertThat(second).isNotDone();
    stack.succeeded();
    hand.exit.complete(Verdict.replaceWith(error));

    assertThat(first.exceptionNow()).isSameAs(error);
    assertThat(second.exceptionNow()).isSameAs(error);
    assertThat(journal.events()).hasSize(2);
  }

  /** {@return what the enter throws whose context answers so} */
  private Throwable enterWhileTheStackCloses(VirtualTime time, Verdict answer) throws Exception {
    var slow = new ByHand(journal);
    AsyncExitStack stack = AsyncExitStack.open();
    var thrown = new CompletableFuture<Throwable>();
    time.start(() -> thrown.complete(catchThrowable(() -> stack.enter(slow))));
    time.settle();
    stack.close();
    slow.exit.complete(answer);
    slow.arrive();
    return time.await(thrown);
  }

  private CompletableFuture<Void> note(String event) {
    journal.add(event);
    return CompletableFuture.completedFuture(null);
  }
}
