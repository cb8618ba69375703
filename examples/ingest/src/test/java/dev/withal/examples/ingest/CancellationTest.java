package dev.withal.examples.ingest;

import static dev.withal.examples.ingest.TestDatabase.Kind;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Signals in the middle of a load. */
class CancellationTest {
  private static final List<String> QUICK = List.of("-XX:TieredStopAtLevel=1");

  @TempDir Path folder;

  @ParameterizedTest
  @CsvSource({"H2, INT, 130", "H2, TERM, 143", "POSTGRESQL, INT, 130", "POSTGRESQL, TERM, 143"})
  void signal_inTheMiddle_leavesNoTable(Kind kind, String signal, int exitCode) throws Exception {
    TestDatabase database = kind.create(folder);
    database.execute("CREATE TABLE other (a VARCHAR)", "INSERT INTO other VALUES ('kept')");
    var before = database.contents();

    var run = signalled(database, signal);

    assertThat(run.err()).containsExactly("cancelled: nothing was loaded");
    assertThat(run.out()).isEmpty();
    assertThat(run.exitCode()).isEqualTo(exitCode);
    assertThat(database.contents()).isEqualTo(before);
  }

  @ParameterizedTest
  @EnumSource
  void signal_inTheMiddle_leavesATableAsItWas(Kind kind) throws Exception {
    TestDatabase database = kind.create(folder);
    database.execute(
        "CREATE TABLE \"pipe\" (\"number\" VARCHAR PRIMARY KEY, \"text\" VARCHAR)",
        "INSERT INTO \"pipe\" VALUES ('-1', 'kept')");
    var before = database.contents();

    var run = signalled(database, "TERM");

    assertThat(run.err()).containsExactly("cancelled: nothing was loaded");
    assertThat(run.exitCode()).isEqualTo(143);
    assertThat(database.contents()).isEqualTo(before);
  }

  private Program.Ended signalled(TestDatabase database, String signal)
      throws IOException, InterruptedException {
    Path csv = Pipe.make(folder.resolve("pipe.csv"));
    Program program =
        Program.start(folder, QUICK, csv.getFileName(), "--batch", "100", "--db", database.url());
    try (var pipe = Pipe.to(program, csv)) {
      pipe.write(Pipe.MANY);
      Thread writer = Thread.startVirtualThread(pipe::writeToTheEnd);

      program.signal(signal);

      assertThat(program.endsWithin(2)).isTrue();
      writer.join();
    }
    return program.end();
  }

  @ParameterizedTest
  @CsvSource({"0", "100", "5000"})
  void signal_whileTheFileIsSilent_endsTheWait(int rows) throws Exception {
    TestDatabase database = Kind.H2.create(folder);
    database.execute("CREATE TABLE other (a VARCHAR)", "INSERT INTO other VALUES ('kept')");
    var before = database.contents();
    Path csv = Pipe.make(folder.resolve("pipe.csv"));
    Program program = Program.start(folder, QUICK, "pipe.csv", "--db", database.url());
    try (var pipe = Pipe.to(program, csv)) {
      pipe.write(rows);

      program.signal("TERM");

      assertThat(program.endsWithin(2)).isTrue();
    }
    var run = program.end();
    assertThat(run.err()).containsExactly("cancelled: nothing was loaded");
    assertThat(run.exitCode()).isEqualTo(143);
    assertThat(database.contents()).isEqualTo(before);
  }

  @Test
  void signal_whileNobodyWritesTheFile_endsTheWait() throws Exception {
    TestDatabase database = Kind.H2.create(folder);
    var before = database.contents();
    Pipe.make(folder.resolve("pipe.csv"));
    Program program = Program.start(folder, QUICK, "pipe.csv", "--verbose", "--db", database.url());
    program.awaitThread("withal-files-open");

    program.signal("TERM");

    assertThat(program.endsWithin(2)).isTrue();
    assertThat(program.end().exitCode()).isEqualTo(143);
    assertThat(database.contents()).isEqualTo(before);
  }

  @Test
  void signal_whileTheDatabaseWaitsForALock_endsTheWait() throws Exception {
    TestDatabase database = Kind.POSTGRESQL.create(folder);
    database.execute("CREATE TABLE \"pipe\" (\"number\" VARCHAR, \"text\" VARCHAR)");
    Path csv = Pipe.make(folder.resolve("pipe.csv"));
    try (var connection = database.connect();
        var statement = connection.createStatement()) {
      connection.setAutoCommit(false);
      statement.setQueryTimeout(20);
      statement.execute("LOCK TABLE \"pipe\" IN SHARE MODE");
      Program program =
          Program.start(folder, QUICK, "pipe.csv", "--batch", "100", "--db", database.url());
      try (var pipe = Pipe.to(program, csv)) {
        pipe.write(500);
        statement.execute(
            """
            DO $$ BEGIN
              WHILE NOT EXISTS (SELECT 1 FROM pg_locks WHERE NOT granted) LOOP
                PERFORM pg_sleep(0.01);
              END LOOP;
            END $$\
            """);

        program.signal("TERM");

        assertThat(program.endsWithin(2)).isTrue();
      }
      assertThat(program.end().err()).containsExactly("cancelled: nothing was loaded");
    }
    assertThat(database.contents())
        .isEqualTo(java.util.Map.of("pipe", List.of(List.of("number", "text"))));
  }
}
