package dev.withal.examples.ingest;

import static dev.withal.examples.ingest.TestDatabase.Kind;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** What can't be loaded at all: one line that says why, and no table. */
class RefusalTest {
  @TempDir Path folder;

  @BeforeEach
  void writeFiles() throws IOException {
    Files.createDirectory(folder.resolve("folder"));
    Files.writeString(folder.resolve("empty.csv"), "");
    Files.writeString(folder.resolve("blank.csv"), "\uFEFF\r\n\n");
    Files.writeString(folder.resolve("twice.csv"), "a,b,a\n");
    Files.writeString(folder.resolve("unnamed.csv"), "a,,b\n");
    Files.writeString(folder.resolve("good.csv"), "a,b\n1,2\n");
  }

  @ParameterizedTest
  @CsvSource({
    "missing.csv, missing.csv: doesn't exist",
    "folder, folder: is a directory: only files can be opened",
    "empty.csv, empty.csv: is empty: the first line must name the columns",
    "blank.csv, blank.csv: is empty: the first line must name the columns",
    "twice.csv, twice.csv:1: two columns are named \"a\"",
    "unnamed.csv, unnamed.csv:1: column 2 has no name",
  })
  void file_thatIsNoTable_isToldInOneLine(String file, String line) {
    var run = Program.run(folder, file);

    assertThat(run.err()).containsExactly(line);
    assertThat(run.exitCode()).isEqualTo(1);
  }

  @ParameterizedTest
  @CsvSource({
    "r2dbc:oracle://bob:s3cret@host/x, 'the driver \"oracle\", which is not present'",
    "r2dbc:h2:tape:///bob:s3cret@x, protocol option tape is unsupported",
    "postgresql://bob:s3cret@host/x, is malformed: its form is r2dbc:driver:",
    "r2dbc:postgresql://bob:s3 cret@host/x, is malformed: its form is r2dbc:driver:",
  })
  void url_ofNoDatabase_isToldInOneLineWithoutCredentials(String url, String why) {
    var run = Program.run(folder, "good.csv", "--verbose", "--db", url);

    assertThat(run.err().getFirst()).contains(why);
    assertThat(String.join("\n", run.err())).doesNotContain("s3").doesNotContain("bob");
    assertThat(run.exitCode()).isEqualTo(1);
  }

  @ParameterizedTest
  @CsvSource({
    "postgres://bob:s3cret@host/x, --exclusive names no place that keeps leases: give it",
    "postgresql://host/x, 'the address in --exclusive is malformed: its form is postgresql:'",
    "postgresql://bob:s3 cret@host/x, the address in --exclusive is malformed: its form is",
    "zookeeper://bob:s3cret@host:2181/x, the address in --exclusive is malformed: its form is",
  })
  void leases_atNoSuchPlace_areToldInOneLineWithoutCredentials(String url, String why) {
    var run = Program.run(folder, "good.csv", "--exclusive", url);

    assertThat(run.err())
        .singleElement()
        .asString()
        .startsWith(why)
        .doesNotContain("s3")
        .doesNotContain("bob");
    assertThat(run.exitCode()).isEqualTo(1);
  }

  @ParameterizedTest
  @CsvSource({
    "postgresql://bob:s3cret@127.0.0.1:%d/x, 'the database in --exclusive can''t be used: Cannot'",
    "zookeeper://127.0.0.1:%d/x, 'no ZooKeeper answers at 127.0.0.1:%d within 5 s: check the'",
  })
  void leases_thatAreDown_areToldInOneLineWithoutCredentials(String url, String why)
      throws IOException {
    int port = portOfNobody();

    var run = Program.run(folder, "good.csv", "--exclusive", url.formatted(port));

    assertThat(run.err())
        .singleElement()
        .asString()
        .startsWith(why.formatted(port))
        .doesNotContain("s3cret");
    assertThat(run.exitCode()).isEqualTo(1);
  }

  private static int portOfNobody() throws IOException {
    try (var free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return free.getLocalPort();
    }
  }

  @Test
  void database_thatIsDown_isToldInOneLineWithoutCredentials() throws IOException {
    int port = portOfNobody();

    var run =
        Program.run(
            folder, "good.csv", "--db", "r2dbc:postgresql://bob:s3cret@127.0.0.1:" + port + "/x");

    assertThat(run.err())
        .singleElement()
        .asString()
        .startsWith("Cannot connect to ")
        .endsWith("Connection refused")
        .doesNotContain("s3cret");
    assertThat(run.exitCode()).isEqualTo(1);
  }

  @Test
  void database_thatDoesNotExist_isToldInOneLine() {
    String url = TestDatabase.server().url().replaceFirst("postgres$", "nowhere");

    var run = Program.run(folder, "good.csv", "--db", url);

    assertThat(run.err()).containsExactly("database \"nowhere\" does not exist");
    assertThat(run.exitCode()).isEqualTo(1);
  }

  @ParameterizedTest
  @EnumSource
  void table_withOtherColumns_isToldInOneLine(Kind kind) {
    TestDatabase database = kind.create(folder);
    database.execute("CREATE TABLE \"good\" (\"A\" VARCHAR, \"b\" VARCHAR)");
    var before = database.contents();

    var run = Program.run(folder, "good.csv", "--db", database.url());

    assertThat(run.err())
        .containsExactly("table \"good\" has the columns [A, b], but the file has [a, b]");
    assertThat(run.exitCode()).isEqualTo(1);
    assertThat(database.contents()).isEqualTo(before);
  }

  @ParameterizedTest
  @EnumSource
  void table_withColumnsOfOtherTypes_isToldInOneLine(Kind kind) {
    TestDatabase database = kind.create(folder);
    database.execute("CREATE TABLE \"good\" (\"a\" VARCHAR, \"b\" INTEGER)");

    var run = Program.run(folder, "good.csv", "--db", database.url());

    assertThat(run.err())
        .singleElement()
        .asString()
        .isEqualToIgnoringCase(
            "column \"b\" of table \"good\" is of type integer: rows can only go into columns of"
                + " text");
    assertThat(run.exitCode()).isEqualTo(1);
  }

  @Test
  void name_thatADatabaseWouldCut_isToldInOneLine() {
    String name = "\u00E9".repeat(32);

    var run = Program.run(folder, "good.csv", "--table", name);

    assertThat(run.err())
        .singleElement()
        .asString()
        .startsWith("the name of the table is longer than 63 bytes: ");
    assertThat(run.exitCode()).isEqualTo(1);
  }

  @ParameterizedTest
  @CsvSource({
    "--bogus, Unknown option: '--bogus'",
    "--batch=0, '--batch must be at least 1, but is 0'",
    "--batch=many, 'Invalid value for option ''--batch'': ''many'' is not an int'",
    "--table=, --table must not be empty",
    "--or-skip, '--or-skip needs --exclusive, which says where turns are taken'",
    "--lease-timeout=0, '--lease-timeout must be at least 1, but is 0'",
    "r2dbc:h2://bob:s3cret@x, 'Unmatched argument at index 1: ''r2dbc:h2://***@x'''",
  })
  void option_thatIsWrong_showsTheUsage(String option, String line) {
    var run = Program.run(folder, "good.csv", option);

    assertThat(run.err()).startsWith(line).anyMatch(usage -> usage.startsWith("Usage: ingest "));
    assertThat(run.out()).isEmpty();
    assertThat(run.exitCode()).isEqualTo(2);
  }

  @Test
  void help_isShownOnStandardOutput() {
    var run = Program.run(folder, "--help");

    assertThat(run.out()).startsWith("Loads a CSV file into a database table, all or nothing.");
    assertThat(run.err()).isEmpty();
    assertThat(run.exitCode()).isZero();
  }
}
