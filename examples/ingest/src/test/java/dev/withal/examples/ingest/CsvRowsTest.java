package dev.withal.examples.ingest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CsvRowsTest {

  private static CsvRows rows(String text) throws LoadException, IOException, InterruptedException {
    return rows(text.getBytes(StandardCharsets.UTF_8));
  }

  private static CsvRows rows(byte[] bytes)
      throws LoadException, IOException, InterruptedException {
    return new CsvRows(new ByteArrayInputStream(bytes), "f");
  }

  private static List<CsvRows.Row> all(CsvRows csv)
      throws LoadException, IOException, InterruptedException {
    var rows = new ArrayList<CsvRows.Row>();
    for (var row = csv.next(); row != null; row = csv.next()) {
      rows.add(row);
    }
    return rows;
  }

  @Test
  void next_ofQuotedFieldsWithLines_tellsWhereTheRowBegins() throws Exception {
    CsvRows csv = rows("a,b\r\n1,\"x\r\ny\"\r\n\r\n\"\"\"\",\r\n");

    assertThat(csv.header()).containsExactly("a", "b");
    assertThat(all(csv))
        .containsExactly(
            new CsvRows.Row(2, List.of("1", "x\r\ny")), new CsvRows.Row(5, List.of("\"", "")));
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 8191, 8192, 8193, 16_383, 16_384, 16_385, 40_000})
  void next_ofCharactersAcrossBuffers_keepsThem(int before) throws Exception {
    String text = "x".repeat(before) + "\uD83D\uDE00\u20AC\u00E9".repeat(20_000);

    assertThat(all(rows("a\n" + text))).containsExactly(new CsvRows.Row(2, List.of(text)));
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1000, 5000, 20_000})
  void next_ofBytesThatAreNotUtf8_givesTheRowsBeforeThem(int before) throws Exception {
    byte[] bytes =
        ("a\n" + "good\n".repeat(before) + "bad \u00FF\n").getBytes(StandardCharsets.ISO_8859_1);
    CsvRows csv = rows(bytes);

    for (int row = 0; row < before; row++) {
      assertThat(csv.next()).isEqualTo(new CsvRows.Row(2 + row, List.of("good")));
    }
    assertThatThrownBy(csv::next).hasMessage("f:" + (2 + before) + ": is not valid UTF-8");
  }

  @Test
  void next_ofACharacterThatIsCutOff_fails() throws Exception {
    byte[] bytes = "a\n1\n\u20AC".getBytes(StandardCharsets.UTF_8);
    CsvRows csv = rows(java.util.Arrays.copyOf(bytes, bytes.length - 1));

    csv.next();

    assertThatThrownBy(csv::next).hasMessage("f:3: is not valid UTF-8");
  }

  @Test
  void next_ofANulCharacter_fails() throws Exception {
    CsvRows csv = rows("a\n1\0\n");

    assertThatThrownBy(csv::next)
        .hasMessage("f:2: has a NUL character, which a text in PostgreSQL can't have");
  }

  @ParameterizedTest
  @ValueSource(strings = {"x", "\u00E9", "\uD83D\uDE00"})
  void next_ofTheLongestField_givesIt(String character) throws Exception {
    String longest =
        character.repeat(1024 * 1024 / character.getBytes(StandardCharsets.UTF_8).length);

    assertThat(all(rows("a\n" + longest + "\n\"" + longest + "\"")))
        .containsExactly(
            new CsvRows.Row(2, List.of(longest)), new CsvRows.Row(3, List.of(longest)));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "\""})
  void next_ofALongerField_fails(String quote) throws Exception {
    CsvRows csv = rows("a\n" + quote + "x".repeat(1024 * 1024 + 1) + quote);

    assertThatThrownBy(csv::next).hasMessage("f:2: has a field of more than 1 MiB");
  }

  @Test
  void next_ofAQuoteThatNeverEnds_failsInTime() throws Exception {
    CsvRows csv = rows("a\n\"" + "x\n".repeat(10_000_000));

    assertThatThrownBy(csv::next)
        .hasMessageStartingWith("f:2: is malformed: The maximum buffer size of 2097152 ");
  }

  @Test
  void header_withAQuoteThatNeverEnds_isRefused() {
    assertThatThrownBy(() -> rows("a,\"b\n"))
        .hasMessage("f:1: is malformed: Unclosed quoted field at end of input");
  }

  @Test
  void header_afterBlankLines_isTheFirstRow() throws Exception {
    CsvRows csv = rows("\uFEFF\n\na,b\n1,2\n");

    assertThat(csv.header()).containsExactly("a", "b");
    assertThat(all(csv)).containsExactly(new CsvRows.Row(4, List.of("1", "2")));
  }

  @Test
  void byteOrderMark_notAtTheStart_isText() throws Exception {
    assertThat(all(rows("a\n\uFEFFx\n"))).containsExactly(new CsvRows.Row(2, List.of("\uFEFFx")));
  }
}
