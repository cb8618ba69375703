package dev.withal.leases;

import static dev.withal.leases.internal.SimulatedEngine.TIMEOUT;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.withal.Async;
import dev.withal.AsyncBody;
import dev.withal.AsyncExitStack;
import dev.withal.leases.internal.SimulatedEngine;
import dev.withal.testkit.Journal;
import dev.withal.testkit.LeakCheck;
import dev.withal.testkit.VirtualTime;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** G1, while clocks jump and stand still. */
@ExtendWith(LeakCheck.class)
class G1ClocksTest {
  private static final Duration HOUR = Duration.ofHours(1);

  private final SimulatedEngine engine = new SimulatedEngine();
  private final SimulatedEngine.Link a = engine.link("a");
  private final Leases leases = a.leases();

  @Test
  void wallClock_jumpsAhead_tokenRefusesAtOnce(VirtualTime time) {
    assertThatThrownBy(() ->
            a.leases()
                .lease("nightly")
                .run(lease -> {
                  a.wallIsAhead = HOUR;
                  assertThatThrownBy(lease::token).isInstanceOf(LeaseLostException.class);
                  assertThat(time.elapsed()).isZero();
                  Async.sleep(HOUR);
                }))
        .isInstanceOf(LeaseLostException.class);

    assertThat(time.elapsed()).isLessThan(HOUR);
  }

  @Test
  void wallClock_jumpsBack_leaseIsKept(VirtualTime time) throws Exception {
    a.leases()
        .lease("nightly")
        .run(lease -> {
          a.wallIsAhead = HOUR.negated();
          Async.sleep(TIMEOUT.multipliedBy(3));
          assertThat(lease.token()).isEqualTo(1);
        });
  }

  @Test
  void wallClock_jumpsBackAndTheEngineIsCutOff_countsByTheOtherClock(VirtualTime time) {
    assertThatThrownBy(() ->
            a.leases()
                .lease("nightly")
                .run(lease -> {
                  a.wallIsAhead = HOUR.negated();
                  a.cut = true;
                  Async.sleep(HOUR);
                }))
        .isInstanceOf(LeaseLostException.class);

    assertThat(time.elapsed()).isLessThan(TIMEOUT);
  }

  /** As in a virtual machine that is suspended: only the wall clock goes on. */
  @Test
  void machine_isSuspended_tokenRefusesBeforeAnyTimerRuns(VirtualTime time) {
    assertThatThrownBy(() ->
            a.leases()
                .lease("nightly")
                .run(lease -> {
                  a.rate = 0;
                  a.wallIsAhead = TIMEOUT;
                  lease.token();
                }))
        .isInstanceOf(LeaseLostException.class)
        .hasMessageContaining("lease nightly is lost");
  }

  /** As if a proof had moved the deadline right after it was seen to be over. */
  @Test
  void deadline_isOverForOneReading_tokenRefusesForEver(VirtualTime time) {
    assertThatThrownBy(() ->
            a.leases()
                .lease("nightly")
                .run(lease -> {
                  var readings = new AtomicInteger();
                  a.reading =
                      () -> a.wallIsAhead = readings.incrementAndGet() == 1 ? HOUR : Duration.ZERO;
                  assertThatThrownBy(lease::token).isInstanceOf(LeaseLostException.class);
                  assertThatThrownBy(lease::token).isInstanceOf(LeaseLostException.class);
                }))
        .isInstanceOf(LeaseLostException.class);
  }

  /** No timer has run since, so that the body came to its end without being told. */
  @Test
  void machine_isSuspendedAndTheBodyReturns_exitFailsAfterTheWait(VirtualTime time) {
    assertThatThrownBy(() ->
            a.leases()
                .lease("nightly")
                .run(lease -> {
                  a.rate = 0;
                  a.wallIsAhead = TIMEOUT;
                }))
        .isInstanceOf(LeaseLostException.class)
        .hasMessageContaining("hasn't confirmed it for two thirds of its timeout");

    assertThat(time.elapsed()).isEqualTo(TIMEOUT.dividedBy(4));
  }

  /** By then nobody listens to the loss. */
  @Test
  void leaseOnAStack_isLostWhileExitsAboveItRun_exitFails(VirtualTime time) {
    assertThatThrownBy(() ->
            AsyncExitStack.manager()
                .run(stack -> {
                  stack.enter(a.leases().lease("nightly"));
                  stack.deferAsync(() -> Async.sleepAsync(TIMEOUT));
                  a.cut = true;
                }))
        .isInstanceOf(LeaseLostException.class)
        .hasMessageContaining("hasn't confirmed it for two thirds of its timeout");
  }

  @Test
  void loss_metByTheBodyItself_isToldOnce(VirtualTime time) {
    assertThatThrownBy(() ->
            a.leases()
                .lease("nightly")
                .run(lease -> {
                  a.wallIsAhead = HOUR;
                  lease.token();
                }))
        .isInstanceOf(LeaseLostException.class)
        .hasNoSuppressedExceptions();
  }

  /** The watch has just seen that the second one is held as its deadline comes. */
  @Test
  void deadline_comesAsTheWatchLooksAround_isToldAtOnce(VirtualTime time, Journal journal) {
    CompletableFuture<Object> first = told("first", time, journal);
    time.advance(Duration.ofMillis(500));
    CompletableFuture<Object> second = told("second", time, journal);
    a.cut = true;
    time.advance(Duration.ofMillis(7_400));
    var readings = new AtomicInteger();
    a.reading =
        () -> {
          if (readings.incrementAndGet() == 3) {
            a.wallIsAhead = HOUR;
          }
        };
    time.advance(TIMEOUT);

    assertThat(journal.events()).containsExactly("first at PT8S", "second at PT8S");
    assertThat(first).isCompletedExceptionally();
    assertThat(second).isCompletedExceptionally();
  }

  private CompletableFuture<Object> told(String name, VirtualTime time, Journal journal) {
    AsyncBody.Cancellable<Lease, Object> body =
        (lease, cancellation) -> {
          var end = new CompletableFuture<>();
          cancellation.onRequest(reason -> {
            journal.add(name + " at " + time.elapsed());
            end.completeExceptionally(reason);
          });
          return end;
        };
    CompletableFuture<Object> use = leases.lease(name).useAsync(body);
    time.settle();
    return use;
  }

  @ParameterizedTest
  @ValueSource(longs = {-3600, -1, 0, 1, 3600})
  void clocksOfBoth_differAndJump_twoNeverBelieve(long seconds, VirtualTime time) throws Exception {
    SimulatedEngine.Link b = engine.link("b");
    b.wallIsAhead = Duration.ofSeconds(seconds);
    var believers = new AtomicInteger();
    var most = new AtomicInteger();
    Thread one = time.start(() -> work(a, believers, most));
    Thread two = time.start(() -> work(b, believers, most));
    for (int i = 0; i < 60; i++) {
      a.cut = i % 7 == 3 || i % 7 == 4;
      b.cut = i % 11 == 5 || i % 11 == 6;
      a.wallIsAhead = Duration.ofSeconds(i % 5 == 0 ? seconds : -seconds);
      time.advance(TIMEOUT.dividedBy(3));
    }
    a.cut = false;
    b.cut = false;
    time.interrupt(one);
    time.interrupt(two);
    time.advance(TIMEOUT);

    assertThat(most).hasValue(1);
    one.join();
    two.join();
  }

  /** Counts those that have just been given a token. */
  private static void work(SimulatedEngine.Link link, AtomicInteger believers, AtomicInteger most) {
    try {
      while (true) {
        try {
          link.leases()
              .lease("nightly")
              .run(lease -> {
                for (int i = 0; i < 50; i++) {
                  lease.token();
                  most.accumulateAndGet(believers.incrementAndGet(), Math::max);
                  believers.decrementAndGet();
                  believe(lease, believers, most);
                }
              });
        } catch (LeaseLostException | IllegalStateException outOfReach) {
          Async.sleep(Duration.ofMillis(300));
        }
      }
    } catch (InterruptedException ended) {
      assertThat(believers.get()).isNotNegative();
    }
  }

  /** Believes for as long as it was told that it may; a cancelled body stops believing. */
  private static void believe(Lease lease, AtomicInteger believers, AtomicInteger most)
      throws InterruptedException {
    Duration step = Duration.ofMillis(200);
    if (lease.remaining().compareTo(step) < 0) {
      Async.sleep(step);
      return;
    }
    most.accumulateAndGet(believers.incrementAndGet(), Math::max);
    try {
      Async.sleep(step);
    } finally {
      believers.decrementAndGet();
    }
  }
}
