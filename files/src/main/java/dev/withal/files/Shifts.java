package dev.withal.files;

import java.io.IOException;
import java.nio.charset.Charset;
import java.nio.file.FileSystemException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * The state that a decoder needs to continue in the middle of a text: the shifts that are in force,
 * in charsets that have some (ISO 2022 and similar ones). Immutable.
 *
 * <p>Design. A decoder can't be copied, or taken back to where a failed operation began. So its
 * state is represented by the bytes that cause it, and each operation begins with a fresh decoder.
 * These are one sequence for each of four sets of characters, and whether the second of them is
 * shifted out to. Designations end with a line feed, except for the first set: writers designate
 * anew in the next line.
 */
final class Shifts {
  static final Shifts NONE = new Shifts(null, new byte[4][0], false, -1);

  private static final byte ESCAPE = 0x1B;
  private static final byte SHIFT_OUT = 0x0E;
  private static final byte SHIFT_IN = 0x0F;
  private static final byte[] ABSENT = {};

  /** Decoded differently if shifts are in force with which a decoder doesn't begin. */
  private static final byte[] PROBE = {
    'A', '\\', '~', '!', SHIFT_OUT, '0', '!', SHIFT_IN, ESCAPE, 'N', '0', '!'
  };

  private final @Nullable Charset charset;
  private final byte[][] sets;
  private final boolean out;
  private final long position;

  private Shifts(@Nullable Charset charset, byte[][] sets, boolean out, long position) {
    this.charset = charset;
    this.sets = sets;
    this.out = out;
    this.position = position;
  }

  /** Whether lines of the charset are found by their bytes, and its only state is shifts. */
  static boolean has(Charset charset) {
    String name = charset.name().toLowerCase(Locale.ROOT);
    return name.contains("iso-2022")
        || name.contains("iso2022")
        || name.startsWith("x-windows-502");
  }

  /** {@return these shifts, as in force at a position} */
  Shifts at(long where) {
    return this == NONE ? NONE : new Shifts(charset, sets, out, where);
  }

  /** {@return these shifts if they are in force there, in that charset; otherwise none} */
  Shifts at(long where, Charset of) {
    return areAt(where) && of.equals(charset) ? this : NONE;
  }

  boolean areAt(long where) {
    return this != NONE && position == where;
  }

  /** {@return the bytes after which a decoder is in the state of these shifts} */
  byte[] bytes() {
    int length = out ? 1 : 0;
    for (byte[] set : sets) {
      length += set.length;
    }
    byte[] all = new byte[length];
    int at = 0;
    for (byte[] set : sets) {
      System.arraycopy(set, 0, all, at, set.length);
      at += set.length;
    }
    if (out) {
      all[at] = SHIFT_OUT;
    }
    return all;
  }

  /** {@return the shifts in force after more bytes} */
  Shifts after(Charset of, byte[] bytes, int from, int to) {
    Shifts now = this;
    for (int at = from; at < to; at++) {
      byte one = bytes[at];
      if (one == ESCAPE) {
        int last = lastOfSequence(bytes, at, to);
        now = now.with(of, Arrays.copyOfRange(bytes, at, Math.min(to, last + 1)));
        at = last;
      } else if (one == SHIFT_OUT || one == SHIFT_IN) {
        now = of(of, now.sets, one == SHIFT_OUT);
      } else if (one == '\n' && now != NONE) {
        now = of(of, new byte[][] {now.sets[0], ABSENT, ABSENT, ABSENT}, now.out);
      }
    }
    return now;
  }

  private static int lastOfSequence(byte[] bytes, int escape, int to) {
    int at = escape + 1;
    while (at < to && bytes[at] >= 0x20 && bytes[at] <= 0x2F) {
      at++;
    }
    return at;
  }

  private Shifts with(Charset of, byte[] sequence) {
    int set = set(sequence);
    if (set < 0) {
      return this;
    }
    byte[][] now = sets.clone();
    boolean ascii = sequence.length == 3 && sequence[1] == '(' && sequence[2] == 'B';
    now[set] = ascii ? ABSENT : sequence;
    return of(of, now, out);
  }

  /** {@return the set of characters that it designates; -1 if none} */
  private static int set(byte[] sequence) {
    if (sequence.length < 3) {
      return -1;
    }
    return switch (sequence[sequence.length - 2]) {
      case '(', '$', ',' -> 0;
      case ')', '-' -> 1;
      case '*', '.' -> 2;
      case '+', '/' -> 3;
      default -> -1;
    };
  }

  private static Shifts of(Charset charset, byte[][] sets, boolean out) {
    boolean none = !out;
    for (byte[] set : sets) {
      none &= set.length == 0;
    }
    return none ? NONE : new Shifts(charset, sets, out, -1);
  }

  private boolean matters() {
    if (charset == null) {
      return false;
    }
    byte[] bytes = bytes();
    byte[] both = Arrays.copyOf(bytes, bytes.length + PROBE.length);
    System.arraycopy(PROBE, 0, both, bytes.length, PROBE.length);
    // In a charset without such shifts, the bytes are characters themselves.
    return !new String(both, charset)
        .equals(new String(bytes, charset) + new String(PROBE, charset));
  }

  /** Fails if a fresh decoder can't begin here, and this isn't the end of the file. */
  void refusePosition(Path path, long size) throws IOException {
    if (position < size && matters()) {
      throw new FileSystemException(
          path.toString(),
          null,
          "the bytes at position "
              + position
              + " can't be decoded in "
              + charset
              + " without the bytes before, so there is no position to return to: read to"
              + " the end of the line");
    }
  }
}
