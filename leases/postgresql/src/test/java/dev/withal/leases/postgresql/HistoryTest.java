package dev.withal.leases.postgresql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.withal.leases.postgresql.History.End;
import dev.withal.leases.postgresql.History.Step;
import org.junit.jupiter.api.Test;

/** The checker itself. */
class HistoryTest {
  private final History history = new History();

  @Test
  void chain_ofAll_hasLostNothing() {
    history.add(new Step(2, 11, 12, End.COMMITTED));
    history.add(new Step(1, 0, 11, End.COMMITTED));

    assertThat(history.lost(12)).isEmpty();
    assertThat(history.isInTheOrderOfTokens(12)).isTrue();
  }

  @Test
  void twoRead_theSame_oneIsLost() {
    Step lost = new Step(1, 0, 11, End.COMMITTED);
    history.add(lost);
    history.add(new Step(2, 0, 12, End.COMMITTED));

    assertThat(history.lost(12)).containsExactly(lost);
  }

  @Test
  void end_isUnknown_isNotLostIfNobodyHasReadIt() {
    history.add(new Step(1, 0, 11, End.UNKNOWN));

    assertThat(history.lost(0)).isEmpty();
    assertThat(history.lost(11)).isEmpty();
  }

  @Test
  void chain_goesBackInTokens_isSeen() {
    history.add(new Step(2, 0, 11, End.COMMITTED));
    history.add(new Step(1, 11, 12, End.COMMITTED));

    assertThat(history.isInTheOrderOfTokens(12)).isFalse();
  }

  @Test
  void value_wasWrittenByNobody_isSeen() {
    assertThatThrownBy(() -> history.lost(99)).isInstanceOf(AssertionError.class);
  }
}
