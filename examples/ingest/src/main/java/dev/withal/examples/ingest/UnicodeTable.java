package dev.withal.examples.ingest;

import de.siegmar.fastcsv.writer.CsvWriter;
import de.siegmar.fastcsv.writer.LineDelimiter;
import java.io.IOException;
import java.lang.Character.UnicodeBlock;
import java.lang.Character.UnicodeScript;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * Writes the CSV file that ships with this example: every character of Unicode that has a name of
 * its own, as the JDK knows it. Ideographs and syllables whose names are made from their code
 * points are left out, or the file would be four times as long.
 */
public final class UnicodeTable {
  /** The general categories by the number that {@link Character#getType(int)} gives them. */
  private static final String[] CATEGORIES =
      "Cn Lu Ll Lt Lm Lo Mn Me Mc Nd Nl No Zs Zl Zp Cc Cf ? Co Cs Pd Ps Pe Pc Po Sm Sc Sk So Pi Pf"
          .split(" ");

  private UnicodeTable() {}

  /**
   * Writes the file.
   *
   * @param args the path of the file
   * @throws IOException if it can't be written
   */
  public static void main(String[] args) throws IOException {
    try (CsvWriter csv =
        CsvWriter.builder().lineDelimiter(LineDelimiter.LF).build(Path.of(args[0]))) {
      csv.writeRecord("code_point", "name", "category", "script", "block");
      for (int codePoint = 0; codePoint <= Character.MAX_CODE_POINT; codePoint++) {
        String name = ownName(codePoint);
        if (name != null) {
          csv.writeRecord(
              "U+%04X".formatted(codePoint),
              name,
              CATEGORIES[Character.getType(codePoint)],
              UnicodeScript.of(codePoint).name(),
              String.valueOf(UnicodeBlock.of(codePoint)));
        }
      }
    }
  }

  private static @Nullable String ownName(int codePoint) {
    int type = Character.getType(codePoint);
    if (type == Character.PRIVATE_USE || type == Character.SURROGATE) {
      return null;
    }
    String name = Character.getName(codePoint);
    return name == null || name.endsWith(" %X".formatted(codePoint)) ? null : name;
  }
}
