package dev.withal.conformance;

import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.io.OutputStreamWriter;
import java.io.Writer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;

/** Files of scenarios and traces: one JSON value a line, gzipped if the name ends in .gz. */
final class Scenarios {
  private static final ObjectMapper JSON =
      new ObjectMapper().enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);

  private Scenarios() {}

  /** {@return the scenarios of a file, all of which can be run} */
  static List<JsonNode> read(Path file) throws RefusedException {
    return read(file, Language::check);
  }

  /** {@return the values of a file, whatever they are} */
  static List<JsonNode> readTraces(Path file) throws RefusedException {
    return read(file, ignored -> {});
  }

  /** {@return the value of one line} */
  static JsonNode parse(String line) throws JsonProcessingException {
    return JSON.readTree(line);
  }

  static void write(Path file, List<? extends JsonNode> values) throws RefusedException {
    try (OutputStream plain = Files.newOutputStream(file);
        OutputStream out = isZipped(file) ? new GZIPOutputStream(plain) : plain;
        Writer writer = new OutputStreamWriter(out, StandardCharsets.UTF_8)) {
      for (JsonNode value : values) {
        writer.write(JSON.writeValueAsString(value));
        writer.write('\n');
      }
    } catch (IOException error) {
      throw new RefusedException("can't write " + file + ": " + error);
    }
  }

  @FunctionalInterface
  private interface Check {
    void look(JsonNode value) throws RefusedException;
  }

  private static List<JsonNode> read(Path file, Check check) throws RefusedException {
    var values = new ArrayList<JsonNode>();
    int number = 1;
    try (InputStream plain = Files.newInputStream(file);
        InputStream in = isZipped(file) ? new GZIPInputStream(plain) : plain;
        var lines =
            new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8.newDecoder()))) {
      for (String line = lines.readLine(); line != null; line = lines.readLine(), number++) {
        if (!line.isBlank()) {
          JsonNode value = parse(line);
          check.look(value);
          values.add(value);
        }
      }
      return values;
    } catch (NoSuchFileException ignored) {
      throw new RefusedException("there is no file " + file);
    } catch (CharacterCodingException ignored) {
      throw new RefusedException(file + ", line " + number + " or later: not UTF-8");
    } catch (JsonProcessingException malformed) {
      JsonLocation place = malformed.getLocation();
      throw new RefusedException(
          file + ", line " + number + ": malformed JSON at column " + place.getColumnNr());
    } catch (IOException error) {
      throw new RefusedException("can't read " + file + ": " + error);
    } catch (RefusedException refused) {
      throw new RefusedException(file + ", line " + number + ": " + refused.getMessage());
    }
  }

  private static boolean isZipped(Path file) {
    return file.toString().endsWith(".gz");
  }
}
