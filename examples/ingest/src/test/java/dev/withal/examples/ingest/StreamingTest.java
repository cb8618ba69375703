package dev.withal.examples.ingest;

import static dev.withal.examples.ingest.TestDatabase.Kind;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@Timeout(60)
class StreamingTest {
  /** More than four hundred bytes each: together twice the whole heap. */
  private static final int ROWS = 160_000;

  @TempDir Path folder;

  @ParameterizedTest
  @EnumSource
  void load_ofMoreThanFitsIntoMemory_succeeds(Kind kind) throws Exception {
    TestDatabase database = kind.create(folder);
    Path csv = Pipe.make(folder.resolve("pipe.csv"));
    Program program = Program.start(folder, List.of("-Xmx32m"), "pipe.csv", "--db", database.url());

    try (var pipe = Pipe.to(program, csv)) {
      pipe.writeLong(ROWS);
    }

    var run = program.end();
    assertThat(run.err()).isEmpty();
    assertThat(run.out().getFirst()).startsWith("loaded " + ROWS + " rows into pipe in ");
    assertThat(run.exitCode()).isZero();
  }
}
