package dev.withal.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import dev.withal.benchmarks.Comparison.Change;
import java.util.List;
import org.junit.jupiter.api.Test;

class ComparisonTest {

  @Test
  void time_ratioToTheFloorGrew_isWorse() {
    Change change = time(Figures.results(8, 10, 1, 1), Figures.results(9, 10, 1, 1));

    assertThat(change.isWorse()).isTrue();
    assertThat(change)
        .hasToString(
            "a case: time over that of floor is worse, from 0.8000 (0.8000–0.8000) to 0.9000"
                + " (0.9000–0.9000)");
  }

  @Test
  void time_machineIsSlowerForBoth_isNoChange() {
    Change change = time(Figures.results(8, 10, 1, 1), Figures.results(16, 20, 1, 1));

    assertThat(change.isWorse()).isFalse();
    assertThat(change.isBetter()).isFalse();
  }

  @Test
  void time_spreadsOverlap_isNoChange() {
    Results before = spread(8.0, 9.0, 10.0);
    Results after = spread(9.5, 10.5, 11.5);

    assertThat(time(before, after).isWorse()).isFalse();
  }

  @Test
  void time_spreadsAreApart_isBetterOneWayAndWorseTheOther() {
    Results slow = spread(8.0, 9.0, 10.0);
    Results fast = spread(5.0, 6.0, 7.0);

    assertThat(time(slow, fast).isBetter()).isTrue();
    assertThat(time(fast, slow).isWorse()).isTrue();
  }

  @Test
  void bytes_grewByLessThanOnePercent_isNoChange() {
    assertThat(bytes(200, 202).isWorse()).isFalse();
    assertThat(bytes(200, 208).isWorse()).isTrue();
  }

  @Test
  void bytes_grewByLessThanOne_isNoChange() {
    assertThat(bytes(0.001, 0.9).isWorse()).isFalse();
    assertThat(bytes(0.001, 8).isWorse()).isTrue();
  }

  @Test
  void of_caseThatOnlyOneRunHas_isLeftOut() {
    Results nothing = Figures.results();

    assertThat(Comparison.of(List.of(Figures.CASE), Figures.results(1, 1, 1, 1), nothing))
        .isEmpty();
  }

  private static Change time(Results before, Results after) {
    return Comparison.of(List.of(Figures.CASE), before, after).getFirst();
  }

  private static Change bytes(double before, double after) {
    return Comparison.of(List.of(Figures.CASE), ofBytes(before), ofBytes(after)).getLast();
  }

  private static Results ofBytes(double bytes) {
    return results(Figures.measurement(Figures.WITHAL, bytes, 1.0));
  }

  private static Results spread(Double... times) {
    return results(Figures.measurement(Figures.WITHAL, 1, times));
  }

  private static Results results(Measurement withal) {
    return Figures.results(
        withal,
        Figures.measurement(Figures.FLOOR, 1, 1.0),
        Figures.measurement(Figures.SLOW_LIBRARY, 1, 1.0),
        Figures.measurement(Figures.FAST_LIBRARY, 1, 1.0));
  }
}
