package dev.withal.conformance;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Compares CPython and Withal on fresh scenarios, and prints the smallest on which they differ:
 * {@code PYTHON ORACLE SEED COUNT DEPTH}, which the script conformance/fuzz has looked at.
 */
final class Fuzz {
  /** After so many differences it is time to shrink one. */
  private static final int ENOUGH = 10;

  /** How many candidates CPython is asked about at once. */
  private static final int BATCH = 200;

  private final Oracle oracle;

  private Fuzz(Oracle oracle) {
    this.oracle = oracle;
  }

  public static void main(String[] arguments) throws IOException, InterruptedException {
    System.exit(run(arguments));
  }

  /** {@return the exit code: 0 if nothing differs, 1 if something does, 3 if it can't be known} */
  private static int run(String[] arguments) throws IOException, InterruptedException {
    Path folder = Files.createTempDirectory("withal-fuzz");
    try {
      var fuzz = new Fuzz(new Oracle(arguments[0], arguments[1], folder));
      Difference smallest = fuzz.compare(arguments[2], arguments[3], arguments[4]);
      if (smallest == null) {
        return 0;
      }
      System.out.print("The smallest scenario that differs:\n" + smallest.text());
      return 1;
    } catch (RefusedException refused) {
      System.err.println("conformance/fuzz: " + refused.getMessage());
      return 3;
    } finally {
      delete(folder);
    }
  }

  private @Nullable Difference compare(String seed, String count, String depth)
      throws IOException, InterruptedException, RefusedException {
    String what = "seed " + seed + ", " + count + " scenarios of depth " + depth + ": ";
    Path scenarios = oracle.generate(seed, count, depth);
    List<Difference> found = differences(scenarios, oracle.run(scenarios));
    if (found.isEmpty()) {
      System.out.println(what + "CPython and Withal agree in both styles");
      return null;
    }
    System.out.println(
        what + found.size() + (found.size() == ENOUGH ? " or more" : "") + " differ; shrinking…");
    return shrunk(found.stream().min(Comparator.comparingInt(Difference::size)).orElseThrow());
  }

  private static List<Difference> differences(Path scenarios, Path traces)
      throws IOException, InterruptedException, RefusedException {
    var found = new ArrayList<Difference>();
    try (BufferedReader programs = Files.newBufferedReader(scenarios);
        BufferedReader results = Files.newBufferedReader(traces)) {
      for (String line = programs.readLine(); line != null; line = programs.readLine()) {
        JsonNode scenario = Scenarios.parse(line);
        Language.check(scenario);
        Difference difference =
            Difference.find(scenario, Scenarios.parse(String.valueOf(results.readLine())));
        if (difference != null) {
          found.add(difference);
          if (found.size() == ENOUGH) {
            break;
          }
        }
      }
    }
    return found;
  }

  private Difference shrunk(Difference difference)
      throws IOException, InterruptedException, RefusedException {
    Difference smallest = difference;
    for (Difference next = smallest; next != null; next = smaller(next)) {
      smallest = next;
    }
    return smallest;
  }

  /** {@return a difference that is one step smaller; null if there is none} */
  private @Nullable Difference smaller(Difference difference)
      throws IOException, InterruptedException, RefusedException {
    List<JsonNode> candidates = Shrinking.of(difference.scenario());
    for (int from = 0; from < candidates.size(); from += BATCH) {
      List<JsonNode> batch = candidates.subList(from, Math.min(from + BATCH, candidates.size()));
      List<JsonNode> traces = oracle.run(batch);
      for (int i = 0; i < batch.size(); i++) {
        Difference next = Difference.find(batch.get(i), traces.get(i));
        if (next != null) {
          return next;
        }
      }
    }
    return null;
  }

  private static void delete(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      for (Path file : files.toList()) {
        Files.delete(file);
      }
    }
    Files.delete(folder);
  }
}
