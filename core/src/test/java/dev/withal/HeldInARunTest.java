package dev.withal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.withal.internal.Held;
import dev.withal.testkit.Journal;
import dev.withal.testkit.VirtualTime;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What the record holds while an Async.run is under way. */
class HeldInARunTest {
  private final Journal journal = new Journal();
  private final List<Held.Entry> before = Held.entries();
  private VirtualTime time;

  @BeforeEach
  void install() {
    time = VirtualTime.install();
  }

  @AfterEach
  void close() {
    time.close();
  }

  @OnEveryCarrier
  void held_ofAUse_isItsContextUntilItIsExited(Carrier carrier) throws Exception {
    Async.call(() -> {
      carrier.use(
          time,
          new Probe(journal, carrier, "a"),
          value -> {
            journal.add("held " + held());
            return value;
          });
      journal.add("held " + held());
      return null;
    });

    assertThat(journal.events())
        .containsExactly(
            "enter a", "entered a", "held [a]", "exit a succeeded", "exited a", "held []");
  }

  @Test
  void held_ofNestedUses_isTheLastEnteredFirst() throws Exception {
    var outer = new Probe(journal, Carrier.SAME_THREAD, "outer");
    var inner = new Probe(journal, Carrier.SAME_THREAD, "inner");

    String held = Async.call(() -> outer.use(_ -> inner.use(_ -> held().toString())));

    assertThat(held).isEqualTo("[inner, outer]");
  }

  @Test
  void held_ofEqualContexts_isBoth() throws Exception {
    AsyncContextManager<String> manager = () -> CompletableFuture.completedFuture(new Equal());

    String held = Async.call(() -> manager.use(_ -> manager.use(_ -> held().toString())));

    assertThat(held).isEqualTo("[equal, equal]");
  }

  @Test
  void held_ofATimeout_isNamed() throws Exception {
    String held = Async.call(() -> Async.timeout(Duration.ofDays(1)).use(_ -> held().toString()));

    assertThat(held).isEqualTo("[timeout]");
  }

  @Test
  void held_ofAStackOpenedByHand_isWhatIsOnItUntilItIsClosed() throws Exception {
    boolean heldStill =
        Async.call(() -> {
          AsyncExitStack stack = AsyncExitStack.open();
          assertThat(held()).isEmpty();
          stack.enter(new Probe(journal, Carrier.SAME_THREAD, "a"));
          assertThat(held()).hasToString("[a]");
          stack.close();
          return !held().isEmpty();
        });

    assertThat(heldStill).isFalse();
  }

  @Test
  void held_ofAStackThatCloses_isWhatItsExitsHaveToReleaseYet() throws Exception {
    var exit = new CompletableFuture<Void>();
    boolean heldStill =
        Async.call(() -> {
          AsyncExitStack stack = AsyncExitStack.open();
          stack.enter(new Probe(journal, Carrier.SAME_THREAD, "a"));
          stack.deferAsync(() -> exit);
          CompletableFuture<Void> closed = stack.closeAsync();
          assertThat(held()).hasSize(2);
          exit.complete(null);
          closed.join();
          return !held().isEmpty();
        });

    assertThat(heldStill).isFalse();
  }

  @Test
  void held_ofAStackThatWasEmptied_isNothing() throws Exception {
    String held =
        Async.call(() -> {
          AsyncExitStack stack = AsyncExitStack.open();
          stack.deferAsync(() -> CompletableFuture.completedFuture(null));
          stack.popAll().close();
          return held().toString();
        });

    assertThat(held).isEqualTo("[]");
  }

  @Test
  void held_afterTheRun_isForgotten() throws Exception {
    Async.call(() -> {
      AsyncExitStack.open().enter(new Probe(journal, Carrier.SAME_THREAD, "a"));
      return null;
    });

    List<Object> held = Async.call(this::held);

    assertThat(held).isEmpty();
  }

  @Test
  void held_anotherRunEnds_isKept() throws Exception {
    Async.call(() -> {
      AsyncExitStack stack = AsyncExitStack.open();
      stack.enter(new Probe(journal, Carrier.SAME_THREAD, "a"));
      Async.call(() -> "another");
      assertThat(held()).hasToString("[a]");
      stack.close();
      return null;
    });
  }

  @Test
  void held_outsideARun_isNothing() throws Exception {
    String held =
        new Probe(journal, Carrier.SAME_THREAD, "a").<String, Exception>use(_ -> held().toString());

    assertThat(held).isEqualTo("[]");
  }

  private List<Object> held() {
    List<Held.Entry> entries = Held.entries();
    entries.removeAll(before);
    return entries.stream().map(HeldContext.class::cast).<Object>map(HeldContext::plain).toList();
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
