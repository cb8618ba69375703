package dev.withal.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;

import java.util.List;
import org.junit.jupiter.api.Test;

/** Events in their order. */
class JournalTest {
  private final Journal journal = new Journal();

  @Test
  void events_areInTheirOrder() {
    journal.add("entered");
    journal.add("exited");

    assertThat(journal.events()).containsExactly("entered", "exited");
    assertThat(journal).hasToString("entered\nexited");
  }

  @Test
  void events_asTheyWere_stayAsTheyWere() {
    List<String> before = journal.events();

    journal.add("entered");

    assertThat(before).isEmpty();
  }

  @Test
  void add_ofNull_isRefused() {
    assertThatNullPointerException().isThrownBy(() -> journal.add(null)).withMessage("event");
    assertThat(journal.events()).isEmpty();
  }
}
