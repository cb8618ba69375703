package dev.withal.benchmarks;

import static dev.withal.benchmarks.Figures.CASE;
import static org.assertj.core.api.Assertions.assertThat;

import dev.withal.benchmarks.Case.Other;
import org.junit.jupiter.api.Test;

class JudgementTest {

  @Test
  void times_withinTheFactor_isMet() {
    Judgement judgement = only(CASE.target(Target.time(0.9, "floor")), 9, 10, 50, 20);

    assertThat(judgement.isMet()).isTrue();
    assertThat(judgement.ratio()).contains(new Spread(0.9, 0.9, 0.9));
  }

  @Test
  void times_pastTheFactor_isNotMet() {
    assertThat(only(CASE.target(Target.time(0.9, "floor")), 9.1, 10, 50, 20).isMet()).isFalse();
  }

  @Test
  void times_equalUpToTheMeasurement_isMet() {
    Case some = CASE.target(Target.time(1, "floor"));

    assertThat(only(some, 100.05, 100, 50, 20).isMet()).isTrue();
    assertThat(only(some, 100.2, 100, 50, 20).isMet()).isFalse();
  }

  @Test
  void bytes_areComparedLikeTime() {
    Judgement judgement = only(CASE.target(Target.bytes(0.75, "floor")), 9, 10, 50, 20);

    assertThat(judgement.ratio()).contains(new Spread(0.75, 0.75, 0.75));
    assertThat(judgement.isMet()).isTrue();
  }

  @Test
  void more_upToTheAmount_isMet() {
    Judgement judgement = only(CASE.target(Target.more(Metric.TIME, 60, "floor")), 70, 10, 50, 20);

    assertThat(judgement.target().text()).isEqualTo("time ≤ floor + 60.0 ns");
    assertThat(judgement.isMet()).isTrue();
    assertThat(judgement.ratio()).contains(new Spread(7, 7, 7));
  }

  @Test
  void more_pastTheAmount_isNotMet() {
    Case some = CASE.target(Target.more(Metric.TIME, 60, "floor"));

    assertThat(only(some, 70.2, 10, 50, 20).isMet()).isFalse();
  }

  @Test
  void more_looksAtTheOneItNames() {
    assertThat(only(CASE.target(Target.more(Metric.TIME, 60, "slow")), 110, 10, 50, 20).isMet())
        .isTrue();
  }

  @Test
  void ahead_ofTheFastestLibrary_isMet() {
    Judgement judgement = only(CASE.target(Target.ahead()), 19, 10, 50, 20);

    assertThat(judgement.other().map(Other::name)).contains("fast");
    assertThat(judgement.isMet()).isTrue();
  }

  @Test
  void ahead_ofOneLibraryButNotOfAnother_isNotMet() {
    assertThat(only(CASE.target(Target.ahead()), 21, 10, 50, 20).isMet()).isFalse();
  }

  @Test
  void atMost_looksAtTheFigureItself() {
    Case some = CASE.target(Target.atMost(Metric.TIME, 15));

    assertThat(only(some, 15, 1, 50, 20).isMet()).isTrue();
    assertThat(only(some, 16, 100, 50, 20).isMet()).isFalse();
  }

  private static Judgement only(Case some, double withal, double floor, double slow, double fast) {
    return Judgement.of(some, Figures.results(withal, floor, slow, fast)).getFirst();
  }
}
