package dev.withal.leases;

import static dev.withal.leases.internal.SimulatedEngine.TIMEOUT;
import static org.assertj.core.api.Assertions.assertThat;

import dev.withal.Async;
import dev.withal.leases.internal.SimulatedEngine;
import dev.withal.testkit.Journal;
import dev.withal.testkit.LeakCheck;
import dev.withal.testkit.VirtualTime;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** G1: the holder is told before the engine can grant the lease anew. */
@ExtendWith(LeakCheck.class)
class G1ToldFirstTest {
  private final SimulatedEngine engine = new SimulatedEngine();
  private final SimulatedEngine.Link a = engine.link("a");
  private final SimulatedEngine.Link b = engine.link("b");

  /** A holds the lease when it is cut off, and B waits for it; the journal has the order. */
  private void partition(VirtualTime time, Journal journal, Runnable cut)
      throws InterruptedException {
    Thread holder = time.start(() -> hold(a, "A", journal));
    time.advance(Duration.ofMillis(100));
    Thread next = time.start(() -> hold(b, "B", journal));
    time.advance(TIMEOUT.multipliedBy(2));
    assertThat(journal.events()).containsExactly("A holds 1");

    cut.run();
    time.advance(TIMEOUT.multipliedBy(2));

    time.interrupt(next);
    time.settle();
    holder.join();
    next.join();
  }

  private static void hold(SimulatedEngine.Link link, String who, Journal journal) {
    try {
      link.leases()
          .lease("nightly")
          .run(lease -> {
            journal.add(who + " holds " + lease.token());
            try {
              Async.sleep(Duration.ofDays(1));
            } catch (InterruptedException told) {
              journal.add(who + " is told");
            }
          });
    } catch (LeaseLostException lost) {
      journal.add(who + " has lost it");
    } catch (InterruptedException ended) {
      journal.add(who + " is ended");
    }
  }

  @Test
  void holder_isCutOff_isToldFirst(VirtualTime time, Journal journal) throws Exception {
    partition(time, journal, () -> a.cut = true);

    assertThat(journal.events())
        .startsWith("A holds 1", "A is told", "A has lost it", "B holds 2", "B is told");
  }

  @Test
  void engine_isSilent_holderIsToldFirst(VirtualTime time, Journal journal) throws Exception {
    partition(time, journal, () -> a.silent = true);

    assertThat(journal.events())
        .startsWith("A holds 1", "A is told", "A has lost it", "B holds 2", "B is told");
  }

  /** Its proofs reach the engine, which keeps the lease for it, but it doesn't know. */
  @Test
  void answers_areHeldUp_holderIsToldFirst(VirtualTime time, Journal journal) throws Exception {
    partition(time, journal, () -> a.answersAfter = Duration.ofDays(1));

    assertThat(journal.events()).startsWith("A holds 1", "A is told", "A has lost it");
    assertThat(journal.events()).contains("B holds 2");
  }

  /** A slow clock believes that less time has passed: by up to a third. */
  @ParameterizedTest
  @ValueSource(doubles = {0.68, 1, 1.5})
  void clocks_differInRate_holderIsToldFirst(double rate, VirtualTime time, Journal journal)
      throws Exception {
    a.rate = rate;

    partition(time, journal, () -> a.cut = true);

    assertThat(journal.events())
        .startsWith("A holds 1", "A is told", "A has lost it", "B holds 2", "B is told");
  }

  @Test
  void margin_holderIsCutOff_isAtLeastAQuarterOfTheTimeout(VirtualTime time, Journal journal) {
    assertThat(margin(time, journal, () -> a.cut = true))
        .isGreaterThanOrEqualTo(TIMEOUT.dividedBy(4));
  }

  /** The holder's exit reaches the engine, which could grant the lease anew at once. */
  @Test
  void margin_answersAreHeldUp_isAtLeastAQuarterOfTheTimeout(VirtualTime time, Journal journal) {
    assertThat(margin(time, journal, () -> a.answersAfter = Duration.ofDays(1)))
        .isGreaterThanOrEqualTo(TIMEOUT.dividedBy(4));
  }

  /** {@return how long before the next grant the holder was told} */
  private Duration margin(VirtualTime time, Journal journal, Runnable cut) {
    time.start(() -> hold(a, "A", journal));
    time.advance(Duration.ofMillis(100));
    Thread next = time.start(() -> hold(b, "B", journal));
    time.advance(TIMEOUT);
    cut.run();
    Duration told = awaitEvent("A is told", time, journal);
    Duration granted = awaitEvent("B holds 2", time, journal);
    time.interrupt(next);
    time.advance(TIMEOUT);
    return granted.minus(told);
  }

  private static Duration awaitEvent(String event, VirtualTime time, Journal journal) {
    while (!journal.events().contains(event)) {
      time.advance(Duration.ofMillis(10));
    }
    return time.elapsed();
  }

  @Test
  void engine_failsOnceInAWhile_leaseIsKept(VirtualTime time, Journal journal) {
    Thread holder = time.start(() -> hold(a, "A", journal));
    time.advance(Duration.ofMillis(100));
    for (int i = 0; i < 20; i++) {
      a.cut = i % 2 == 0;
      time.advance(TIMEOUT.dividedBy(4));
    }

    assertThat(journal.events()).containsExactly("A holds 1");
    a.cut = false;
    time.interrupt(holder);
    time.settle();
    assertThat(journal.events()).containsExactly("A holds 1", "A is told");
  }
}
