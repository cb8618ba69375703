package dev.withal.files;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_16;
import static java.nio.charset.StandardCharsets.UTF_16BE;
import static java.nio.charset.StandardCharsets.UTF_16LE;
import static java.nio.charset.StandardCharsets.UTF_8;
import static java.nio.file.StandardOpenOption.APPEND;
import static java.nio.file.StandardOpenOption.CREATE;
import static java.nio.file.StandardOpenOption.READ;
import static java.nio.file.StandardOpenOption.WRITE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.withal.testkit.LeakCheck;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.Charset;
import java.nio.charset.CodingErrorAction;
import java.nio.file.Files;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Byte order marks, and surrogate pairs that come in two. */
@ExtendWith(LeakCheck.class)
class TextMarkTest {
  @TempDir Path dir;

  // ---- marks -----------------------------------------------------------------------------------

  @Style.InBoth
  void write_inACharsetWithAMark_writesItOnceAtTheBeginning(Style style) throws Exception {
    for (var expected :
        List.of(
            List.of("UTF-16", "feff00610062"),
            List.of("x-UTF-16LE-BOM", "fffe61006200"),
            List.of("X-UTF-32BE-BOM", "0000feff0000006100000062"),
            List.of("X-UTF-32LE-BOM", "fffe00006100000062000000"),
            List.of("UTF-16LE", "61006200"),
            List.of("UTF-8", "6162"))) {
      Charset charset = Charset.forName(expected.getFirst());
      for (var option : List.of(WRITE, APPEND)) {
        Path path = Files.write(dir.resolve("a"), new byte[0]);
        AsyncFiles.open(path, option)
            .use(file -> {
              style.write(file.text(charset), "");
              style.write(file.text(charset), "a");
              style.write(file.text(charset), "b");
              return null;
            });
        assertThat(HexFormat.of().formatHex(Files.readAllBytes(path)))
            .as("%s %s", charset, option)
            .isEqualTo(expected.getLast());
      }
    }
  }

  @Style.InBoth
  void textByMark_everyMark_tellsTheCharset(Style style) throws Exception {
    for (String name : List.of("UTF-8", "UTF-16LE", "UTF-16BE", "UTF-32LE", "UTF-32BE")) {
      Charset charset = Charset.forName(name);
      Path path = Files.write(dir.resolve("a"), "\uFEFFé\nb".getBytes(charset));

      AsyncFiles.open(path)
          .use(file -> {
            AsyncTextFile text = style.textByMark(file, ISO_8859_1);
            assertThat(text.charset()).isEqualTo(charset);
            assertThat(style.readLine(text)).isEqualTo("é");
            assertThat(style.readRest(text)).isEqualTo("b");
            return null;
          });
    }
  }

  @Style.InBoth
  void textByMark_noMark_isTheOtherCharsetFromThePositionOn(Style style) throws Exception {
    for (String content : List.of("", "\u00EF\u00BB", "\u00FFa", "\u00E9")) {
      Path path = Files.writeString(dir.resolve("a"), content, ISO_8859_1);

      String text =
          AsyncFiles.open(path).use(file -> style.readRest(style.textByMark(file, ISO_8859_1)));

      assertThat(text).isEqualTo(content);
    }
  }

  @Style.InBoth
  void readLine_utf16OfTheOtherOrder_isReadFromAnyPosition(Style style) throws Exception {
    Path path = Files.write(dir.resolve("a"), "\uFEFFone\ntwo".getBytes(UTF_16LE));

    AsyncFiles.open(path)
        .use(file -> {
          style.seek(file, 10);
          assertThat(style.readLine(file.text(UTF_16))).isEqualTo("two");
          style.seek(file, 0);
          assertThat(style.readLine(file.text(UTF_16))).isEqualTo("one");
          assertThat(style.position(file)).isEqualTo(10);
          return null;
        });
  }

  @Style.InBoth
  void write_fileWithAMarkOfTheOtherOrder_goesOnInThatOrder(Style style) throws Exception {
    for (Set<OpenOption> options :
        List.of(
            Set.<OpenOption>of(READ, WRITE),
            Set.<OpenOption>of(WRITE),
            Set.<OpenOption>of(APPEND))) {
      for (Charset order : List.of(UTF_16LE, UTF_16BE)) {
        Path path = Files.write(dir.resolve("a"), "\uFEFFone\n".getBytes(order));

        AsyncFiles.open(path, options.toArray(OpenOption[]::new))
            .use(file -> {
              if (!options.contains(APPEND)) {
                style.seek(file, 10);
              }
              style.write(file.text(UTF_16), "two\nth");
              style.write(file.text(UTF_16), "ree");
              return null;
            });

        assertThat(Files.readString(path, order)).isEqualTo("\uFEFFone\ntwo\nthree");
      }
    }
  }

  @Style.InBoth
  void write_overTheBeginningOfAFileWithAMark_keepsItsOrder(Style style) throws Exception {
    Path path = Files.write(dir.resolve("a"), "\uFEFFone\n".getBytes(UTF_16LE));

    AsyncFiles.openText(path, UTF_16, WRITE)
        .use(text -> {
          style.write(text, "six");
          return null;
        });

    assertThat(Files.readString(path, UTF_16LE)).isEqualTo("\uFEFFsix\n");
  }

  // ---- halves of pairs -------------------------------------------------------------------------

  @Style.InBoth
  void write_pairInTwoWrites_isOneCharacter(Style style) throws Exception {
    for (Charset charset : List.of(UTF_8, UTF_16BE, Charset.forName("GB18030"))) {
      Path path = Files.write(dir.resolve("a"), new byte[0]);

      AsyncFiles.open(path, WRITE)
          .use(file -> {
            AsyncTextFile text = file.text(charset);
            style.write(text, "a\uD83D");
            style.flush(file);
            style.writeLine(text, "\uDE00b");
            return null;
          });

      assertThat(Files.readString(path, charset)).isEqualTo("a\uD83D\uDE00b\n");
    }
  }

  @Style.InBoth
  void write_halfWithoutTheOther_failsAndTheNextOneIsWritten(Style style) throws Exception {
    Path path = dir.resolve("a");

    AsyncFiles.openText(path, UTF_8, CREATE, WRITE)
        .use(text -> {
          style.write(text, "a\uD83D");
          assertThatThrownBy(() -> style.write(text, "b"))
              .isInstanceOf(CharacterCodingException.class)
              .hasMessage(path + ": the text to write can't be encoded in UTF-8 at character 0");
          assertThatThrownBy(() -> style.write(text, "\uDE00"))
              .isInstanceOf(CharacterCodingException.class);
          style.write(text, "c");
          return null;
        });

    assertThat(path).hasContent("ac");
  }

  @Style.InBoth
  void write_afterAHalfIsNotInTheCharset_failsAndTheNextOneIsWritten(Style style) throws Exception {
    Path path = dir.resolve("a");

    AsyncFiles.openText(path, ISO_8859_1, CREATE, WRITE)
        .use(text -> {
          style.write(text, "a\uD83D");
          assertThatThrownBy(() -> style.write(text, "€"))
              .isInstanceOf(CharacterCodingException.class);
          style.write(text, "c");
          return null;
        });

    assertThat(path).hasContent("ac");
  }

  @Style.InBoth
  void exit_halfWithoutTheOther_failsAndWritesWhatWasBefore(Style style) {
    Path path = dir.resolve("a");

    assertThatThrownBy(() ->
            AsyncFiles.openText(path, UTF_8, CREATE, WRITE)
                .use(text -> {
                  style.write(text, "a\uD83D");
                  return null;
                }))
        .isInstanceOf(CharacterCodingException.class);

    assertThat(path).hasContent("a");
  }

  @Style.InBoth
  void exit_halfWithoutTheOtherAndReplaced_writesTheReplacement(Style style) throws Exception {
    Path path = dir.resolve("a");

    AsyncFiles.open(path, CREATE, WRITE)
        .use(file -> {
          style.write(file.text(UTF_8, CodingErrorAction.REPLACE), "a\uD83D");
          return null;
        });

    assertThat(path).hasContent("a?");
  }
}
