package dev.withal.conformance;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.withal.Async;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.io.OutputStreamWriter;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;

/** Runs scenarios on Withal and writes what happened: {@code SCENARIOS TRACES [direct|stage]}. */
final class Main {
  private static final String USAGE =
      "usage: conformance/run SCENARIOS TRACES [direct|stage] (JSON lines; gzipped if a name ends"
          + " in .gz)";

  private Main() {}

  public static void main(String[] arguments) {
    if (arguments.length < 2 || arguments.length > 3) {
      fail(USAGE, 2);
      return;
    }
    try {
      Style style =
          arguments.length == 2
              ? Style.DIRECT
              : Style.valueOf(arguments[2].toUpperCase(Locale.ROOT));
      Async.run(() -> {
        run(Path.of(arguments[0]), Path.of(arguments[1]), style);
        return null;
      });
    } catch (IllegalArgumentException e) {
      fail(e.getMessage() + "; " + USAGE, 2);
    } catch (IOException | InterruptedException e) {
      fail("conformance/run: can't read or write: " + e, 1);
    }
  }

  static void run(Path scenarios, Path traces, Style style) throws IOException {
    var json = new ObjectMapper();
    try (BufferedReader in =
            new BufferedReader(new InputStreamReader(input(scenarios), StandardCharsets.UTF_8));
        Writer out = new OutputStreamWriter(output(traces), StandardCharsets.UTF_8)) {
      for (String line = in.readLine(); line != null; line = in.readLine()) {
        if (!line.isBlank()) {
          JsonNode trace = Machine.trace(style, json.readTree(line));
          out.write(json.writeValueAsString(trace));
          out.write('\n');
        }
      }
    }
  }

  static InputStream input(Path file) throws IOException {
    InputStream in = Files.newInputStream(file);
    return file.toString().endsWith(".gz") ? new GZIPInputStream(in) : in;
  }

  private static OutputStream output(Path file) throws IOException {
    OutputStream out = Files.newOutputStream(file);
    return file.toString().endsWith(".gz") ? new GZIPOutputStream(out) : out;
  }

  private static void fail(String message, int code) {
    System.err.println(message);
    System.exit(code);
  }
}
