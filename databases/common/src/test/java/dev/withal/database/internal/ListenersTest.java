package dev.withal.database.internal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.withal.database.PoolListener;
import dev.withal.testkit.Journal;
import org.junit.jupiter.api.Test;

/** The listeners of a pool. */
class ListenersTest {
  private final Journal journal = new Journal();
  private final Listeners listeners = new Listeners("the pool");

  private PoolListener named(String name) {
    return new PoolListener() {
      @Override
      public void timedOut() {
        journal.add(name);
      }

      @Override
      public void closed() {
        journal.add(name + " closed");
      }
    };
  }

  @Test
  void tell_severalListen_allHearIt() {
    assertThat(listeners.areThere()).isFalse();
    listeners.add(named("first"));
    listeners.add(named("second"));

    listeners.tell(PoolListener::timedOut);

    assertThat(listeners.areThere()).isTrue();
    assertThat(journal.events()).containsExactly("first", "second");
  }

  @Test
  void close_afterwards_nobodyHearsAnything() {
    listeners.add(named("first"));

    listeners.close();
    listeners.tell(PoolListener::timedOut);

    assertThat(listeners.areThere()).isFalse();
    assertThat(journal.events()).containsExactly("first closed");
  }
}
