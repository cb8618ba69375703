package dev.withal.conformance;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** Runs one scenario and writes its trace; the two styles differ in how they run a block. */
abstract class Machine {
  /** Scenarios take less than a second; one that hangs must not hold up the others. */
  private static final Duration LIMIT = Duration.ofSeconds(20);

  final Trace trace = new Trace();
  final Managers managers = new Managers(trace);

  /** A value that leaves all enclosing blocks. */
  record Returned(JsonNode value) {}

  /** The language holds something that machines don't know: no error of a scenario's. */
  static final class UnknownToMachine extends AssertionError {
    private static final long serialVersionUID = 1;

    UnknownToMachine(String what) {
      super(what);
    }
  }

  /** Runs statements until one returns. {@return what it returned, or null} */
  abstract @Nullable Returned run(JsonNode statements) throws Exception;

  /** {@return the trace of a scenario} It is run on a virtual thread of its own. */
  static ObjectNode trace(Style style, JsonNode scenario) throws InterruptedException {
    Machine machine = style.machine();
    ObjectNode result = JsonNodeFactory.instance.objectNode();
    result.set("id", scenario.path("id"));
    ObjectNode end = machine.end(scenario.path("body"));
    var lines = result.putArray("trace");
    machine.trace.lines().forEach(lines::add);
    result.set("end", end);
    return result;
  }

  private ObjectNode end(JsonNode statements) throws InterruptedException {
    var run = new FutureTask<@Nullable Returned>(() -> run(statements));
    Thread.startVirtualThread(run);
    try {
      Returned returned = run.get(LIMIT.toSeconds(), TimeUnit.SECONDS);
      ObjectNode end = JsonNodeFactory.instance.objectNode();
      end.set("return", returned == null ? JsonNodeFactory.instance.nullNode() : returned.value());
      return end;
    } catch (ExecutionException failed) {
      Throwable error = Objects.requireNonNull(failed.getCause());
      if (error instanceof UnknownToMachine unknown) {
        throw unknown;
      }
      return raised(Failure.label(error), Failure.reachable(error));
    } catch (TimeoutException ignored) {
      return raised("Unfinished", Set.of());
    }
  }

  private static ObjectNode raised(String error, Set<String> names) {
    ObjectNode end = JsonNodeFactory.instance.objectNode().put("raise", error);
    names.forEach(end.putArray("reachable")::add);
    return end;
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
