package dev.withal.examples.ingest;

import static dev.withal.examples.ingest.TestDatabase.Kind;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Lives of contexts, and their page. */
class TimelineTest {
  private static final List<String> QUICK = List.of("-XX:TieredStopAtLevel=1");

  @TempDir Path folder;

  private Program.Ended run(String csv, TestDatabase database, String... exclusive)
      throws IOException {
    Files.writeString(folder.resolve("f.csv"), csv);
    var arguments = new ArrayList<Object>(List.of("f.csv", "--timeline", "page.html"));
    arguments.addAll(List.of("--db", database.url()));
    arguments.addAll(List.of(exclusive));
    return Program.run(folder, arguments.toArray());
  }

  /** {@return the name and the outcome of each life} */
  private static List<String> lives(List<String> lines) {
    return lines.stream()
        .filter(line -> line.contains("entered at"))
        .map(line -> line.replaceAll(" .* s, ", ": "))
        .toList();
  }

  @ParameterizedTest
  @EnumSource
  void timeline_ofALoad_hasTheLifeOfEachContext(Kind kind) throws IOException {
    var run = run("a,b\n1,2\n", kind.create(folder));

    assertThat(run.err()).isEmpty();
    assertThat(run.exitCode()).isZero();
    String life = " +entered at \\d+\\.\\d{3} s, held .* s, exit took .* s, succeeded";
    assertThat(run.out().getFirst()).matches("loaded 1 rows into f in \\d+\\.\\d{3} s");
    assertThat(run.out().subList(1, run.out().size()))
        .zipSatisfy(
            List.of("file", "pool", "connection", "transaction", "progress"),
            (line, name) -> assertThat(line).matches(name + life));
    assertThat(folder.resolve("page.html"))
        .content()
        .startsWith("<!DOCTYPE html>")
        .contains("\"title\":\"f.csv\"", "\"transaction\"", "\"progress\"");
  }

  @Test
  void timeline_ofALoadThatFails_tellsSo() throws IOException {
    var run = run("a,b\n1,2\n3\n", Kind.H2.create(folder));

    assertThat(run.err()).containsExactly("f.csv:3: the header has 2 fields, but this row has 1");
    assertThat(run.exitCode()).isEqualTo(1);
    assertThat(lives(run.out()))
        .containsExactly(
            "file: failed",
            "pool: failed",
            "connection: failed",
            "transaction: failed",
            "progress: failed");
    assertThat(folder.resolve("page.html")).exists();
  }

  @Test
  void timeline_ofAnEnterThatFails_hasNoLifeOfIt() {
    var run = Program.run(folder, "missing.csv", "--timeline", "page.html");

    assertThat(run.err()).containsExactly("missing.csv: doesn't exist");
    assertThat(run.out()).isEmpty();
  }

  @Test
  void timeline_ofAnExclusiveLoad_hasItsLease() throws IOException {
    TestDatabase database = Kind.POSTGRESQL.create(folder);

    var run = run("a\n1\n", database, "--exclusive", database.url().replaceFirst("r2dbc:", ""));

    assertThat(run.err()).isEmpty();
    assertThat(lives(run.out())).startsWith("lease: succeeded", "file: succeeded");
  }

  @Test
  void timeline_ofALoadThatIsCancelled_hasWhatWasHeldThen() throws Exception {
    TestDatabase database = Kind.H2.create(folder);
    Path csv = Pipe.make(folder.resolve("pipe.csv"));
    Program program =
        Program.start(folder, QUICK, "pipe.csv", "--timeline", "page.html", "--db", database.url());
    try (var pipe = Pipe.to(program, csv)) {
      pipe.write(Pipe.MANY);

      program.signal("TERM");

      var run = program.end();
      assertThat(run.err()).containsExactly("cancelled: nothing was loaded");
      assertThat(run.exitCode()).isEqualTo(143);
      assertThat(lives(run.out()))
          .extracting(life -> life.replaceFirst(":.*", ""))
          .containsExactly("file", "pool", "connection", "transaction", "progress");
      assertThat(folder.resolve("page.html")).content().contains("\"open\":");
      assertThat(database.contents()).isEmpty();
    }
  }

  @Test
  void timeline_inNoFolder_isRefusedBeforeTheLoad() throws IOException {
    TestDatabase database = Kind.H2.create(folder);
    Files.writeString(folder.resolve("f.csv"), "a\n1\n");

    var run = Program.run(folder, "f.csv", "--timeline", "none/page.html", "--db", database.url());

    assertThat(run.err()).startsWith("--timeline can't be written: its folder doesn't exist");
    assertThat(run.exitCode()).isEqualTo(2);
    assertThat(database.contents()).isEqualTo(Map.of());
  }
}
