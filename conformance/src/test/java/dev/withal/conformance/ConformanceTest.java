package dev.withal.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Withal does what CPython did with the same programs, in both styles. */
class ConformanceTest {
  private static final Path RESOURCES = Path.of("src/test/resources");

  @ParameterizedTest
  @CsvSource({
    "scenarios, traces, DIRECT, 1200",
    "scenarios, traces, STAGE, 1200",
    "combinations, combinations-traces, DIRECT, 3120",
    "combinations, combinations-traces, STAGE, 3120"
  })
  void scenarios_ofCPython_giveTheSameTraces(
      String scenarios, String ofCPython, Style style, int count, @TempDir Path folder)
      throws Exception {
    Path traces = folder.resolve("traces.jsonl");

    Main.run(RESOURCES.resolve(scenarios + ".jsonl.gz"), traces, style);

    List<JsonNode> expected = Scenarios.readTraces(RESOURCES.resolve(ofCPython + ".jsonl.gz"));
    List<JsonNode> actual = Scenarios.readTraces(traces);
    assertThat(actual).hasSize(count).hasSameSizeAs(expected);
    List<String> different = new ArrayList<>();
    for (int i = 0; i < expected.size(); i++) {
      if (!Comparison.matches(expected.get(i), actual.get(i))) {
        different.add(expected.get(i) + "\n but was " + actual.get(i));
      }
    }
    assertThat(different).isEmpty();
  }
}
