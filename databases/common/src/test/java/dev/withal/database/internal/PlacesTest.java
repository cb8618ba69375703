package dev.withal.database.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.withal.database.Holder;
import dev.withal.database.internal.Entrance.Exhausted;
import dev.withal.internal.Held;
import dev.withal.testkit.Journal;
import dev.withal.testkit.LeakCheck;
import dev.withal.testkit.VirtualTime;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Who waits for a place: in turn, not too long, and never in vain. */
@ExtendWith(LeakCheck.class)
class PlacesTest {
  private final Journal journal = new Journal();
  private final CompletableFuture<String> end = new CompletableFuture<>();

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
  void place_isFree_isTakenAtOnceUntilTheExit() {
    Places places = Entrance.places(2);
    CompletableFuture<String> first = hold(places, "first");
    CompletableFuture<String> second = hold(places, "second");
    assertThat(places.inUse()).isEqualTo(2);
    assertThat(places.holders()).extracting(Holder::name).containsExactly("first", "second");

    end.complete("end");

    assertThat(first).isCompletedWithValue("end");
    assertThat(second).isCompletedWithValue("end");
    assertThat(places.inUse()).isZero();
  }

  @Test
  void place_allAreTaken_isWaitedForInTurn() {
    Places places = Entrance.places(1);
    hold(places, "first");
    CompletableFuture<String> second = note(places, "second");
    CompletableFuture<String> third = note(places, "third");
    assertThat(places.waiting()).isEqualTo(2);
    assertThat(places.holders()).extracting(Holder::name).containsExactly("first");

    end.complete("end");

    assertThat(second).isCompletedWithValue("second");
    assertThat(third).isCompletedWithValue("third");
    assertThat(journal.events()).containsExactly("second", "third");
    assertThat(places.inUse()).isZero();
  }

  @Test
  void place_isWaitedFor_isShownWithTheNameOfThePool() {
    Places places = Entrance.places(1);
    hold(places, "first");
    CompletableFuture<String> second = hold(places, "second");

    assertThat(Held.entries())
        .extracting(Held.Entry::name)
        .filteredOn(name -> name.startsWith("place"))
        .containsExactly("place of the pool");
    end.complete("end");
    assertThat(second).isCompletedWithValue("end");
  }

  /** Or else as many may have one as ever waited. */
  @Test
  void place_isGivenToWhoWaited_countsAsTaken() {
    Places places = Entrance.places(1);
    CompletableFuture<String> first = hold(places, "first", new CompletableFuture<>());
    CompletableFuture<String> second = hold(places, "second", end);

    first.cancel(true);

    assertThat(places.waiting()).isZero();
    assertThat(places.inUse()).isEqualTo(1);
    assertThat(places.holders()).extracting(Holder::name).containsExactly("second");
    CompletableFuture<String> third = note(places, "third");
    assertThat(third).isNotDone();
    end.complete("end");
    assertThat(second).isCompletedWithValue("end");
    assertThat(third).isCompletedWithValue("third");
  }

  @Test
  void place_isWaitedForTooLong_errorNamesThoseWhoHoldThem() {
    Places places = Entrance.places(3);
    hold(places, "orders");
    hold(places, "audit");
    hold(places, "orders");
    CompletableFuture<String> late = hold(places, "report");

    time.advance(Entrance.LIMIT.minusNanos(1));
    assertThat(late).isNotDone();
    time.advance(Duration.ofNanos(1));

    assertThat(late.exceptionNow())
        .isInstanceOf(Exhausted.class)
        .hasMessageStartingWith(
            "report got no connection of the pool: none came free within PT30S; 3 of 3 are in use,"
                + " by audit (1), orders (2); 0 wait; held longest: ");
    assertThat(places.waiting()).isZero();
    end.complete("end");
    assertThat(time.pendingTimers()).isZero();
  }

  @Test
  void place_tooManyWait_isRefusedToTheNext() {
    var places = Entrance.places(1, 1);
    hold(places, "first");
    CompletableFuture<String> second = hold(places, "second");

    CompletableFuture<String> third = hold(places, "third");

    assertThat(third.exceptionNow())
        .isInstanceOf(Exhausted.class)
        .hasMessageStartingWith(
            "third got no connection of the pool: its queue is full (maxWaiting = 1)"
                + "; 1 of 1 are in use, by first (1); 1 wait; held longest: first"
                + " for ");
    end.complete("end");
    assertThat(second).isCompletedWithValue("end");
  }

  @Test
  void waiting_isCancelled_leavesTheQueueAtOnce() {
    Places places = Entrance.places(1);
    hold(places, "first");
    CompletableFuture<String> waiting = hold(places, "second");

    waiting.cancel(true);

    assertThat(waiting).isCancelled();
    assertThat(places.waiting()).isZero();
    assertThat(places.inUse()).isEqualTo(1);
    end.complete("end");
    assertThat(places.inUse()).isZero();
    assertThat(time.pendingTimers()).isZero();
  }

  /** The place is his by then, but he hasn't been told yet. */
  @Test
  void waiting_isCancelledAsAPlaceComesFree_itGoesToTheNext() throws Exception {
    Places places = Entrance.places(1);
    Place first = time.await(places.enterAsync("first", null)).value();
    CompletableFuture<String> second = hold(places, "second");
    CompletableFuture<String> third = hold(places, "third");

    Runnable told = places.passOn(first);
    assertThat(places.holders()).extracting(Holder::name).containsExactly("second");
    second.cancel(true);
    told.run();

    assertThat(second).isCancelled();
    assertThat(places.waiting()).isZero();
    assertThat(places.holders()).extracting(Holder::name).containsExactly("third");
    end.complete("end");
    assertThat(third).isCompletedWithValue("end");
    assertThat(places.inUse()).isZero();
  }

  @Test
  void waiting_isInterrupted_leavesTheQueueAtOnce() {
    Places places = Entrance.places(1);
    hold(places, "first");
    var thrown = new CompletableFuture<Throwable>();
    Thread thread =
        time.start(() ->
            thrown.complete(
                catchThrowable(() -> Entrance.ofThisThread(places, "second").use(_ -> "in vain"))));
    time.settle();
    assertThat(places.waiting()).isEqualTo(1);

    time.interrupt(thread);
    time.settle();

    assertThat(thrown.resultNow()).isInstanceOf(InterruptedException.class);
    assertThat(places.waiting()).isZero();
    end.complete("end");
  }

  @Test
  void close_refusesWhoWaitsAndWhoComes_andCompletesWhenAllHaveLeft() {
    Places places = Entrance.places(1);
    hold(places, "first");
    CompletableFuture<String> waiting = hold(places, "second");

    CompletionStage<Void> closed = places.close();

    assertThat(waiting.exceptionNow())
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("the pool was closed while second waited for a connection");
    assertThat(hold(places, "third").exceptionNow())
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("the pool is closed: use it inside its body only");
    assertThat(closed).isNotDone();
    end.complete("end");
    assertThat(closed).isDone();
  }

  @Test
  void close_nobodyHasAPlace_isDoneAtOnce() {
    assertThat(Entrance.places(1).close()).isDone();
  }

  private CompletableFuture<String> hold(Places places, String name) {
    return hold(places, name, end);
  }

  private static CompletableFuture<String> hold(
      Places places, String name, CompletableFuture<String> until) {
    return new Entrance(places, name, null)
        .useAsync((_, cancellation) -> cancellation.cancelling(until.copy()));
  }

  private CompletableFuture<String> note(Places places, String name) {
    return new Entrance(places, name, null)
        .useAsync(_ -> {
          journal.add(name);
          return CompletableFuture.completedFuture(name);
        });
  }
}
