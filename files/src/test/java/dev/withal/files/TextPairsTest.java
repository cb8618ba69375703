package dev.withal.files;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.withal.testkit.LeakCheck;
import java.nio.charset.Charset;
import java.nio.charset.CodingErrorAction;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Strings of some characters that end within bytes that stand for two, or seem to. */
@ExtendWith(LeakCheck.class)
class TextPairsTest {
  @TempDir Path dir;

  @Style.InBoth
  void readString_endsInMalformedBytesThatBeginAPair_isNoLonger(Style style) throws Exception {
    Path path = Files.write(dir.resolve("a"), HexFormat.of().parseHex("61f09f98e282ac"));

    AsyncFiles.open(path)
        .use(file -> {
          AsyncTextFile text = file.text(UTF_8, CodingErrorAction.REPLACE);
          assertThat(style.readString(text, 2)).isEqualTo("a\uFFFD");
          assertThat(style.position(file)).isEqualTo(4);
          assertThat(style.readString(text, 2)).isEqualTo("€");
          return null;
        });
  }

  /** Some codes stand for a letter and its mark, which are two characters and no surrogates. */
  @Style.InBoth
  void readString_endsWithinACodeOfTwoCharacters_isOneLonger(Style style) throws Exception {
    Charset charset = Charset.forName("x-SJIS_0213");
    for (CodingErrorAction action : List.of(CodingErrorAction.REPORT, CodingErrorAction.REPLACE)) {
      Path path = Files.write(dir.resolve("a"), HexFormat.of().parseHex("6182f562"));

      AsyncFiles.open(path)
          .use(file -> {
            AsyncTextFile text = file.text(charset, action);
            assertThat(style.readString(text, 2)).isEqualTo("a\u304B\u309A");
            assertThat(style.position(file)).isEqualTo(3);
            assertThat(style.readString(text, 2)).isEqualTo("b");
            return null;
          });
    }
  }
}
