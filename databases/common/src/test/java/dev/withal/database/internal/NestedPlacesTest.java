package dev.withal.database.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.withal.Async;
import dev.withal.AsyncContext;
import dev.withal.database.internal.Entrance.Exhausted;
import dev.withal.testkit.LeakCheck;
import dev.withal.testkit.VirtualTime;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Who holds a place and waits for another one: it is told at once where none can come free. */
@ExtendWith(LeakCheck.class)
class NestedPlacesTest {
  private VirtualTime time;

  @BeforeEach
  void install() {
    time = VirtualTime.install();
  }

  @AfterEach
  void uninstall() {
    time.close();
  }

  @Test
  void nested_inDirectStyleWithNoneLeft_isRefusedAtOnce() {
    Places places = Entrance.places(1);

    assertThatThrownBy(() ->
            Entrance.ofThisThread(places, "transfer")
                .use(_ -> Entrance.ofThisThread(places, "audit").use(_ -> "in vain")))
        .isInstanceOf(Exhausted.class)
        .hasMessageStartingWith(
            "audit got no connection of the pool: none can come free, as each is held by a body"
                + " that waits for another one, and this thread holds 1: pass the connection on"
                + " instead of entering a second one, or make the pool larger; 1 of 1 are in use,"
                + " by transfer (1); 0 wait; held longest: ");
    assertThat(places.inUse()).isZero();
    assertThat(time.elapsed()).isZero();
  }

  /** A connection may be closed by another thread than took it; then that one goes on. */
  @Test
  void nested_inWhatAnotherThreadMayLeave_waits() throws Exception {
    Places places = Entrance.places(1);
    Place held = Async.await(Entrance.ofThisThread(places, "orders").enterAsync()).value();
    held.handOver();
    held.leftByAnyThread();

    CompletionStage<? extends AsyncContext<Place>> audit =
        Entrance.ofThisThread(places, "audit").enterAsync();
    assertThat(places.waiting()).isEqualTo(1);
    held.leave();

    Async.await(audit).value().leave();
    assertThat(places.inUse()).isZero();
    assertThat(time.elapsed()).isZero();
  }

  @Test
  void nested_onTwoThreadsThatHoldAll_theLastOneIsRefusedAndTheOtherGoesOn() {
    Places places = Entrance.places(2);
    var goOn = new CompletableFuture<Void>();
    var goOnAsLast = new CompletableFuture<Void>();
    CompletableFuture<String> waits = nested(places, goOn);
    CompletableFuture<String> isLast = nested(places, goOnAsLast);
    time.settle();
    goOn.complete(null);
    time.settle();
    assertThat(places.waiting()).isEqualTo(1);

    goOnAsLast.complete(null);
    time.settle();

    assertThat(isLast.exceptionNow()).isInstanceOf(Exhausted.class);
    assertThat(waits).isCompletedWithValue("two");
    assertThat(places.inUse()).isZero();
    assertThat(time.elapsed()).isZero();
  }

  /** Who holds the other one may give it back any time: nothing is known then. */
  @Test
  void nested_whileAStageHoldsTheOther_isWaitedFor() throws Exception {
    Places places = Entrance.places(2);
    var end = new CompletableFuture<String>();
    var _ = new Entrance(places, "stage", null).useAsync(_ -> end);
    Async.sleepAsync(Duration.ofSeconds(1)).thenRun(() -> end.complete("end"));

    String result =
        Entrance.ofThisThread(places, "outer")
            .use(_ -> Entrance.ofThisThread(places, "inner").use(_ -> "two"));

    assertThat(result).isEqualTo("two");
    assertThat(time.elapsed()).isEqualTo(Duration.ofSeconds(1));
  }

  private CompletableFuture<String> nested(Places places, CompletableFuture<Void> goOn) {
    var result = new CompletableFuture<String>();
    time.start(() -> {
      try {
        result.complete(
            Entrance.ofThisThread(places, "outer")
                .use(_ -> {
                  Async.await(goOn);
                  return Entrance.ofThisThread(places, "inner").use(_ -> "two");
                }));
      } catch (Exception e) {
        result.completeExceptionally(e);
      }
    });
    return result;
  }
}
