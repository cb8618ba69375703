package dev.withal.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ResultsTest {
  @TempDir private Path folder;

  @Test
  void read_ofWhatWasWritten_isTheSame() throws IOException {
    Results results =
        Figures.results(
            Figures.measurement(Figures.WITHAL.with("peer", "Withal").times("depth", 10), 72, 1.5));
    Path file = folder.resolve("results.json");

    results.write(file);

    assertThat(Results.read(file)).isEqualTo(results);
  }

  @Test
  void of_measurementsOfOneSubject_putsTheirProcessesTogether() {
    Results results =
        Results.of(
            Figures.results().environment(),
            Effort.FULL,
            List.of(
                Figures.measurement(Figures.WITHAL, 72, 1.0, 2.0),
                Figures.measurement(Figures.FLOOR, 96, 5.0),
                Figures.measurement(Figures.WITHAL, 72, 3.0)));

    assertThat(results.get(Figures.WITHAL).of(Metric.TIME))
        .containsExactly(List.of(1.0, 2.0), List.of(3.0));
    assertThat(results.measurements()).hasSize(2);
  }

  @Test
  void read_noSuchFile_saysWhereTheyAre() {
    assertThatThrownBy(() -> Results.read(Path.of("nowhere.json")))
        .isInstanceOf(UserException.class)
        .hasMessage("there is no file nowhere.json: name one in benchmarks/results");
  }

  @Test
  void read_somethingElse_saysSo() throws IOException {
    Path file = Files.writeString(folder.resolve("other.json"), "not json");

    assertThatThrownBy(() -> Results.read(file))
        .isInstanceOf(UserException.class)
        .hasMessageStartingWith(file + " is not a result of benchmarks/run: ");
  }
}
