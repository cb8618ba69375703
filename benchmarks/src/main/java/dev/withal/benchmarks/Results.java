package dev.withal.benchmarks;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What a run came to.
 *
 * @param environment where it was made
 * @param effort how
 * @param measurements of every subject
 */
record Results(Environment environment, Effort effort, List<Measurement> measurements) {
  private static final ObjectMapper JSON =
      JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();

  /** {@return the results of measurements, those of one subject put together} */
  static Results of(Environment environment, Effort effort, Collection<Measurement> all) {
    Map<Subject, Measurement> bySubject = new LinkedHashMap<>();
    all.forEach(one -> bySubject.merge(one.subject(), one, Measurement::and));
    return new Results(environment, effort, List.copyOf(bySubject.values()));
  }

  Optional<Measurement> find(Subject subject) {
    return measurements.stream().filter(one -> one.subject().equals(subject)).findFirst();
  }

  /** {@return whether all that a case compares was measured} */
  boolean cover(Case some) {
    return some.subjects().stream().allMatch(subject -> find(subject).isPresent());
  }

  Measurement get(Subject subject) {
    return find(subject).orElseThrow(() -> new UserException(subject.name() + " was not measured"));
  }

  void write(Path file) throws IOException {
    JSON.writeValue(file.toFile(), this);
  }

  static Results read(Path file) {
    try {
      return JSON.readValue(Files.readString(file), Results.class);
    } catch (NoSuchFileException e) {
      throw new UserException("there is no file " + file + ": name one in benchmarks/results", e);
    } catch (JsonProcessingException e) {
      throw new UserException(
          file + " is not a result of benchmarks/run: " + e.getOriginalMessage(), e);
    } catch (IOException e) {
      throw new UserException("can't read " + file + ": " + e, e);
    }
  }
}
