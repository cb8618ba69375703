package dev.withal.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.withal.benchmarks.jmh.DirectUse;
import dev.withal.benchmarks.jmh.OneUse;
import dev.withal.benchmarks.jmh.Parallel;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Runs JMH, in processes of its own. */
class LaboratoryTest {
  private final Laboratory laboratory =
      new Laboratory(
          Effort.QUICK,
          new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8));

  @Test
  void measure_givesTimeAndBytesOfEachIteration() throws Exception {
    Subject subject = Subject.of(DirectUse.class, "tryWithResources");

    Measurement measurement = laboratory.measure(subject);

    assertThat(measurement.of(Metric.TIME)).map(List::size).containsExactly(4);
    assertThat(measurement.of(Metric.BYTES)).map(List::size).containsExactly(4);
    assertThat(measurement.has(Metric.HELD)).isFalse();
  }

  @Test
  void measure_allInVirtualTime_isAsLongAsOne() throws Exception {
    Measurement measurement = laboratory.measure(Subject.of(Parallel.class, "withalInVirtualTime"));

    assertThat(measurement.of(Metric.VIRTUAL_TIME).getFirst()).containsOnly(10e6);
  }

  @Test
  void measureAll_rounds_measuresEachSoOften() throws Exception {
    Subject subject = Subject.of(DirectUse.class, "tryWithResources");

    List<Measurement> all = laboratory.measureAll(Set.of(subject), 2);

    assertThat(all).extracting(Measurement::subject).containsExactly(subject, subject);
  }

  @Test
  void measure_benchmarkFails_saysWhich() {
    Subject subject = Subject.of(OneUse.class, "one").with("peer", "Nobody");

    assertThatThrownBy(() -> laboratory.measureAll(Set.of(subject), 1))
        .isInstanceOf(MeasuringException.class)
        .hasMessageStartingWith("OneUse.one[peer=Nobody] could not be measured: ");
  }
}
