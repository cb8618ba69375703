package dev.withal.leases;

import static dev.withal.leases.internal.SimulatedEngine.TIMEOUT;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.withal.Async;
import dev.withal.leases.internal.SimulatedEngine;
import dev.withal.testkit.Journal;
import dev.withal.testkit.LeakCheck;
import dev.withal.testkit.VirtualTime;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Leaders: a lease again and again. */
@ExtendWith(LeakCheck.class)
class WhileLeadingTest {
  private final SimulatedEngine engine = new SimulatedEngine();
  private final SimulatedEngine.Link a = engine.link("a");

  @Test
  void body_returns_endsIt(VirtualTime time, Journal journal) throws Exception {
    a.leases().whileLeading("leader", lease -> journal.add("leads " + lease.token()));

    assertThat(journal.events()).containsExactly("leads 1");
  }

  @Test
  void lease_isLost_leadsAgainAfterAPause(VirtualTime time, Journal journal) throws Exception {
    a.leases()
        .whileLeading(
            "leader",
            lease -> {
              journal.add("leads " + lease.token());
              if (lease.token() < 3) {
                engine.takeAway("leader");
                Async.sleep(Duration.ofDays(1));
              }
            });

    assertThat(journal.events()).containsExactly("leads 1", "leads 2", "leads 3");
  }

  @Test
  void engine_isOutOfReachForAWhile_leadsAgain(VirtualTime time, Journal journal) throws Exception {
    CompletableFuture<Void> loop =
        Async.runAsync(() ->
            a.leases()
                .whileLeading(
                    "leader",
                    lease -> {
                      journal.add("leads " + lease.token());
                      if (lease.token() == 1) {
                        Async.sleep(Duration.ofDays(1));
                      }
                    }));
    time.advance(Duration.ofSeconds(1));
    a.cut = true;
    time.advance(TIMEOUT.multipliedBy(20));
    assertThat(journal.events()).containsExactly("leads 1");
    a.cut = false;
    time.await(loop);

    assertThat(journal.events()).containsExactly("leads 1", "leads 2");
  }

  @Test
  void engine_neverAnswered_fails(VirtualTime time) {
    a.cut = true;

    assertThatThrownBy(() -> a.leases().whileLeading("leader", lease -> {}))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("out of reach");
  }

  @Test
  void body_fails_endsItWithThat(VirtualTime time) {
    assertThatThrownBy(() ->
            a.leases()
                .whileLeading(
                    "leader",
                    lease -> {
                      throw new UnsupportedOperationException("broken");
                    }))
        .isInstanceOf(UnsupportedOperationException.class);
  }

  @Test
  void otherLease_isLost_endsItWithThat(VirtualTime time, Journal journal) {
    Leases other = engine.link("other").leases();

    assertThatThrownBy(() ->
            a.leases()
                .whileLeading(
                    "leader",
                    lease -> {
                      journal.add("leads " + lease.token());
                      other
                          .lease("other")
                          .run(inner -> {
                            engine.takeAway("other");
                            Async.sleep(Duration.ofDays(1));
                          });
                    }))
        .isInstanceOf(LeaseLostException.class)
        .hasMessageContaining("lease other is lost");

    assertThat(journal.events()).containsExactly("leads 1");
  }

  @Test
  void thread_isInterruptedInThePause_endsAndTellsTheLastFailure(VirtualTime time) {
    var result = new CompletableFuture<Exception>();
    Thread loop =
        time.start(() -> {
          try {
            a.leases()
                .whileLeading(
                    "leader",
                    lease -> {
                      a.cut = true;
                      Async.sleep(Duration.ofDays(1));
                    });
          } catch (InterruptedException e) {
            result.complete(e);
          }
        });
    time.advance(TIMEOUT.multipliedBy(10));
    time.interrupt(loop);
    time.settle();

    assertThat(result.join().getSuppressed())
        .singleElement()
        .satisfies(failure -> assertThat(failure).hasMessage("out of reach"));
  }
}
