package dev.withal.conformance;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Runs scenarios on Withal and writes what happened: {@code SCENARIOS TRACES [direct|stage]}. */
final class Main {
  private static final String NAME = "conformance/run: ";
  private static final String USAGE =
      "usage: conformance/run SCENARIOS TRACES [direct|stage] (JSON lines, gzipped where a name"
          + " ends in .gz)";

  private Main() {}

  public static void main(String[] arguments) throws InterruptedException {
    Style style = arguments.length == 3 ? Style.named(arguments[2]) : Style.DIRECT;
    if (style == null) {
      fail(NAME + "unknown style \"" + arguments[2] + "\"; " + USAGE, 2);
    } else if (arguments.length < 2 || arguments.length > 3) {
      fail(NAME + USAGE, 2);
    } else {
      try {
        run(Path.of(arguments[0]), Path.of(arguments[1]), style);
      } catch (RefusedException refused) {
        fail(NAME + refused.getMessage(), 1);
      }
    }
  }

  /** Writes nothing unless every scenario can be run. */
  static void run(Path scenarios, Path traces, Style style)
      throws RefusedException, InterruptedException {
    List<JsonNode> results = new ArrayList<>();
    for (JsonNode scenario : Scenarios.read(scenarios)) {
      results.add(Machine.trace(style, scenario));
    }
    Scenarios.write(traces, results);
  }

  private static void fail(String message, int code) {
    System.err.println(message);
    System.exit(code);
  }
}
