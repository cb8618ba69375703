package dev.withal.stress.soak;

import static java.util.concurrent.TimeUnit.MINUTES;
import static org.assertj.core.api.Assertions.assertThat;

import dev.withal.Report;
import java.util.List;
import java.util.concurrent.ExecutionException;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.Timeout.ThreadMode;

/**
 * Ten million uses in both styles, with steps that complete at once and on other threads, that
 * fail, and that are cancelled, interrupted and timed out. Real threads and real time.
 */
@Tag("stress")
class SoakTest {
  private static final long USES = Long.getLong("soak.uses", 10_000_000);
  private static final long SEED = Long.getLong("soak.seed", 20_260_101);

  /** A quarter of a byte for each use. */
  private static final long MOST_GROWTH_KIB = 2 * 1024;

  private static final Soak SOAK = new Soak(SEED, USES);

  @BeforeAll
  @Timeout(value = 10, unit = MINUTES, threadMode = ThreadMode.SEPARATE_THREAD)
  static void soak() throws InterruptedException, ExecutionException {
    SOAK.run();
  }

  @Test
  void uses_allEnd() {
    assertThat(SOAK.tally().uses()).isEqualTo(USES);
  }

  @Test
  void l1_whatIsEntered_isExitedOnce() {
    assertThat(SOAK.tally().exitedTwice.sum()).isZero();
    assertThat(SOAK.tally().exited.sum()).isEqualTo(SOAK.tally().entered.sum());
  }

  @Test
  void l2_results_showAfterTheExit() {
    assertThat(SOAK.tally().resultBeforeTheExit.sum()).isZero();
  }

  @Test
  void l3_exits_beginAfterTheBody() {
    assertThat(SOAK.tally().exitedBesideTheBody.sum()).isZero();
  }

  @Test
  void l9_exits_areNeverGivenUp() {
    assertThat(SOAK.tally().reports(Report.Kind.ABANDONED_EXIT)).isZero();
  }

  @Test
  void heap_inTheLastQuarter_isWhatItWasInTheFirst() {
    List<Long> heap = SOAK.usedHeap();
    int quarter = Math.ceilDiv(heap.size(), 4);

    long first = median(heap.subList(0, quarter));
    long last = median(heap.subList(heap.size() - quarter, heap.size()));

    assertThat(last).isLessThan(first + MOST_GROWTH_KIB);
  }

  private static long median(List<Long> values) {
    return values.stream().sorted().toList().get(values.size() / 2);
  }
}
