package dev.withal.leases;

import static dev.withal.leases.internal.SimulatedEngine.TIMEOUT;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.withal.leases.internal.SimulatedEngine;
import dev.withal.testkit.LeakCheck;
import dev.withal.testkit.VirtualTime;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** G5: an enter that is given up leaves the queue, and a late grant is given back. */
@ExtendWith(LeakCheck.class)
class G5GivenUpTest {
  private final SimulatedEngine engine = new SimulatedEngine();
  private final SimulatedEngine.Link a = engine.link("a");
  private final SimulatedEngine.Link b = engine.link("b");
  private final CompletableFuture<String> end = new CompletableFuture<>();

  private CompletableFuture<String> heldByA(VirtualTime time) {
    CompletableFuture<String> use = a.leases().lease("nightly").useAsync(lease -> end);
    time.advance(Duration.ofMillis(100));
    return use;
  }

  @Test
  void enter_isCancelled_leavesTheQueue(VirtualTime time) throws Exception {
    CompletableFuture<String> holder = heldByA(time);
    CompletableFuture<String> waiter = b.leases().lease("nightly").useAsync(lease -> end);
    time.advance(Duration.ofMillis(100));
    assertThat(engine.waiting("nightly")).isEqualTo(1);

    waiter.cancel(false);
    time.settle();

    assertThat(waiter).isCancelled();
    assertThat(engine.waiting("nightly")).isZero();
    end.complete("done");
    time.await(holder);
  }

  @Test
  void enter_isInterrupted_leavesTheQueue(VirtualTime time) throws Exception {
    CompletableFuture<String> holder = heldByA(time);
    var ended = new CompletableFuture<Throwable>();
    Thread waiter =
        time.start(() -> {
          try {
            b.leases().lease("nightly").run(lease -> {});
          } catch (InterruptedException e) {
            ended.complete(e);
          }
        });
    time.advance(Duration.ofMillis(100));
    time.interrupt(waiter);
    time.settle();

    assertThat(ended).isCompletedWithValueMatching(InterruptedException.class::isInstance);
    assertThat(engine.waiting("nightly")).isZero();
    end.complete("done");
    time.await(holder);
  }

  @Test
  void enter_timesOut_leavesTheQueue(VirtualTime time) throws Exception {
    CompletableFuture<String> holder = heldByA(time);

    assertThatThrownBy(
            () -> b.leases().lease("nightly").enterTimeout(Duration.ofSeconds(5)).run(lease -> {}))
        .isInstanceOf(TimeoutException.class);

    time.settle();
    assertThat(engine.waiting("nightly")).isZero();
    end.complete("done");
    time.await(holder);
  }

  /** The engine has granted it, but its answer is on the way as the caller leaves. */
  @Test
  void grant_arrivesTooLate_isGivenBack(VirtualTime time) throws Exception {
    b.answersAfter = Duration.ofSeconds(2);
    b.answersSurely = true;
    CompletableFuture<String> late = b.leases().lease("nightly").useAsync(lease -> end);
    time.advance(Duration.ofSeconds(1));
    late.cancel(false);
    time.advance(TIMEOUT.dividedBy(2));

    assertThat(late).isCancelled();
    assertThat(b.released()).isEqualTo(1);
    assertThat(a.leases().lease("nightly").<Long, RuntimeException>use(Lease::token)).isEqualTo(2);
  }
}
