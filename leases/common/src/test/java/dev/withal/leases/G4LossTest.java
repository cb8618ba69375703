package dev.withal.leases;

import static dev.withal.leases.internal.SimulatedEngine.TIMEOUT;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.withal.Async;
import dev.withal.AsyncBody;
import dev.withal.ContextManager;
import dev.withal.leases.internal.SimulatedEngine;
import dev.withal.testkit.Journal;
import dev.withal.testkit.LeakCheck;
import dev.withal.testkit.VirtualTime;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** G4: a loss asks the body to end, its exits run, and nobody else's lease is touched. */
@ExtendWith(LeakCheck.class)
class G4LossTest {
  private final SimulatedEngine engine = new SimulatedEngine();
  private final SimulatedEngine.Link a = engine.link("a");
  private final SimulatedEngine.Link b = engine.link("b");

  @Test
  void loss_inDirectStyle_endsTheBodyAndItsExits(VirtualTime time, Journal journal) {
    ContextManager<String> inner =
        ContextManager.closing(() -> "file", file -> journal.add("inner exit"));

    assertThatThrownBy(() ->
            a.leases()
                .lease("nightly")
                .run(lease ->
                    inner.run(file -> {
                      engine.takeAway("nightly");
                      Async.sleep(Duration.ofDays(1));
                    })))
        .isInstanceOf(LeaseLostException.class)
        .hasMessageContaining("the engine, seen from a has it no more");

    assertThat(journal.events()).containsExactly("inner exit");
    assertThat(time.elapsed()).isLessThanOrEqualTo(TIMEOUT.dividedBy(4));
  }

  @Test
  void loss_inStageStyle_asksTheBody(VirtualTime time, Journal journal) {
    AsyncBody.Cancellable<Lease, String> body =
        (lease, cancellation) -> {
          engine.takeAway("nightly");
          var end = new CompletableFuture<String>();
          cancellation.onRequest(reason -> {
            journal.add("asked");
            end.completeExceptionally(reason);
          });
          return end;
        };
    CompletableFuture<String> use = a.leases().lease("nightly").useAsync(body);
    time.advance(TIMEOUT);

    assertThatThrownBy(() -> time.await(use)).isInstanceOf(LeaseLostException.class);
    assertThat(journal.events()).containsExactly("asked");
  }

  @Test
  void exit_afterTheLoss_leavesTheNextHolderAlone(VirtualTime time) throws Exception {
    Thread late =
        time.start(() -> {
          try {
            a.leases()
                .lease("nightly")
                .run(lease -> {
                  a.cut = true;
                  try {
                    Async.sleep(TIMEOUT.multipliedBy(9));
                  } catch (InterruptedException told) {
                    Async.sleep(TIMEOUT);
                  }
                  a.cut = false;
                });
          } catch (LeaseLostException | InterruptedException lost) {
            assertThat(lost).isInstanceOf(LeaseLostException.class);
          }
        });
    time.advance(Duration.ofMillis(100));

    b.leases()
        .lease("nightly")
        .run(lease -> {
          Async.sleep(TIMEOUT.multipliedBy(3));
          assertThat(late.isAlive()).isFalse();
          assertThat(lease.token()).isEqualTo(2);
        });
    assertThat(a.released()).isZero();
  }

  @Test
  void exit_engineIsSilent_failsInTimeAndSaysSo(VirtualTime time) {
    assertThatThrownBy(() -> a.leases().lease("nightly").run(lease -> a.silent = true))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage(
            "lease nightly could not be given back to the engine, seen from a: it is free once its"
                + " timeout of PT12S is over");

    assertThat(time.elapsed()).isEqualTo(TIMEOUT.dividedBy(4));
  }

  @Test
  void leases_ofOneTerm_takeOneProofABeat(VirtualTime time) throws Exception {
    Leases leases = a.leases();
    var end = new CompletableFuture<String>();
    var uses = new CompletableFuture<?>[1000];
    for (int i = 0; i < uses.length; i++) {
      uses[i] = leases.lease("job " + i).useAsync(lease -> end);
    }
    time.advance(TIMEOUT);

    assertThat(a.proofs()).isBetween(3, 4);
    end.complete("done");
    time.await(CompletableFuture.allOf(uses));
    assertThat(a.released()).isEqualTo(1000);
  }

  @Test
  void lease_thatIsLost_isProvedNoMore(VirtualTime time) {
    CompletableFuture<String> stubborn = new CompletableFuture<>();
    CompletableFuture<String> use =
        a.leases().lease("nightly").grace(Duration.ofDays(1)).useAsync(lease -> stubborn);
    time.advance(Duration.ofMillis(100));
    engine.takeAway("nightly");
    time.advance(TIMEOUT);
    int proofs = a.proofs();
    time.advance(TIMEOUT);

    assertThat(a.proofs()).isEqualTo(proofs);
    stubborn.complete("at last");
    assertThatThrownBy(() -> time.await(use)).isInstanceOf(LeaseLostException.class);
  }
}
