package dev.withal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.withal.testkit.Journal;
import dev.withal.testkit.LeakCheck;
import dev.withal.testkit.VirtualTime;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** L2, L8: a stack that closes while something enters on it. */
@ExtendWith(LeakCheck.class)
class ExitStackClosesMeanwhileTest {
  private static final Duration GRACE = Duration.ofSeconds(1);

  private final Journal journal = new Journal();
  private final ByHand outer = new ByHand(journal);
  private final ByHand inner = new ByHand(journal);
  private final AsyncExitStack stack = AsyncExitStack.open();
  private final List<Report> reports = new CopyOnWriteArrayList<>();

  @Test
  void enter_arrivesWithinTheGracePeriod_isExitedBeforeTheStackHasClosed(VirtualTime time) {
    CompletableFuture<String> value = stack.enterAsync(outer);
    CompletableFuture<Void> closed = close();

    time.advance(GRACE.dividedBy(2));
    outer.arrive();
    time.advance(GRACE);
    assertThat(closed).isNotDone();
    outer.exit.complete(Verdict.PROPAGATE);

    assertThat(value).isCompletedExceptionally();
    assertThat(closed).isCompletedWithValue(null);
    assertThat(journal.events()).containsExactly("enter", "exit succeeded");
  }

  @Test
  void enter_isAUseThatExits_isAwaitedPastTheGracePeriod(VirtualTime time) {
    outer.arrive();
    CompletableFuture<String> value = stack.enterAsync(outer.flatMap(_ -> inner));
    CompletableFuture<Void> closed = close();

    inner.arrive();
    time.advance(GRACE);
    assertThat(closed).isNotDone();
    inner.exit.complete(Verdict.PROPAGATE);
    assertThat(closed).isNotDone();
    outer.exit.complete(Verdict.PROPAGATE);

    assertThat(value).isCompletedExceptionally();
    assertThat(closed).isCompletedWithValue(null);
    assertThat(journal.events())
        .containsExactly(
            "enter",
            "enter",
            "exit cancelled IllegalStateException",
            "exit cancelled IllegalStateException");
  }

  @Test
  void enter_isAUseThatEndsAsItWasAsked_isNotReported(VirtualTime time) {
    outer.arrive();
    outer.exit.complete(Verdict.PROPAGATE);
    CompletableFuture<String> value = stack.enterAsync(outer.flatMap(_ -> inner));
    try (var _ = Report.listen(reports::add)) {
      close();
      time.advance(GRACE);
    }

    assertThat(value).isCompletedExceptionally();
    assertThat(reports).isEmpty();
    inner.arrive();
    inner.exit.complete(Verdict.PROPAGATE);
  }

  /** As by another thread, which finds the place on the stack but not yet the use to ask. */
  @Test
  void close_whileTheEnterBegins_asksItAllTheSame(VirtualTime time) {
    outer.arrive();
    inner.arrive();
    outer.exit.complete(Verdict.PROPAGATE);
    inner.exit.complete(Verdict.PROPAGATE);
    var closed = new CompletableFuture<CompletableFuture<Void>>();
    var wait = new CompletableFuture<Void>();
    AsyncContextManager<String> slow =
        outer
            .flatMap(_ -> AsyncContextManager.of(() -> wait, (_, _) -> Verdict.PROPAGATE.now()))
            .flatMap(_ -> inner);

    CompletableFuture<String> value =
        stack.enterAsync(() -> {
          closed.complete(close());
          return slow.enterAsync();
        });
    time.advance(GRACE);

    assertThat(closed.join()).isCompletedWithValue(null);
    assertThat(value).isCompletedExceptionally();
    assertThat(journal.events()).containsExactly("enter", "exit cancelled IllegalStateException");
  }

  /** The use of which the enter is made gives its body up while that still enters the next one. */
  @Test
  void enter_givenUpWhileItsThreadEntersTheNext_exitsThatOne(VirtualTime time) {
    inner.arrive();
    outer.exit.complete(Verdict.PROPAGATE);
    inner.exit.complete(Verdict.PROPAGATE);
    var busy = new CompletableFuture<Void>();
    AsyncContextManager<String> blocking =
        () -> {
          Await.shielded(busy);
          return inner.enterAsync();
        };
    CompletableFuture<String> value = stack.enterAsync(outer.flatMap(_ -> blocking));
    time.start(outer::arrive);
    time.settle();
    try (var _ = Report.listen(reports::add)) {
      close();
      time.advance(GRACE);
    }

    busy.complete(null);
    time.settle();

    assertThat(reports).extracting(Report::kind).containsExactly(Report.Kind.OVERLAP);
    assertThat(value).isCompletedExceptionally();
    assertThat(journal.events())
        .containsExactly(
            "enter",
            "exit cancelled IllegalStateException beside the body",
            "enter",
            "exit cancelled CancellationException");
  }

  private CompletableFuture<Void> close() {
    stack.succeeded();
    return stack.closeAsync();
  }
}
