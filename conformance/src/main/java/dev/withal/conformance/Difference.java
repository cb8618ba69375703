package dev.withal.conformance;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.EnumMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A scenario with which Withal does something else than CPython.
 *
 * @param expected CPython's trace
 * @param actual Withal's trace in each style in which it differs
 */
record Difference(JsonNode scenario, JsonNode expected, Map<Style, JsonNode> actual) {

  /** Runs a scenario in both styles. {@return how they differ from CPython; null if they don't} */
  static @Nullable Difference find(JsonNode scenario, JsonNode expected)
      throws InterruptedException {
    var actual = new EnumMap<Style, JsonNode>(Style.class);
    for (Style style : Style.values()) {
      JsonNode trace = Machine.trace(style, scenario);
      if (!Comparison.matches(expected, trace)) {
        actual.put(style, trace);
      }
    }
    return actual.isEmpty() ? null : new Difference(scenario, expected, actual);
  }

  int size() {
    return Shrinking.size(scenario);
  }

  /** {@return the scenario and the traces, to be read} */
  String text() {
    var text = new StringBuilder().append(scenario).append('\n');
    append(text, "CPython", expected);
    actual.forEach((style, trace) -> append(text, "Withal, " + style.label() + " style", trace));
    return text.toString();
  }

  private static void append(StringBuilder text, String who, JsonNode trace) {
    text.append(who).append(":\n");
    trace.path("trace").forEach(line -> text.append("  ").append(line.asText()).append('\n'));
    text.append("  ends with ").append(trace.path("end")).append('\n');
  }
}
