package dev.withal.examples.ingest;

import static dev.withal.examples.ingest.TestDatabase.Kind;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class LoadTest {
  @TempDir Path folder;

  @Test
  void ingest_withoutArguments_loadsItsFileIntoItsDatabase() throws IOException {
    Path home = folder.resolve("a + b");
    Path example = home.resolve("examples").resolve("ingest");
    Path data = Files.createDirectories(example.resolve("data"));
    Files.copy(Path.of("data", "unicode.csv"), data.resolve("unicode.csv"));

    var run = Program.run(home);

    assertThat(run.err()).isEmpty();
    assertThat(run.exitCode()).isZero();
    assertThat(run.out())
        .singleElement()
        .asString()
        .matches("loaded 40077 rows into unicode in \\d+\\.\\d{3} s");
    var database =
        new TestDatabase(
            "", "jdbc:h2:file:" + example.resolve("target").resolve("ingest"), "PUBLIC");
    assertThat(database.contents().get("unicode"))
        .hasSize(1 + 40_077)
        .contains(
            List.of("code_point", "name", "category", "script", "block"),
            List.of("U+0041", "LATIN CAPITAL LETTER A", "Lu", "LATIN", "BASIC_LATIN"));
  }

  @ParameterizedTest
  @EnumSource
  void load_whenThereIsNoTable_createsIt(Kind kind) throws IOException {
    TestDatabase database = kind.create(folder);
    Files.writeString(
        folder.resolve("people.csv"), "\uFEFFname,Born\r\nAda,1815\r\n\r\n\"Hopper, Grace\",1906");

    var run = Program.run(folder, "people.csv", "--db", database.url());

    assertThat(run.err()).isEmpty();
    assertThat(database.contents())
        .isEqualTo(
            Map.of(
                "people",
                List.of(
                    List.of("name", "Born"),
                    List.of("Ada", "1815"),
                    List.of("Hopper, Grace", "1906"))));
  }

  @ParameterizedTest
  @EnumSource
  void load_whenTheTableHasTheSameColumns_addsRows(Kind kind) throws IOException {
    TestDatabase database = kind.create(folder);
    database.execute(
        "CREATE TABLE \"People\" (\"born\" VARCHAR(9), \"name\" TEXT)",
        "INSERT INTO \"People\" VALUES ('1815', 'Ada')");
    Files.writeString(folder.resolve("more.csv"), "name,born\nGrace,1906\nBarbara,1939\n");

    var run =
        Program.run(
            folder, "more.csv", "--table", "People", "--batch", "1", "--db", database.url());

    assertThat(run.err()).isEmpty();
    assertThat(database.contents())
        .isEqualTo(
            Map.of(
                "People",
                List.of(
                    List.of("born", "name"),
                    List.of("1815", "Ada"),
                    List.of("1906", "Grace"),
                    List.of("1939", "Barbara"))));
  }

  @ParameterizedTest
  @EnumSource
  void load_ofAnyText_keepsIt(Kind kind) throws IOException {
    TestDatabase database = kind.create(folder);
    Files.writeString(
        folder.resolve("texts.csv"),
        """
        a,b
        "say ""hi""\","two
        lines"
        {1\\,NULL
        ,' ; -- $1
        \uD83D\uDE00,\t
        """);

    var run = Program.run(folder, "texts.csv", "--db", database.url());

    assertThat(run.err()).isEmpty();
    assertThat(database.contents().get("texts"))
        .containsExactly(
            List.of("a", "b"),
            List.of("say \"hi\"", "two\nlines"),
            List.of("{1\\", "NULL"),
            List.of("", "' ; -- $1"),
            List.of("\uD83D\uDE00", "\t"));
  }

  @ParameterizedTest
  @EnumSource
  void load_intoAnyNames_takesThemAsTheyAre(Kind kind) throws IOException {
    TestDatabase database = kind.create(folder);
    String table = "a\"; DROP TABLE x; --";
    Files.writeString(
        folder.resolve("names.csv"),
        "Select,select,\"semi;colon\\\",\"q\"\"uote\",$1,\u00E9 ?1\n1,2,3,4,5,6\n");

    var first = Program.run(folder, "names.csv", "--table", table, "--db", database.url());
    var second = Program.run(folder, "names.csv", "--table", table, "--db", database.url());

    assertThat(first.err()).isEmpty();
    assertThat(second.err()).isEmpty();
    assertThat(database.contents())
        .isEqualTo(
            Map.of(
                table,
                List.of(
                    List.of("Select", "select", "semi;colon\\", "q\"uote", "$1", "\u00E9 ?1"),
                    List.of("1", "2", "3", "4", "5", "6"),
                    List.of("1", "2", "3", "4", "5", "6"))));
  }

  @ParameterizedTest
  @EnumSource
  void load_ofManyColumns_takesThem(Kind kind) throws IOException {
    TestDatabase database = kind.create(folder);
    int columns = 1000;
    var header = new StringBuilder("c0");
    for (int column = 1; column < columns; column++) {
      header.append(",c").append(column);
    }
    Files.writeString(folder.resolve("wide.csv"), (header + "\n").repeat(201));

    var run = Program.run(folder, "wide.csv", "--db", database.url());

    assertThat(run.err()).isEmpty();
    assertThat(database.contents().get("wide")).hasSize(1 + 200);
  }

  @Test
  void load_ofAHeaderAlone_createsAnEmptyTable() throws IOException {
    TestDatabase database = Kind.H2.create(folder);
    Files.writeString(folder.resolve("none.csv"), "a,b\n");

    var run = Program.run(folder, "none.csv", "--db", database.url());

    assertThat(run.out().getFirst()).startsWith("loaded 0 rows into none in ");
    assertThat(database.contents()).isEqualTo(Map.of("none", List.of(List.of("a", "b"))));
  }
}
