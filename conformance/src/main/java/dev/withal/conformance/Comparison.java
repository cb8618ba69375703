package dev.withal.conformance;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Whether a trace of Withal's matches one of CPython's. */
final class Comparison {
  private static final String CAUGHT = "caught ";

  /** Errors that only CPython's own generators know, and no scenario names. */
  private static final Set<String> OF_CPYTHON = Set.of("StopAsyncIteration", "GeneratorExit");

  private Comparison() {}

  /** {@return whether they match} Withal may keep more errors reachable, never fewer. */
  static boolean matches(JsonNode expected, JsonNode actual) {
    return sameLines(expected.path("trace"), actual.path("trace"))
        && sameEnd(expected.path("end"), actual.path("end"));
  }

  private static boolean sameLines(JsonNode expected, JsonNode actual) {
    if (expected.size() != actual.size()) {
      return false;
    }
    for (int i = 0; i < expected.size(); i++) {
      if (!sameLine(expected.get(i).asText(), actual.get(i).asText())) {
        return false;
      }
    }
    return true;
  }

  private static boolean sameLine(String expected, String actual) {
    if (!expected.startsWith(CAUGHT)) {
      return expected.equals(actual);
    }
    String[] wanted = expected.split(" ", 3);
    String[] got = actual.split(" ", 3);
    return actual.startsWith(CAUGHT)
        && got.length == wanted.length
        && wanted[1].equals(got[1])
        && reaches(List.of(wanted[2].split(",", -1)), List.of(got[2].split(",", -1)));
  }

  private static boolean sameEnd(JsonNode expected, JsonNode actual) {
    if (expected.has("return")) {
      return expected.equals(actual);
    }
    return expected.path("raise").equals(actual.path("raise"))
        && reaches(names(expected.path("reachable")), names(actual.path("reachable")));
  }

  private static boolean reaches(List<String> wanted, List<String> got) {
    var missing = new HashSet<>(wanted);
    missing.removeAll(got);
    missing.removeAll(OF_CPYTHON);
    return missing.isEmpty();
  }

  private static List<String> names(JsonNode array) {
    return array.valueStream().map(JsonNode::asText).toList();
  }
}
