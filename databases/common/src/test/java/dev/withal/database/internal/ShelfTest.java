package dev.withal.database.internal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.withal.testkit.Journal;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** What a pool keeps, and for how long; its ages are real time. */
class ShelfTest {
  private static final Duration LONG = Duration.ofHours(1);
  private static final Duration SHORT = Duration.ofMillis(20);
  private static final Duration CLOSING = Duration.ofSeconds(2);

  private final Journal journal = new Journal();
  private final AgingConnection first = new AgingConnection("first", journal);
  private final AgingConnection second = new AgingConnection("second", journal);

  @Test
  void take_severalAreThere_isTheOneThatWasUsedLast() {
    var shelf = new Shelf<AgingConnection>(LONG, LONG, CLOSING);
    shelf.put(first);
    shelf.put(second);

    assertThat(shelf.take(_ -> true)).isSameAs(second);
    assertThat(shelf.take(_ -> true)).isSameAs(first);
    assertThat(shelf.take(_ -> true)).isNull();
  }

  @Test
  void take_lastOneWillNotDo_isNullAndKeepsIt() {
    var shelf = new Shelf<AgingConnection>(LONG, LONG, CLOSING);
    shelf.put(first);
    shelf.put(second);

    assertThat(shelf.take(kept -> kept == first)).isNull();
    assertThat(shelf.size()).isEqualTo(2);
  }

  /** The timer may be late. */
  @Test
  void take_timeOfTheOneThatWasUsedLastIsOver_closesItAndIsTheOneBefore() {
    var shelf = new Shelf<AgingConnection>(LONG, LONG, CLOSING);
    shelf.put(first);
    shelf.put(second);
    second.becomes(LONG);

    assertThat(shelf.take(_ -> true)).isSameAs(first);

    assertThat(journal.events()).containsExactly("close second within PT2S");
  }

  @Test
  void put_isOlderThanALife_isRefused() throws Exception {
    var shelf = new Shelf<AgingConnection>(LONG, Duration.ofNanos(1), CLOSING);

    assertThat(shelf.put(first)).isFalse();
    assertThat(shelf.size()).isZero();
    assertThat(journal.events()).isEmpty();
  }

  @Test
  void kept_nobodyUsesItForTooLong_isClosed() throws Exception {
    var shelf = new Shelf<AgingConnection>(SHORT, LONG, CLOSING);
    shelf.put(first);

    first.closed().get(10, TimeUnit.SECONDS);

    assertThat(shelf.take(_ -> true)).isNull();
    assertThat(first.age().idle()).isGreaterThanOrEqualTo(SHORT);
    assertThat(journal.events()).containsExactly("close first within PT2S");
  }

  @Test
  void kept_endsItsLife_isClosedThoughItWasUsedAMomentAgo() throws Exception {
    var shelf = new Shelf<AgingConnection>(LONG, Duration.ofMillis(200), CLOSING);
    shelf.put(first);

    first.closed().get(10, TimeUnit.SECONDS);

    assertThat(shelf.size()).isZero();
    assertThat(journal.events()).containsExactly("close first within PT2S");
  }

  /** The timer of the first one must not be all there is. */
  @Test
  void kept_anotherOneComesLater_isClosedInItsTurn() throws Exception {
    var shelf = new Shelf<AgingConnection>(SHORT, LONG, CLOSING);
    shelf.put(first);
    first.closed().get(10, TimeUnit.SECONDS);
    shelf.put(second);

    second.closed().get(10, TimeUnit.SECONDS);

    assertThat(journal.events())
        .containsExactly("close first within PT2S", "close second within PT2S");
  }

  /** The timer of the young one is not the first that must fire. */
  @Test
  void kept_endsItsLifeBeforeOneThatCameEarlier_isClosedInTime() throws Exception {
    var shelf = new Shelf<AgingConnection>(LONG, LONG, CLOSING);
    var age = new Kept.Age(System.nanoTime() - LONG.minus(Duration.ofMillis(200)).toNanos());
    var old = new AgingConnection("old", journal, age);
    shelf.put(first);
    assertThat(shelf.put(old)).isTrue();

    old.closed().get(10, TimeUnit.SECONDS);

    assertThat(shelf.take(_ -> true)).isSameAs(first);
    assertThat(journal.events()).containsExactly("close old within PT2S");
  }

  @Test
  void close_someAreKept_givesThemUpAndKeepsNoMore() {
    var shelf = new Shelf<AgingConnection>(LONG, LONG, CLOSING);
    shelf.put(first);

    assertThat(shelf.close()).containsExactly(first);
    assertThat(shelf.put(second)).isFalse();
    assertThat(shelf.size()).isZero();
    assertThat(journal.events()).as("the pool closes them").isEmpty();
  }
}
