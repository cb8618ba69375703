package dev.withal.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.withal.Async;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Withal does what CPython did with the same 1,200 programs, in both styles. */
class ConformanceTest {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Path RESOURCES = Path.of("src/test/resources");

  @ParameterizedTest
  @EnumSource(Style.class)
  void scenarios_ofCPython_giveTheSameTraces(Style style, @TempDir Path folder) throws Exception {
    Path traces = folder.resolve("traces.jsonl");

    Async.run(() -> {
      Main.run(RESOURCES.resolve("scenarios.jsonl.gz"), traces, style);
      return null;
    });

    List<JsonNode> expected = read(RESOURCES.resolve("traces.jsonl.gz"));
    List<JsonNode> actual = read(traces);
    assertThat(actual).hasSize(1_200).hasSameSizeAs(expected);
    List<String> different = new ArrayList<>();
    for (int i = 0; i < expected.size(); i++) {
      if (!Comparison.matches(expected.get(i), actual.get(i))) {
        different.add(expected.get(i) + "\n but was " + actual.get(i));
      }
    }
    assertThat(different).isEmpty();
  }

  @Test
  void comparison_ofADifferentTrace_fails() throws Exception {
    JsonNode expected =
        JSON.readTree(
            "{'trace':['enter m1','caught E1 E1,E2'],'end':{'return':3}}".replace('\'', '"'));

    assertThat(Comparison.matches(expected, expected)).isTrue();
    assertThat(Comparison.matches(expected, changed("caught E1 E1,E2,E3", "return", "3"))).isTrue();
    assertThat(Comparison.matches(expected, changed("caught E1 E1", "return", "3"))).isFalse();
    assertThat(Comparison.matches(expected, changed("caught E2 E1,E2", "return", "3"))).isFalse();
    assertThat(Comparison.matches(expected, changed("caught E1 E1,E2", "return", "4"))).isFalse();
    assertThat(Comparison.matches(expected, changed("caught E1 E1,E2", "raise", "3"))).isFalse();
  }

  private static JsonNode changed(String line, String end, String value) throws IOException {
    String text = "{'trace':['enter m1','" + line + "'],'end':{'" + end + "':" + value + "}}";
    return JSON.readTree(text.replace('\'', '"'));
  }

  private static List<JsonNode> read(Path file) throws IOException {
    var nodes = new ArrayList<JsonNode>();
    try (var in =
        new BufferedReader(new InputStreamReader(Main.input(file), StandardCharsets.UTF_8))) {
      for (String line = in.readLine(); line != null; line = in.readLine()) {
        nodes.add(JSON.readTree(line));
      }
    }
    assertThat(Files.exists(file)).isTrue();
    return nodes;
  }
}
