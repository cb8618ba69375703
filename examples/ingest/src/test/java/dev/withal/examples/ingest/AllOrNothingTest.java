package dev.withal.examples.ingest;

import static dev.withal.examples.ingest.TestDatabase.Kind;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** A load that fails after rows have been inserted. */
class AllOrNothingTest {
  @TempDir Path folder;

  @ParameterizedTest
  @EnumSource
  void malformedRow_intoANewTable_leavesNoTable(Kind kind) throws IOException {
    TestDatabase database = kind.create(folder);
    database.execute("CREATE TABLE other (a VARCHAR)", "INSERT INTO other VALUES ('kept')");
    var before = database.contents();
    Files.writeString(folder.resolve("f.csv"), "a,b\n1,2\n\"3\n4\",5\n6\n");

    var run = Program.run(folder, "f.csv", "--batch", "1", "--db", database.url());

    assertThat(run.err()).containsExactly("f.csv:5: the header has 2 fields, but this row has 1");
    assertThat(run.exitCode()).isEqualTo(1);
    assertThat(database.contents()).isEqualTo(before);
  }

  @ParameterizedTest
  @EnumSource
  void malformedRow_intoATable_leavesItAsItWas(Kind kind) throws IOException {
    TestDatabase database = kind.create(folder);
    database.execute(
        "CREATE TABLE \"f\" (\"a\" VARCHAR, \"b\" VARCHAR)",
        "INSERT INTO \"f\" VALUES ('kept', 'kept')");
    var before = database.contents();
    Files.writeString(folder.resolve("f.csv"), "a,b\n1,2\n3,4,5\n");

    var run = Program.run(folder, "f.csv", "--batch", "1", "--db", database.url());

    assertThat(run.err()).containsExactly("f.csv:3: the header has 2 fields, but this row has 3");
    assertThat(run.exitCode()).isEqualTo(1);
    assertThat(database.contents()).isEqualTo(before);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '\0',
      value = {
        "1,\"2\"3\\n   | is malformed: Unexpected character after closing quote: '3' (0x33)",
        "1,\"2\\n3,4\\n | is malformed: Unclosed quoted field at end of input",
        "1,2\"3\\n      | has broken quotes: one is in a field that doesn't begin with one",
        "1,\u00FF\\n    | is not valid UTF-8",
      })
  void malformedRow_ofAnyKind_isToldWithItsLine(String row, String what) throws IOException {
    TestDatabase database = Kind.H2.create(folder);
    Files.writeString(
        folder.resolve("f.csv"),
        "a,b\n\"many\nlines\",1\n" + row.strip().replace("\\n", "\n"),
        StandardCharsets.ISO_8859_1);

    var run = Program.run(folder, "f.csv", "--batch", "1", "--db", database.url());

    assertThat(run.err()).containsExactly("f.csv:4: " + what);
    assertThat(run.exitCode()).isEqualTo(1);
    assertThat(database.contents()).isEmpty();
  }

  @ParameterizedTest
  @EnumSource
  void row_thatTheDatabaseRefuses_isToldWithItsBatch(Kind kind) throws IOException {
    TestDatabase database = kind.create(folder);
    database.execute("CREATE TABLE \"f\" (\"a\" VARCHAR PRIMARY KEY)");
    var before = database.contents();
    Files.writeString(folder.resolve("f.csv"), "a\n1\n2\n3\n1\n");

    var run = Program.run(folder, "f.csv", "--batch", "2", "--db", database.url());

    assertThat(run.err())
        .singleElement()
        .asString()
        .matches(
            "f\\.csv:4: the rows down to line 5 can't be inserted:"
                + " (Unique index or primary key violation|duplicate key value violates).*");
    assertThat(database.contents()).isEqualTo(before);
  }

  @Test
  void failure_withVerbose_isToldWithItsStackTrace() throws IOException {
    Files.writeString(folder.resolve("f.csv"), "a,a\n");

    var run = Program.run(folder, "f.csv", "--verbose");

    assertThat(run.err())
        .startsWith(
            "f.csv:1: two columns are named \"a\"",
            LoadException.class.getName() + ": f.csv:1: two columns are named \"a\"")
        .anyMatch(line -> line.startsWith("\tat " + CsvRows.class.getName()));
  }
}
