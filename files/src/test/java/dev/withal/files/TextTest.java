package dev.withal.files;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_16;
import static java.nio.charset.StandardCharsets.UTF_16LE;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.withal.testkit.LeakCheck;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.StringReader;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.Charset;
import java.nio.charset.CodingErrorAction;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A file as text: lines, characters, and what isn't text. */
@ExtendWith(LeakCheck.class)
class TextTest {
  private static final byte MALFORMED = (byte) 0xFF;

  @TempDir Path dir;

  @Style.InBoth
  void readLine_everyTerminator_isLikeABufferedReader(Style style) throws Exception {
    for (Charset charset : List.of(UTF_8, ISO_8859_1, UTF_16LE, Charset.forName("windows-1252"))) {
      for (String text :
          List.of(
              "", "a", "a\n", "\n", "\r", "\r\n", "a\rb", "a\r\rb\r", "a\n\rb\r\n\r\n", "\n\n")) {
        assertThat(lines(style, text, charset, 64))
            .as(charset + " " + text.replace("\n", "\\n").replace("\r", "\\r"))
            .isEqualTo(expected(text));
      }
    }
  }

  @Style.InBoth
  void readLine_atEveryEdgeOfABlock_isLikeABufferedReader(Style style) throws Exception {
    var random = new Random(7);
    String text =
        IntStream.range(0, 2_000)
            .mapToObj(_ ->
                List.of("x", "grün", "€", "\uD83D\uDE00", "\n", "\r", "\r\n")
                    .get(random.nextInt(7)))
            .collect(Collectors.joining());

    for (Charset charset : List.of(UTF_8, UTF_16)) {
      for (int block = 1; block <= 17; block += 4) {
        assertThat(lines(style, text, charset, block))
            .as("%s %d", charset, block)
            .isEqualTo(expected(text));
      }
    }
  }

  @Style.InBoth
  void readLine_thenBytes_shareThePosition(Style style) throws Exception {
    Path path = Files.writeString(dir.resolve("a"), "header\r\nbody\nrest");

    AsyncFiles.openText(path, UTF_8)
        .use(text -> {
          assertThat(style.readLine(text)).isEqualTo("header");
          assertThat(style.position(text.file())).isEqualTo(8);
          assertThat(style.readBytes(text.file(), 5)).asString(UTF_8).isEqualTo("body\n");
          assertThat(style.readLine(text)).isEqualTo("rest");
          style.seek(text.file(), 3);
          assertThat(style.readLine(text)).isEqualTo("der");
          return null;
        });
  }

  @Style.InBoth
  void readLine_muchLongerThanTheBuffer_isWhole(Style style) throws Exception {
    String line = "0123456789".repeat(10_000);
    Path path = Files.writeString(dir.resolve("a"), line + "\nshort\n");

    AsyncFiles.onVirtualThreads()
        .bufferSize(100)
        .openText(path, UTF_8)
        .use(text -> {
          assertThat(style.readLine(text)).isEqualTo(line);
          assertThat(style.readLine(text)).isEqualTo("short");
          assertThat(style.readLine(text)).isNull();
          return null;
        });
  }

  @Style.InBoth
  void readLine_longOfIdeographsAndReplacementCharacters_isWhole(Style style) throws Exception {
    String line =
        "x\uFFFD" + "\u6625".repeat(20) + "\uFFFDy\u00FC" + "\u6625".repeat(20) + "\uFFFD";
    Path path = Files.writeString(dir.resolve("a"), line + "\n");

    for (int block = 1; block < 60; block++) {
      AsyncFiles.onVirtualThreads()
          .bufferSize(block)
          .openText(path, UTF_8)
          .use(text -> {
            assertThat(style.readLine(text)).isEqualTo(line);
            return null;
          });
    }
  }

  @Style.InBoth
  void readLine_malformed_saysWhereAndStaysThere(Style style) throws Exception {
    Path path =
        Files.write(dir.resolve("a"), new byte[] {'o', 'k', '\n', 'a', 'b', MALFORMED, '\n', 'c'});

    AsyncFiles.openText(path, UTF_8)
        .use(text -> {
          assertThat(style.readLine(text)).isEqualTo("ok");
          assertThatThrownBy(() -> style.readLine(text))
              .isInstanceOf(CharacterCodingException.class)
              .hasMessage(path + ": not UTF-8 at byte position 5");
          assertThat(style.position(text.file())).isEqualTo(3);
          return null;
        });
  }

  @Style.InBoth
  void readLine_replacementCharacterInTheFile_isText(Style style) throws Exception {
    Path path = Files.writeString(dir.resolve("a"), "a\uFFFDb\n");

    assertThat(AsyncFiles.openText(path, UTF_8).<String, Exception>use(style::readLine))
        .isEqualTo("a\uFFFDb");
  }

  @Style.InBoth
  void readLine_malformedAndReplaced_hasTheReplacement(Style style) throws Exception {
    Path path = Files.write(dir.resolve("a"), new byte[] {'a', MALFORMED, 'b', '\n'});

    String line =
        AsyncFiles.open(path)
            .use(file -> style.readLine(file.text(UTF_8, CodingErrorAction.REPLACE)));

    assertThat(line).isEqualTo("a\uFFFDb");
  }

  @Style.InBoth
  void readLine_malformedInOtherCharsets_saysWhere(Style style) throws Exception {
    // A high surrogate without the low one.
    Path path = Files.write(dir.resolve("a"), new byte[] {'a', 0, 0, (byte) 0xD8, 'b', 0});

    assertThatThrownBy(() -> AsyncFiles.openText(path, UTF_16LE).use(style::readLine))
        .isInstanceOf(CharacterCodingException.class)
        .hasMessage(path + ": not UTF-16LE at byte position 2");
  }

  @Style.InBoth
  void readString_someCharacters_countsCharactersAndLeavesTheRest(Style style) throws Exception {
    Path path = Files.writeString(dir.resolve("a"), "grün €\uD83D\uDE00x");

    AsyncFiles.openText(path, UTF_8)
        .use(text -> {
          assertThat(style.readString(text, 5)).isEqualTo("grün ");
          assertThat(style.position(text.file())).isEqualTo(6);
          assertThat(style.readString(text, 2)).isEqualTo("€\uD83D\uDE00");
          assertThat(style.readString(text, 9)).isEqualTo("x");
          assertThat(style.readString(text, 9)).isEmpty();
          return null;
        });
  }

  @Style.InBoth
  void readRest_afterALine_isTheRest(Style style) throws Exception {
    for (Charset charset : List.of(UTF_8, UTF_16)) {
      Path path = Files.writeString(dir.resolve("a"), "first\nsecond\nthird", charset);

      String rest =
          AsyncFiles.openText(path, charset)
              .use(text -> {
                style.readLine(text);
                return style.readRest(text);
              });

      assertThat(rest).isEqualTo("second\nthird");
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 1000})
  void lines_asAStream_areReadAsTheyAreAskedFor(int skipped) throws Exception {
    Path path =
        Files.write(
            dir.resolve("a"), IntStream.range(0, 5_000).mapToObj(Integer::toString).toList());

    AsyncFiles.openText(path, UTF_8)
        .use(text -> {
          assertThat(text.lines().skip(skipped).findFirst()).hasValue(Integer.toString(skipped));
          assertThat(text.readLine()).isEqualTo(Integer.toString(skipped + 1));
          assertThat(text.lines().count()).isEqualTo(5_000 - skipped - 2);
          return null;
        });
  }

  @Test
  void lines_afterTheExit_fail() throws Exception {
    Path path = Files.writeString(dir.resolve("a"), "a\nb\n");

    var lines = AsyncFiles.openText(path, UTF_8).use(AsyncTextFile::lines);

    assertThatThrownBy(lines::toList)
        .isInstanceOf(UncheckedIOException.class)
        .hasMessageContaining("readLine after the file was closed");
  }

  private List<String> lines(Style style, String text, Charset charset, int block)
      throws Exception {
    Path path = Files.writeString(dir.resolve("a"), text, charset);
    return AsyncFiles.onVirtualThreads()
        .bufferSize(block)
        .openText(path, charset)
        .use(file -> {
          var lines = new ArrayList<String>();
          for (String line = style.readLine(file); line != null; line = style.readLine(file)) {
            lines.add(line);
          }
          assertThat(file.file().position()).isEqualTo(Files.size(path));
          return lines;
        });
  }

  private static List<String> expected(String text) throws IOException {
    try (var reader = new BufferedReader(new StringReader(text))) {
      return reader.lines().toList();
    }
  }

  @Test
  void bytesAndText_ofOneFile_haveOneOrder() throws Exception {
    Path path = Files.writeString(dir.resolve("a"), "ab\ncd\nef\n");

    AsyncFiles.openText(path, UTF_8)
        .useAsync(text -> {
          var first = text.readLineAsync();
          var raw = ByteBuffer.allocate(3);
          var second = text.file().readAsync(raw);
          var third = text.readLineAsync();
          return first
              .thenCombine(second, Map::entry)
              .thenCombine(
                  third,
                  (before, line) -> {
                    assertThat(before.getKey()).isEqualTo("ab");
                    assertThat(before.getValue()).isEqualTo(3);
                    assertThat(raw.array()).asString(UTF_8).isEqualTo("cd\n");
                    assertThat(line).isEqualTo("ef");
                    return line;
                  });
        })
        .get();
  }
}
