package dev.withal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.withal.internal.Held;
import dev.withal.testkit.Journal;
import dev.withal.testkit.VirtualTime;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A watcher is told of each context as it is entered and as its exit begins. */
class HeldTest {
  private final Journal journal = new Journal();
  private final Ledger ledger = new Ledger();
  private VirtualTime time;

  @BeforeEach
  void watch() {
    time = VirtualTime.install();
    Held.watch(ledger);
  }

  @AfterEach
  void close() {
    Held.unwatch(ledger);
    time.close();
  }

  @OnEveryCarrier
  void context_ofAUse_isHeldWhileTheBodyRuns(Carrier carrier) throws Exception {
    String held = carrier.use(time, new Probe(journal, carrier, "a"), _ -> ledger.held.toString());

    assertThat(held).isEqualTo("[a]");
    assertThat(ledger.held).isEmpty();
  }

  @OnEveryCarrier
  void contexts_onAStack_areHeldUntilItExits(Carrier carrier) throws Exception {
    String held =
        carrier.use(
            time,
            AsyncExitStack.manager(),
            stack -> {
              stack.pushAsync(_ -> carrier.step(() -> Verdict.PROPAGATE));
              if (carrier.isDirect()) {
                stack.enter(new Probe(journal, carrier, "a"));
              } else {
                time.await(stack.enterAsync(new Probe(journal, carrier, "a")));
              }
              return ledger.held.toString();
            });

    assertThat(held).containsPattern("exit at HeldTest\\.java:\\d+").contains("a");
    assertThat(ledger.held).isEmpty();
  }

  @Test
  void context_thatIsPushedAndNeverExited_staysHeld() {
    AsyncExitStack.open().pushAsync(_ -> Verdict.PROPAGATE.now());

    assertThat(ledger.held).hasSize(1);
  }

  @Test
  void context_thatArrivesLate_isHeldUntilItsExitBegins() {
    var late = new ByHand(journal);
    CompletableFuture<String> result = late.useAsync(CompletableFuture::completedFuture);
    result.cancel(true);
    late.arrive();

    assertThat(ledger.entered).containsExactly("by hand");
    assertThat(ledger.held).isEmpty();
  }

  private static final class Ledger implements Held.Watcher {
    final List<String> held = new CopyOnWriteArrayList<>();
    final List<String> entered = new CopyOnWriteArrayList<>();

    @Override
    public void entered(Held.Entry entry) {
      held.add(entry.toString());
      entered.add(entry.toString());
    }

    @Override
    public void exiting(Held.Entry entry) {
      held.remove(entry.toString());
    }
  }
}
