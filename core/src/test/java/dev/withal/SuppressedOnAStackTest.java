package dev.withal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.withal.internal.Held;
import dev.withal.testkit.Journal;
import dev.withal.testkit.LeakCheck;
import java.io.IOException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * What is entered in direct style behind {@code suppressing} is in the record of what is held once.
 */
@ExtendWith(LeakCheck.class)
class SuppressedOnAStackTest {
  private final Journal journal = new Journal();

  @Test
  void stack_isClosedInStageStyle_nothingIsHeldAnyMore() throws Exception {
    long before = held();
    AsyncExitStack stack = AsyncExitStack.open();
    String ignored = stack.enter(probe().suppressing(IOException.class));
    assertThat(held()).isEqualTo(before + 2);

    stack.closeAsync().join();

    assertThat(held()).isEqualTo(before);
    assertThat(journal.events()).hasSize(4);
  }

  @Test
  void stack_isClosedInDirectStyle_nothingIsHeldAnyMore() throws Exception {
    long before = held();
    AsyncExitStack stack = AsyncExitStack.open();
    String ignored = stack.enter(probe().suppressing(IOException.class));

    stack.close();

    assertThat(held()).isEqualTo(before);
  }

  private Probe probe() {
    return new Probe(journal, Carrier.STAGE_COMPLETE, "a");
  }

  private static long held() {
    return Held.entries().size();
  }
}
