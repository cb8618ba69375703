package dev.withal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.withal.testkit.Journal;
import dev.withal.testkit.LeakCheck;
import dev.withal.testkit.VirtualTime;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** What would have to be exited still, were the process told to end now. */
@ExtendWith(LeakCheck.class)
class OwedTest {

  @OnEveryCarrier
  void owed_ofAUse_isItsContextUntilItIsExited(Carrier carrier, VirtualTime time, Journal journal)
      throws Exception {
    Async.run(() -> {
      carrier.use(
          time,
          new Probe(journal, carrier, "a"),
          value -> {
            journal.add("owed " + owed());
            return value;
          });
      journal.add("owed " + owed());
      return null;
    });

    assertThat(journal.events())
        .containsExactly(
            "enter a", "entered a", "owed [a]", "exit a succeeded", "exited a", "owed []");
  }

  @Test
  void owed_ofNestedUses_isTheLastEnteredFirst(Journal journal) throws Exception {
    var outer = new Probe(journal, Carrier.SAME_THREAD, "outer");
    var inner = new Probe(journal, Carrier.SAME_THREAD, "inner");

    String owed = Async.run(() -> outer.use(_ -> inner.use(_ -> owed().toString())));

    assertThat(owed).isEqualTo("[inner, outer]");
  }

  @Test
  void owed_ofEqualContexts_isBoth() throws Exception {
    AsyncContextManager<String> manager = () -> CompletableFuture.completedFuture(new Equal());

    String owed = Async.run(() -> manager.use(_ -> manager.use(_ -> owed().toString())));

    assertThat(owed).isEqualTo("[equal, equal]");
  }

  @Test
  void owed_ofATimeout_isNamed() throws Exception {
    String owed = Async.run(() -> Async.timeout(Duration.ofDays(1)).use(_ -> owed().toString()));

    assertThat(owed).isEqualTo("[timeout]");
  }

  @Test
  void owed_ofAStackOpenedByHand_isTheStackUntilItIsClosed() throws Exception {
    boolean owedStill =
        Async.run(() -> {
          AsyncExitStack stack = AsyncExitStack.open();
          assertThat(owed()).containsExactly(stack);
          stack.close();
          return owed().contains(stack);
        });

    assertThat(owedStill).isFalse();
  }

  @Test
  void owed_ofAStackThatCloses_isTheStackUntilItsExitsAreDone() throws Exception {
    var exit = new CompletableFuture<Void>();
    boolean owedStill =
        Async.run(() -> {
          AsyncExitStack stack = AsyncExitStack.open();
          stack.defer(() -> exit);
          CompletableFuture<Void> closed = stack.closeAsync();
          assertThat(owed()).containsExactly(stack);
          exit.complete(null);
          closed.join();
          return owed().contains(stack);
        });

    assertThat(owedStill).isFalse();
  }

  @Test
  void owed_afterTheRun_isForgotten() throws Exception {
    Async.run(AsyncExitStack::open);

    List<Object> owed = Async.run(OwedTest::owed);

    assertThat(owed).isEmpty();
  }

  @Test
  void owed_anotherRunEnds_isKept() throws Exception {
    Async.run(() -> {
      AsyncExitStack stack = AsyncExitStack.open();
      Async.run(() -> "another");
      assertThat(owed()).containsExactly(stack);
      stack.close();
      return null;
    });
  }

  @Test
  void owed_outsideARun_isNothing(Journal journal) throws Exception {
    String owed =
        new Probe(journal, Carrier.SAME_THREAD, "a").<String, Exception>use(_ -> owed().toString());

    assertThat(owed).isEqualTo("[]");
  }

  private static List<Object> owed() {
    return Owed.lastFirst().stream().<Object>map(Owed.Debt::context).toList();
  }

  private record Equal() implements AsyncContext<String> {
    @Override
    public String value() {
      return "value";
    }

    @Override
    public CompletionStage<Verdict> exitAsync(ExitCase how) {
      return Verdict.PROPAGATE.now();
    }

    @Override
    public String toString() {
      return "equal";
    }
  }
}
