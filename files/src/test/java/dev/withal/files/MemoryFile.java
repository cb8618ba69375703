package dev.withal.files;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.Charset;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.MalformedInputException;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A file in memory, as plain as can be: no blocks, and text character by character. */
final class MemoryFile {
  private byte[] content;
  private int position;

  private final Map<Charset, CharsetDecoder> decoders = new HashMap<>();

  /** Which views have written half of a surrogate pair. */
  private final Map<RandomOperation.View, String> halves = new HashMap<>();

  MemoryFile(byte[] content) {
    this.content = content;
  }

  byte[] content() {
    return content;
  }

  int size() {
    return content.length;
  }

  int position() {
    return position;
  }

  int left() {
    return Math.max(0, content.length - position);
  }

  void seek(int to) {
    position = to;
  }

  void truncate(int size) {
    content = Arrays.copyOf(content, Math.min(size, content.length));
  }

  byte[] read(int count) {
    byte[] read = at(position, count);
    position += read.length;
    return read;
  }

  byte[] at(int from, int count) {
    int start = Math.min(from, content.length);
    int end = (int) Math.min(content.length, (long) start + count);
    return Arrays.copyOfRange(content, start, end);
  }

  void write(byte[] bytes) {
    put(position, bytes);
    position += bytes.length;
  }

  void put(int at, byte[] bytes) {
    if (bytes.length > 0) {
      content = Arrays.copyOf(content, Math.max(content.length, at + bytes.length));
      System.arraycopy(bytes, 0, content, at, bytes.length);
    }
  }

  // ---- text ------------------------------------------------------------------------------------

  /** Where bytes are malformed. */
  static final class Malformed extends Exception {
    private static final long serialVersionUID = 1;
    private final int at;

    Malformed(int at) {
      super("at " + at, null, false, false);
      this.at = at;
    }

    int at() {
      return at;
    }
  }

  private record Decoded(String text, int end) {}

  @Nullable String line(Charset declared, CodingErrorAction action) throws Malformed {
    Charset charset = charset(declared);
    int at = begin(declared);
    var line = new StringBuilder();
    for (Decoded next = next(charset, action, at); next != null; ) {
      at = next.end;
      if (next.text.equals("\n") || next.text.equals("\r")) {
        byte[] feed = "\n".getBytes(charset);
        boolean both = next.text.equals("\r") && Arrays.equals(at(at, feed.length), feed);
        position = both ? at + feed.length : at;
        return line.toString();
      }
      line.append(next.text);
      next = next(charset, action, at);
    }
    position = at;
    return line.isEmpty() ? null : line.toString();
  }

  String characters(Charset declared, CodingErrorAction action, int count) throws Malformed {
    if (count == 0) {
      return "";
    }
    Charset charset = charset(declared);
    int at = begin(declared);
    var text = new StringBuilder();
    for (Decoded next = next(charset, action, at); next != null; ) {
      at = next.end;
      text.append(next.text);
      next = text.length() < count ? next(charset, action, at) : null;
    }
    position = at;
    return text.toString();
  }

  private static boolean isMarked(Charset declared) {
    return declared.name().equals("UTF-16") || declared.name().equals("x-UTF-16LE-BOM");
  }

  private boolean hasMark(int first, int second) {
    return content.length >= 2 && (content[0] & 0xFF) == first && (content[1] & 0xFF) == second;
  }

  private Charset charset(Charset declared) {
    if (!isMarked(declared)) {
      return declared;
    }
    boolean little = declared.name().equals("UTF-16") ? false : true;
    if (hasMark(0xFE, 0xFF)) {
      little = false;
    } else if (hasMark(0xFF, 0xFE)) {
      little = true;
    }
    return Charset.forName(little ? "UTF-16LE" : "UTF-16BE");
  }

  private int begin(Charset declared) {
    if (declared.name().startsWith("UTF-32") && position == 0) {
      return Arrays.equals(at(0, 4), "\uFEFF".getBytes(declared)) ? 4 : 0;
    }
    boolean mark =
        isMarked(declared) && position == 0 && (hasMark(0xFE, 0xFF) || hasMark(0xFF, 0xFE));
    return mark ? 2 : position;
  }

  private @Nullable Decoded next(Charset charset, CodingErrorAction action, int at)
      throws Malformed {
    CharsetDecoder decoder = decoders.computeIfAbsent(charset, Charset::newDecoder);
    CharBuffer out = CharBuffer.allocate(2);
    for (int end = at + 1; end <= content.length; end++) {
      decoder.reset();
      if (charset.name().startsWith("UTF-32")) {
        // Or it takes a byte order mark for none of the text.
        decoder.decode(ByteBuffer.wrap("x".getBytes(charset)), out, false);
        out.clear();
      }
      ByteBuffer in = ByteBuffer.wrap(content, at, end - at);
      CoderResult result = decoder.decode(in, out, end == content.length);
      if (result.isError()) {
        if (action == CodingErrorAction.REPLACE) {
          return new Decoded("\uFFFD", at + result.length());
        }
        throw new Malformed(at);
      }
      if (out.position() > 0) {
        return new Decoded(out.flip().toString(), in.position());
      }
    }
    return null;
  }

  /** Writes text, or nothing if the charset doesn't have all of it. */
  void write(RandomOperation.View view, String text) throws CharacterCodingException {
    String all = halves.getOrDefault(view, "") + text;
    halves.remove(view);
    boolean halved = !all.isEmpty() && Character.isHighSurrogate(all.charAt(all.length() - 1));
    byte[] bytes = encode(view, halved ? all.substring(0, all.length() - 1) : all);
    write(bytes);
    if (halved) {
      halves.put(view, all.substring(all.length() - 1));
    }
  }

  boolean isWithinPair(RandomOperation.View view) {
    return halves.containsKey(view);
  }

  private byte[] encode(RandomOperation.View view, String text) throws CharacterCodingException {
    Charset declared = view.charset();
    if (text.isEmpty()) {
      return new byte[0];
    }
    var bytes = new ByteArrayOutputStream();
    Charset plain = charset(declared);
    if (isMarked(declared) && position == 0) {
      bytes.writeBytes("\uFEFF".getBytes(plain));
    }
    for (int i = 0; i < text.length(); ) {
      String one = Character.toString(text.codePointAt(i));
      if (!plain.newEncoder().canEncode(one)) {
        if (view.action() == CodingErrorAction.REPORT) {
          throw new MalformedInputException(1);
        }
        one = "?";
      }
      byte[] some = one.getBytes(plain);
      bytes.write(some, 0, some.length);
      i += Character.charCount(text.codePointAt(i));
    }
    return bytes.toByteArray();
  }
}
