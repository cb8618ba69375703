package dev.withal.files;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.nio.charset.Charset;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * The line ends among the bytes of a charset in which the bytes of a line terminator have no other
 * meaning.
 *
 * <p>Design. For charsets with one byte for each character, all bytes are tested. For others it is
 * known: none of their characters has a control character's byte after its first one, and neither
 * has a set to which ISO 2022 shifts. In UTF-16 and UTF-32, a terminator is one unit of two or four
 * bytes.
 */
final class LineEnds {
  private static final VarHandle LONGS =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
  private static final long ONES = 0x0101010101010101L;
  private static final long HIGH_BITS = 0x8080808080808080L;

  private static final Set<String> MANY_BYTES =
      Set.of(
          "UTF-8",
          "CESU-8",
          "GBK",
          "GB2312",
          "GB18030",
          "Big5",
          "Big5-HKSCS",
          "EUC-JP",
          "EUC-KR",
          "Shift_JIS",
          "windows-31j",
          "x-EUC-TW",
          "x-Johab",
          "x-MS932_0213",
          "x-PCK",
          "x-SJIS_0213",
          "x-eucJP-Open",
          "x-mswin-936",
          "x-windows-949",
          "x-windows-950");

  private static final Map<Charset, Optional<LineEnds>> KNOWN = new ConcurrentHashMap<>();

  private final int width;

  /** The index of the byte in a unit that isn't zero. */
  private final int low;

  private final byte feed;
  private final byte carriage;
  private final byte[] feedBytes;

  private LineEnds(int width, int low, int feed, int carriage) {
    this.width = width;
    this.low = low;
    this.feed = (byte) feed;
    this.carriage = (byte) carriage;
    feedBytes = new byte[width];
    feedBytes[low] = this.feed;
  }

  /** {@return the line ends in the charset; null if only a decoder can find them} */
  static @Nullable LineEnds of(Charset charset) {
    Optional<LineEnds> known = KNOWN.get(charset);
    if (known == null) {
      known = find(charset);
      KNOWN.put(charset, known);
    }
    return known.orElse(null);
  }

  private static Optional<LineEnds> find(Charset charset) {
    return switch (charset.name()) {
      case "UTF-16BE" -> Optional.of(new LineEnds(2, 1, '\n', '\r'));
      case "UTF-16LE" -> Optional.of(new LineEnds(2, 0, '\n', '\r'));
      case "UTF-32BE" -> Optional.of(new LineEnds(4, 3, '\n', '\r'));
      case "UTF-32LE" -> Optional.of(new LineEnds(4, 0, '\n', '\r'));
      default ->
          MANY_BYTES.contains(charset.name()) || Shifts.has(charset)
              ? Optional.of(new LineEnds(1, 0, '\n', '\r'))
              : isOfSingleBytes(charset) ? ofSingleBytes(charset) : Optional.empty();
    };
  }

  /** Whether each byte is a character. */
  static boolean isOfSingleBytes(Charset charset) {
    return charset.canEncode() && charset.newEncoder().maxBytesPerChar() == 1;
  }

  private static Optional<LineEnds> ofSingleBytes(Charset charset) {
    int feed = -1;
    int carriage = -1;
    for (int one = 0; one < 256; one++) {
      String character = new String(new byte[] {(byte) one}, charset);
      if (character.equals("\n") && feed < 0) {
        feed = one;
      } else if (character.equals("\r") && carriage < 0) {
        carriage = one;
      } else if (character.length() != 1 || character.equals("\n") || character.equals("\r")) {
        return Optional.empty();
      }
    }
    return feed < 0 || carriage < 0
        ? Optional.empty()
        : Optional.of(new LineEnds(1, 0, feed, carriage));
  }

  /** {@return the number of bytes of a terminator} */
  int width() {
    return width;
  }

  /** {@return the bytes of a line feed} */
  byte[] feed() {
    return feedBytes;
  }

  boolean isFeed(byte[] bytes, int at) {
    return bytes[at + low] == feed;
  }

  /** {@return the index of the first line terminator; {@code to} if there is none} */
  int find(byte[] bytes, int from, int to) {
    int at = scan(bytes, from, to);
    return width == 1 ? at : findUnit(bytes, from, at, to);
  }

  private int findUnit(byte[] bytes, int from, int candidate, int to) {
    int at = candidate;
    while (at < to) {
      int unit = at - (at - from) % width;
      if (unit + width > to) {
        return to;
      }
      if (isTerminator(bytes, unit)) {
        return unit;
      }
      at = scan(bytes, unit + width, to);
    }
    return to;
  }

  private boolean isTerminator(byte[] bytes, int unit) {
    for (int i = 0; i < width; i++) {
      byte one = bytes[unit + i];
      if (i == low ? one != feed && one != carriage : one != 0) {
        return false;
      }
    }
    return true;
  }

  private int scan(byte[] bytes, int from, int to) {
    long feeds = ONES * (feed & 0xFF);
    long carriages = ONES * (carriage & 0xFF);
    int at = from;
    for (; at <= to - Long.BYTES; at += Long.BYTES) {
      long eight = (long) LONGS.get(bytes, at);
      long forFeed = eight ^ feeds;
      long forCarriage = eight ^ carriages;
      // The lowest high bit that is set marks the first byte that has become zero.
      long found =
          (((forFeed - ONES) & ~forFeed) | ((forCarriage - ONES) & ~forCarriage)) & HIGH_BITS;
      if (found != 0) {
        return at + (Long.numberOfTrailingZeros(found) >>> 3);
      }
    }
    while (at < to && bytes[at] != feed && bytes[at] != carriage) {
      at++;
    }
    return at;
  }
}
