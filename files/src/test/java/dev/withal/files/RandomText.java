package dev.withal.files;

import static java.nio.charset.CodingErrorAction.REPLACE;
import static java.nio.charset.CodingErrorAction.REPORT;

import java.io.ByteArrayOutputStream;
import java.nio.charset.Charset;
import java.nio.charset.CodingErrorAction;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Text of all kinds, in many charsets, sometimes malformed. */
final class RandomText {
  private RandomText() {}

  static final List<Charset> CHARSETS =
      Stream.of(
              "UTF-8",
              "UTF-8",
              "UTF-8",
              "ISO-8859-1",
              "US-ASCII",
              "windows-1252",
              "UTF-16",
              "UTF-16LE",
              "UTF-16BE",
              "x-UTF-16LE-BOM",
              "UTF-32LE",
              "UTF-32BE",
              "GBK",
              "GB18030",
              "Shift_JIS",
              "EUC-JP",
              "EUC-KR",
              "Big5",
              "IBM037")
          .map(Charset::forName)
          .toList();

  private static final List<String> CHARACTERS =
      List.of(
          "\n",
          "\r",
          "\r\n",
          "\n\n",
          "\r\r\n",
          "a",
          "b ",
          "word",
          "\0",
          "é",
          "ü",
          "€",
          "中",
          "語",
          "문",
          "\u0A0D",
          "\u0D0A",
          "\uFEFF",
          "\uFFFD",
          "\uD83D\uDE00",
          "\uD83D",
          "\uDE00",
          "a longer piece of text without an end ");

  private static final Map<Charset, List<String>> OWN_CHARACTERS =
      CHARSETS.stream()
          .distinct()
          .collect(
              Collectors.toMap(
                  Function.identity(),
                  charset -> CHARACTERS.stream().filter(charset.newEncoder()::canEncode).toList()));

  static final List<CodingErrorAction> ACTIONS = List.of(REPORT, REPLACE);

  static byte[] content(Random random, Charset charset, int most) {
    var bytes = new ByteArrayOutputStream();
    String text = text(random, charset, most);
    bytes.writeBytes(text.getBytes(charset));
    if (random.nextInt(4) == 0) {
      bytes.write(random.nextInt(256));
      bytes.writeBytes("\r\nafter\r".getBytes(charset));
    }
    return bytes.toByteArray();
  }

  static String text(Random random, Charset charset, int most) {
    var text = new StringBuilder();
    for (int i = random.nextInt(most); i > 0; i--) {
      boolean all = random.nextInt(50) == 0;
      text.append(any(random, all ? CHARACTERS : OWN_CHARACTERS.get(charset)));
    }
    return text.toString();
  }

  static <T> T any(Random random, List<T> all) {
    return all.get(random.nextInt(all.size()));
  }
}
