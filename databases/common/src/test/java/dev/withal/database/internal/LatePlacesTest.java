package dev.withal.database.internal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.withal.Async;
import dev.withal.database.Holder;
import dev.withal.testkit.LeakCheck;
import dev.withal.testkit.VirtualTime;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** A place is taken until its connection is back, also when that comes after its context's exit. */
@ExtendWith(LeakCheck.class)
class LatePlacesTest {
  private final Places places = Entrance.places(1);

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
  void place_isGivenUp_staysTakenUntilItIsLeft() throws Exception {
    Place late = givenUp();
    CompletableFuture<String> next = enter("next");
    assertThat(places.holders()).extracting(Holder::name).containsExactly("late");
    assertThat(places.waiting()).isEqualTo(1);

    late.leave();

    assertThat(next).isCompletedWithValue("next");
    assertThat(places.inUse()).isZero();
  }

  @Test
  void place_isLeftBeforeItsExit_isFreeOnce() throws Exception {
    var end = new CompletableFuture<String>();
    Entrance.ofThisThread(places, "first")
        .use(place -> {
          place.handOver();
          place.leave();
          return new Entrance(places, "second", null).useAsync(_ -> end);
        });

    assertThat(places.holders()).extracting(Holder::name).containsExactly("second");
    assertThat(enter("third")).isNotDone();
    end.complete("end");
    assertThat(places.inUse()).isZero();
  }

  /** The one whose thread waits has it no more. */
  @Test
  void place_isGivenUp_whoNestsWaitsForIt() throws Exception {
    Place late = givenUp();
    Async.sleepAsync(Duration.ofSeconds(1)).thenRun(late::leave);

    String result = Entrance.ofThisThread(places, "next").use(Place::name);

    assertThat(result).isEqualTo("next");
    assertThat(time.elapsed()).isEqualTo(Duration.ofSeconds(1));
  }

  @Test
  void close_aPlaceWasGivenUp_doesNotWaitForIt() throws Exception {
    Place late = givenUp();

    assertThat(places.close()).isCompleted();
    assertThat(places.inUse()).isEqualTo(1);
    late.leave();
    assertThat(places.inUse()).isZero();
  }

  @Test
  void close_aPlaceIsGivenUpThen_isDone() {
    var body = new CompletableFuture<String>();
    var _ =
        new Entrance(places, "late", null)
            .useAsync(place -> {
              place.handOver();
              return body;
            });
    CompletionStage<Void> closed = places.close();
    assertThat(closed).isNotDone();

    body.complete("end");

    assertThat(closed).isCompleted();
    assertThat(places.holders()).extracting(Holder::name).containsExactly("late");
  }

  @Test
  void close_aPlaceWasGivenUpAndLeft_waitsForWhoHasItNow() throws Exception {
    givenUp().leave();
    var body = new CompletableFuture<String>();
    var _ = new Entrance(places, "next", null).useAsync(_ -> body);

    CompletionStage<Void> closed = places.close();

    assertThat(closed).isNotDone();
    body.complete("end");
    assertThat(closed).isCompleted();
  }

  /** It may come back as the exit looks for it. */
  @Test
  void place_isGivenUpAsItIsLeft_isLeft() throws Exception {
    Place late = givenUp();
    late.leave();
    places.giveUp(late);
    var body = new CompletableFuture<String>();
    var _ = new Entrance(places, "next", null).useAsync(_ -> body);

    assertThat(places.close()).isNotDone();
    body.complete("end");
  }

  private Place givenUp() throws Exception {
    return Entrance.ofThisThread(places, "late")
        .use(place -> {
          place.handOver();
          return place;
        });
  }

  private CompletableFuture<String> enter(String name) {
    return new Entrance(places, name, null)
        .useAsync(place -> CompletableFuture.completedFuture(place.name()));
  }
}
