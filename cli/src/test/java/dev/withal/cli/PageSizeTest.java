package dev.withal.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.withal.timeline.Page;
import dev.withal.timeline.PageData;
import dev.withal.timeline.Recorded;
import dev.withal.timeline.RecordedUse;
import dev.withal.timeline.Thinning;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Random;
import java.util.function.IntFunction;
import org.junit.jupiter.api.Test;

/** A page has at most 2 MB, whatever is in the recording. */
class PageSizeTest {
  private static final int USES = 100_000;
  private static final int MOST = 2_000_000;

  private static Recorded recorded(int uses, IntFunction<String> name) {
    var random = new Random(1);
    var recorded = new Recorded(PageData.MOST_USES);
    for (int i = 1; i <= uses; i++) {
      recorded.uses.add(
          new RecordedUse(
              i,
              i > 2 ? i - random.nextInt(2) - 1 : 0,
              name.apply(i),
              "com.acme.Orders.load(Orders.java:" + i % 500 + ")",
              "job-" + i % 300,
              "succeeded",
              1_700_000_000_000_000L + i * 1_000L,
              random.nextInt(30_000),
              random.nextInt(3_000_000),
              random.nextInt(30_000)));
    }
    return recorded;
  }

  private static int size(Recorded recorded) throws Exception {
    return Page.html(recorded, "title").getBytes(StandardCharsets.UTF_8).length;
  }

  @Test
  void page_ofManyUses_isSmall() throws Exception {
    assertThat(size(recorded(USES, i -> "name " + i % 20))).isBetween(500_000, MOST);
  }

  @Test
  void page_ofManyLongAndHostileNames_isSmall() throws Exception {
    assertThat(size(recorded(35_000, i -> i + "<".repeat(300)))).isLessThan(MOST);
  }

  @Test
  void lane_ofFewUses_keepsAllBesideOneOfMany() {
    Recorded recorded = recorded(USES, i -> i % 10_000 == 0 ? "rare" : "frequent");

    List<RecordedUse> kept = recorded.uses.kept();

    assertThat(kept).hasSizeBetween(PageData.MOST_USES, PageData.MOST_USES + Thinning.SLOWEST);
    assertThat(kept).filteredOn(use -> use.manager().equals("rare")).hasSize(10);
    assertThat(recorded.uses.count("frequent")).isEqualTo(USES - 10);
  }

  @Test
  void exits_thatTookLongest_areKeptInAnyLane() {
    var recorded = new Recorded(100);
    for (int i = 0; i < 10_000; i++) {
      recorded.uses.add(new RecordedUse(i, 0, "name", "", "", "succeeded", i, 0, 10_000 - i, i));
    }

    assertThat(recorded.uses.kept()).extracting(RecordedUse::exit).contains(9_999L, 9_998L, 9_951L);
  }
}
