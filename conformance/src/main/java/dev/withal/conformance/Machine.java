package dev.withal.conformance;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import org.jspecify.annotations.Nullable;

/** Runs one scenario and writes its trace; the two styles differ in how they run a block. */
abstract class Machine {
  final Trace trace = new Trace();
  final Managers managers = new Managers(trace);

  /** A value that leaves all enclosing blocks. */
  record Returned(JsonNode value) {}

  /** Runs statements until one returns. {@return what it returned, or null} */
  abstract @Nullable Returned run(JsonNode statements) throws Exception;

  /** {@return the trace of a scenario} */
  static ObjectNode trace(Style style, JsonNode scenario) {
    Machine machine = style.machine();
    ObjectNode end = JsonNodeFactory.instance.objectNode();
    try {
      Returned returned = machine.run(scenario.path("body"));
      end.set("return", returned == null ? JsonNodeFactory.instance.nullNode() : returned.value());
    } catch (Throwable error) {
      end.put("raise", Failure.label(error));
      var reachable = end.putArray("reachable");
      Failure.reachable(error).forEach(reachable::add);
    }
    ObjectNode result = JsonNodeFactory.instance.objectNode();
    result.set("id", scenario.path("id"));
    var lines = result.putArray("trace");
    machine.trace.lines().forEach(lines::add);
    result.set("end", end);
    return result;
  }

  static boolean catches(JsonNode statement, Throwable error) {
    if (error instanceof Failure) {
      for (JsonNode name : statement.path("catch")) {
        if (name.asText().equals(Failure.label(error))) {
          return true;
        }
      }
    }
    return false;
  }

  void caught(Throwable error) {
    trace.add("caught", Failure.label(error), String.join(",", Failure.reachable(error)));
  }

  static String op(JsonNode statement) {
    return statement.path("op").asText();
  }
}
