package dev.withal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.withal.testkit.Journal;
import dev.withal.testkit.LeakCheck;
import dev.withal.testkit.VirtualTime;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

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
            "exit cancelled IllegalStateException");
  }

  @ParameterizedTest
  @EnumSource
  void enters_ofOthersNeverArrive_areAwaitedForOneGracePeriod(
      ExitStackClosesItselfTest.Close close, VirtualTime time) throws Exception {
    List<ByHand> managers = Stream.generate(() -> new ByHand(journal)).limit(3).toList();
    List<CompletableFuture<String>> values = managers.stream().map(stack::enterAsync).toList();
    stack.defer(() -> journal.add("above"));
    stack.succeeded();

    time.await(close.begin(time, stack));

    assertThat(time.elapsed()).isEqualTo(GRACE);
    assertThat(values).allMatch(CompletableFuture::isCompletedExceptionally);
    assertThat(journal.events()).containsExactly("enter", "enter", "enter", "above");
    managers.forEach(late -> late.exit.complete(Verdict.PROPAGATE));
    managers.forEach(ByHand::arrive);
    assertThat(journal.events().subList(4, 7)).containsOnly("exit cancelled IllegalStateException");
  }

  @ParameterizedTest
  @EnumSource
  void enters_ofGeneratorsThatTakeNoNotice_areAwaitedForOneGracePeriod(
      ExitStackClosesItselfTest.Close close, VirtualTime time) throws Exception {
    var go = new CompletableFuture<Void>();
    AsyncContextManager<String> stubborn =
        AsyncContextManager.generator(yield -> {
          Await.shielded(go);
          try {
            yield.value("value");
          } finally {
            journal.add("exit");
          }
        });
    List<CompletableFuture<String>> values =
        Stream.generate(() -> stack.enterAsync(stubborn)).limit(3).toList();
    time.settle();
    stack.succeeded();

    time.await(close.begin(time, stack));

    assertThat(time.elapsed()).isEqualTo(GRACE);
    assertThat(values).allMatch(CompletableFuture::isCompletedExceptionally);
    go.complete(null);
    time.settle();
    assertThat(journal.events()).containsExactly("exit", "exit", "exit");
  }

  @Test
  void enters_ofABodyThatIsCancelled_areAwaitedForOneGracePeriodFromTheRequest(VirtualTime time) {
    List<ByHand> managers = Stream.generate(() -> new ByHand(journal)).limit(3).toList();
    CompletableFuture<String> use =
        AsyncExitStack.manager()
            .useAsync((stack, asked) -> {
              managers.forEach(stack::enterAsync);
              var body = new CompletableFuture<String>();
              asked.onRequest(
                  _ -> Async.sleepAsync(GRACE.dividedBy(2)).thenRun(() -> body.complete("ended")));
              return body;
            });

    use.cancel(true);
    time.advance(GRACE.minusMillis(1));
    assertThat(use).isNotDone();
    time.advance(Duration.ofMillis(1));

    assertThat(use.isCancelled()).isTrue();
    managers.forEach(late -> late.exit.complete(Verdict.PROPAGATE));
    managers.forEach(ByHand::arrive);
    assertThat(journal.events().subList(3, 6)).containsOnly("exit cancelled CancellationException");
  }

  @Test
  void enters_withGracePeriodsOfTheirOwn_areEachAwaitedForTheirs(VirtualTime time) {
    stack.enterAsync(outer.grace(GRACE.multipliedBy(3)));
    stack.defer(() -> journal.add("between"));
    stack.enterAsync(inner);

    CompletableFuture<Void> closed = close();
    time.advance(GRACE);
    assertThat(journal.events()).containsExactly("enter", "enter", "between");
    time.advance(GRACE);
    assertThat(closed).isNotDone();
    time.advance(GRACE);

    assertThat(closed).isCompletedWithValue(null);
    inner.exit.complete(Verdict.PROPAGATE);
    inner.arrive();
    outer.exit.complete(Verdict.PROPAGATE);
    outer.arrive();
  }

  /** What is above it may wait for its value. */
  @Test
  void enter_belowExitsThatTakeLong_isAskedInItsTurn(VirtualTime time) {
    CompletableFuture<String> value = stack.enterAsync(outer);
    stack.deferAsync(() -> value.thenAccept(journal::add));
    CompletableFuture<Void> closed = close();
    time.advance(GRACE.multipliedBy(2));

    outer.arrive();
    outer.exit.complete(Verdict.PROPAGATE);

    assertThat(closed).isCompletedWithValue(null);
    assertThat(journal.events()).containsExactly("enter", "value", "exit succeeded");
  }

  @Test
  void enter_arrivesAfterAnotherWasGivenUp_isExitedInTheBackground(VirtualTime time) {
    stack.enterAsync(outer);
    stack.enterAsync(inner);
    CompletableFuture<Void> closed = close();
    time.advance(GRACE);
    assertThat(closed).isCompletedWithValue(null);

    outer.exit.complete(Verdict.PROPAGATE);
    outer.arrive();
    inner.exit.complete(Verdict.PROPAGATE);
    inner.arrive();

    assertThat(journal.events())
        .containsExactly(
            "enter",
            "enter",
            "exit cancelled IllegalStateException",
            "exit cancelled IllegalStateException");
  }

  private CompletableFuture<Void> close() {
    stack.succeeded();
    return stack.closeAsync();
  }
}
