package dev.withal.files;

import java.io.IOException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The mark at the beginning of a text that identifies its charset. */
enum ByteOrderMark {
  // The longer ones first: one begins with a shorter one.
  UTF_32BE("0000feff", Charset.forName("UTF-32BE")),
  UTF_32LE("fffe0000", Charset.forName("UTF-32LE")),
  UTF_8("efbbbf", StandardCharsets.UTF_8),
  UTF_16BE("feff", StandardCharsets.UTF_16BE),
  UTF_16LE("fffe", StandardCharsets.UTF_16LE);

  private static final int LONGEST = 4;

  @SuppressWarnings("ImmutableEnumChecker") // nobody writes to it
  private final byte[] bytes;

  @SuppressWarnings("ImmutableEnumChecker") // all of the JDK's are
  private final Charset charset;

  ByteOrderMark(String hex, Charset charset) {
    bytes = HexFormat.of().parseHex(hex);
    this.charset = charset;
  }

  byte[] bytes() {
    return bytes.clone();
  }

  int length() {
    return bytes.length;
  }

  Charset charset() {
    return charset;
  }

  /** {@return the marks with which a file in the charset may begin, and which aren't text} */
  static List<ByteOrderMark> of(Charset charset) {
    return switch (charset.name()) {
      case "UTF-16", "x-UTF-16LE-BOM" -> List.of(UTF_16BE, UTF_16LE);
      case "UTF-32" -> List.of(UTF_32BE, UTF_32LE);
      case "UTF-32BE", "X-UTF-32BE-BOM" -> List.of(UTF_32BE);
      case "UTF-32LE", "X-UTF-32LE-BOM" -> List.of(UTF_32LE);
      default -> List.of();
    };
  }

  /** {@return the charset for writing, and for reading if there is no mark} */
  static Charset withoutMark(Charset charset) {
    return switch (charset.name()) {
      case "UTF-16" -> StandardCharsets.UTF_16BE;
      case "x-UTF-16LE-BOM" -> StandardCharsets.UTF_16LE;
      case "UTF-32", "X-UTF-32BE-BOM" -> Charset.forName("UTF-32BE");
      case "X-UTF-32LE-BOM" -> Charset.forName("UTF-32LE");
      default -> charset;
    };
  }

  /**
   * {@return the mark that is written at the beginning of a file in the charset; null if none is}
   */
  static @Nullable ByteOrderMark written(Charset charset) {
    return switch (charset.name()) {
      case "UTF-16" -> UTF_16BE;
      case "x-UTF-16LE-BOM" -> UTF_16LE;
      case "X-UTF-32BE-BOM" -> UTF_32BE;
      case "X-UTF-32LE-BOM" -> UTF_32LE;
      default -> null;
    };
  }

  /** {@return the mark with which the bytes begin; null if they begin with none} */
  static @Nullable ByteOrderMark in(byte[] head, List<ByteOrderMark> marks) {
    for (ByteOrderMark mark : marks) {
      if (mark.length() <= head.length
          && Arrays.equals(head, 0, mark.length(), mark.bytes, 0, mark.length())) {
        return mark;
      }
    }
    return null;
  }

  /** Takes the mark at the position. {@return null if there is none} */
  static @Nullable ByteOrderMark take(FileBuffer buffer) throws IOException, InterruptedException {
    while (buffer.available() < LONGEST && mayBegin(buffer) && buffer.more()) {
      // Until the mark is known, or the file ends.
    }
    int length = Math.min(LONGEST, buffer.available());
    byte[] head = Arrays.copyOfRange(buffer.bytes(), buffer.start(), buffer.start() + length);
    ByteOrderMark mark = in(head, List.of(values()));
    if (mark != null) {
      buffer.consume(mark.length());
    }
    return mark;
  }

  private static boolean mayBegin(FileBuffer buffer) {
    int length = buffer.available();
    for (ByteOrderMark mark : values()) {
      int start = buffer.start();
      if (length < mark.length()
          && Arrays.equals(buffer.bytes(), start, start + length, mark.bytes, 0, length)) {
        return true;
      }
    }
    return false;
  }
}
