package dev.withal.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class SpreadTest {

  @Test
  void median_ofAnEvenNumber_isBetweenTheMiddleTwo() {
    assertThat(Spread.median(List.of(4.0, 1.0, 100.0, 2.0))).isEqualTo(3);
  }

  @Test
  void ofRatio_samplesThatDontVary_hasNoWidth() {
    Spread ratio = Spread.ofRatio(List.of(List.of(3.0, 3.0)), List.of(List.of(2.0, 2.0)));

    assertThat(ratio).isEqualTo(new Spread(1.5, 1.5, 1.5));
  }

  @Test
  void ofRatio_isThatOfTheMediansOfAllProcesses() {
    Spread ratio =
        Spread.ofRatio(
            List.of(List.of(1.0, 2.0, 3.0), List.of(4.0, 5.0, 600.0)), List.of(List.of(7.0)));

    assertThat(ratio.value()).isEqualTo(0.5);
  }

  @Test
  void ofMedian_processesThatDiffer_isAsWideAsTheyAreApart() {
    Spread spread = Spread.ofMedian(List.of(List.of(1.0, 1.0, 1.0), List.of(9.0, 9.0, 9.0)));

    assertThat(spread).isEqualTo(new Spread(5, 1, 9));
  }

  @Test
  void ofMedian_calledAgain_isTheSame() {
    List<List<Double>> samples = List.of(List.of(1.0, 5.0, 2.0, 8.0), List.of(3.0, 4.0));

    assertThat(Spread.ofMedian(samples)).isEqualTo(Spread.ofMedian(samples));
  }
}
