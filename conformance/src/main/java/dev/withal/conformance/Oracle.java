package dev.withal.conformance;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** CPython itself: {@code oracle.py}, each call a process of its own. */
final class Oracle {
  private final String python;
  private final String script;
  private final Path folder;

  /**
   * Asks a Python of version 3.13.
   *
   * @param folder where its input and output go
   */
  Oracle(String python, String script, Path folder) {
    this.python = python;
    this.script = script;
    this.folder = folder;
  }

  /** {@return a file of fresh scenarios} */
  Path generate(String seed, String count, String depth)
      throws IOException, InterruptedException, RefusedException {
    Path scenarios = folder.resolve("scenarios.jsonl");
    call(Redirect.PIPE, scenarios, "generate", seed, count, depth);
    return scenarios;
  }

  /** {@return a file of what CPython does with the scenarios of a file} */
  Path run(Path scenarios) throws IOException, InterruptedException, RefusedException {
    Path traces = folder.resolve("traces.jsonl");
    call(Redirect.from(scenarios.toFile()), traces, "run");
    return traces;
  }

  /** {@return what CPython does with these scenarios} */
  List<JsonNode> run(List<JsonNode> scenarios)
      throws IOException, InterruptedException, RefusedException {
    Path file = folder.resolve("candidates.jsonl");
    Scenarios.write(file, scenarios);
    return Scenarios.readTraces(run(file));
  }

  private void call(Redirect input, Path output, String... arguments)
      throws IOException, InterruptedException, RefusedException {
    var command = new ArrayList<>(List.of(python, script));
    command.addAll(List.of(arguments));
    Path errors = folder.resolve("errors.txt");
    int code =
        new ProcessBuilder(command)
            .redirectInput(input)
            .redirectOutput(output.toFile())
            .redirectError(errors.toFile())
            .start()
            .waitFor();
    if (code != 0) {
      throw new RefusedException(
          "oracle.py ended with exit code " + code + ": " + Files.readString(errors).strip());
    }
  }
}
