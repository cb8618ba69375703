package dev.withal.files;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.Charset;
import java.nio.charset.CodingErrorAction;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Does something to a file, and the same to one in memory, and compares what comes of it. */
final class RandomOperation {
  private RandomOperation() {}

  /** A view of a file, and what it does about malformed text. */
  record View(AsyncTextFile text, CodingErrorAction action) {
    Charset charset() {
      return text.charset();
    }

    AsyncFile file() {
      return text.file();
    }
  }

  static String operate(Style style, View view, MemoryFile memory, Random random) throws Exception {
    AsyncFile file = view.file();
    int number = random.nextInt(random.nextInt(4) == 0 ? 300 : 20);
    return switch (random.nextInt(16)) {
      case 0 -> {
        seekBack(style, file, memory);
        byte[] bytes = RandomText.content(random, view.charset(), 8);
        style.write(file, ByteBuffer.wrap(bytes));
        memory.write(bytes);
        yield "write " + bytes.length;
      }
      case 1, 2 -> {
        seekBack(style, file, memory);
        String text = RandomText.text(random, view.charset(), random.nextInt(4) == 0 ? 100 : 6);
        write(style, view, memory, text);
        yield "write " + text;
      }
      case 3 -> {
        int position = random.nextInt(memory.size() + 2);
        style.seek(file, position);
        memory.seek(position);
        yield "seek " + position;
      }
      case 4 -> {
        int size = random.nextInt(memory.size() + 2);
        style.truncate(file, size);
        memory.truncate(size);
        yield "truncate " + size;
      }
      case 5 -> {
        var target = ByteBuffer.allocate(number);
        int position = random.nextInt(memory.size() + 2);
        style.readAt(file, position, target);
        assertThat(Arrays.copyOf(target.array(), target.position()))
            .isEqualTo(memory.at(position, number));
        yield "readAt " + position;
      }
      case 6 -> {
        int position = random.nextInt(memory.size() + 1);
        byte[] bytes = RandomText.content(random, view.charset(), 4);
        style.writeAt(file, position, ByteBuffer.wrap(bytes));
        memory.put(position, bytes);
        yield "writeAt " + position;
      }
      case 7 -> {
        style.flush(file);
        yield "flush";
      }
      case 8 -> {
        seekBack(style, file, memory);
        List<ByteBuffer> pieces =
            Stream.generate(() -> ByteBuffer.wrap(RandomText.content(random, view.charset(), 3)))
                .limit(random.nextInt(4))
                .toList();
        pieces.forEach(piece -> memory.write(bytes(piece)));
        file.writeAllAsync(new Given<>(pieces)).join();
        yield "writeAll";
      }
      default -> read(style, view, memory, random, number);
    };
  }

  private static byte[] bytes(ByteBuffer piece) {
    byte[] bytes = new byte[piece.remaining()];
    piece.get(piece.position(), bytes);
    return bytes;
  }

  /** What a gap is filled with isn't specified. */
  private static void seekBack(Style style, AsyncFile file, MemoryFile memory) throws Exception {
    if (memory.position() > memory.size()) {
      style.seek(file, memory.size());
      memory.seek(memory.size());
    }
  }

  static void write(Style style, View view, MemoryFile memory, String text) throws Exception {
    boolean refused = false;
    try {
      style.write(view.text(), text);
    } catch (CharacterCodingException _) {
      refused = true;
    }
    boolean expected = false;
    try {
      memory.write(view, text);
    } catch (CharacterCodingException _) {
      expected = true;
    }
    assertThat(refused).isEqualTo(expected);
  }

  static String read(Style style, View view, MemoryFile memory, Random random, int number)
      throws Exception {
    AsyncFile file = view.file();
    Charset charset = view.charset();
    CodingErrorAction action = view.action();
    return switch (random.nextInt(12)) {
      case 0, 1 -> {
        assertThat(style.readBytes(file, number)).isEqualTo(memory.read(number));
        yield "readBytes " + number;
      }
      case 2 -> {
        var target = ByteBuffer.allocate(1 + number);
        int count = style.read(file, target);
        assertThat(count).isEqualTo(target.position() == 0 ? -1 : target.position());
        if (file.file().buffer().hasPositions() || count < 0) {
          assertThat(count)
              .isEqualTo(memory.left() == 0 ? -1 : Math.min(1 + number, memory.left()));
        }
        assertThat(Arrays.copyOf(target.array(), target.position()))
            .isEqualTo(memory.read(target.position()));
        yield "read " + number;
      }
      case 3 -> {
        if (random.nextInt(4) == 0) {
          assertThat(style.readAllBytes(file)).isEqualTo(memory.read(Integer.MAX_VALUE));
          yield "readAllBytes";
        }
        var pieces = new Taken<ByteBuffer>();
        file.publishBytes(1 + number).subscribe(pieces);
        ByteBuffer piece = pieces.next();
        assertThat(piece == null ? new byte[0] : bytes(piece))
            .isEqualTo(memory.read(piece == null ? 1 : piece.limit()));
        yield "publishBytes " + number;
      }
      case 4 -> {
        if (random.nextInt(4) == 0) {
          same(
              () -> style.readRest(view.text()),
              () -> memory.characters(charset, action, Integer.MAX_VALUE));
          yield "readString";
        }
        int count = random.nextInt(8) == 0 ? Integer.MAX_VALUE - random.nextInt(9) : number;
        same(
            () -> style.readString(view.text(), count),
            () -> memory.characters(charset, action, count));
        yield "readCharacters " + count;
      }
      case 5, 6 -> {
        same(
            () -> style.readString(view.text(), number),
            () -> memory.characters(charset, action, number));
        yield "readCharacters " + number;
      }
      case 7 -> {
        same(
            () -> {
              var lines = new Taken<String>();
              view.text().publishLines().subscribe(lines);
              return lines.next();
            },
            () -> memory.line(charset, action));
        yield "publishLines";
      }
      default -> {
        same(() -> style.readLine(view.text()), () -> memory.line(charset, action));
        yield "readLine";
      }
    };
  }

  private interface Reading {
    @Nullable String read() throws Exception;
  }

  private static void same(Reading reading, Reading expected) throws Exception {
    String text;
    try {
      text = expected.read();
    } catch (MemoryFile.Malformed malformed) {
      try {
        text = reading.read();
      } catch (CharacterCodingException failure) {
        assertThat(failure).hasMessageEndingWith(" at byte position " + malformed.at());
        return;
      }
      throw new AssertionError("malformed at " + malformed.at() + ", but read: " + text, malformed);
    }
    assertThat(reading.read()).isEqualTo(text);
  }
}
