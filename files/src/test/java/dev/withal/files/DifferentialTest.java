package dev.withal.files;

import static java.nio.charset.CodingErrorAction.REPLACE;
import static java.nio.charset.CodingErrorAction.REPORT;
import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static java.nio.file.StandardOpenOption.READ;
import static java.nio.file.StandardOpenOption.WRITE;
import static org.assertj.core.api.Assertions.assertThat;

import dev.withal.testkit.LeakCheck;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ByteChannel;
import java.nio.channels.FileChannel;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.Charset;
import java.nio.charset.CodingErrorAction;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Flow;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/**
 * Whatever is done to a file, in whatever order, with a buffer of whatever size, comes out as in a
 * file in memory that has no buffer: values, errors, positions, and what is in the file.
 */
@ExtendWith(LeakCheck.class)
class DifferentialTest {
  private static final int OPERATIONS = 24;

  private static final List<Charset> CHARSETS =
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

  @TempDir Path dir;

  @Test
  void sequences_ofAFile_areLikeThoseInMemory() throws Exception {
    ofFiles(0, 8_000);
  }

  @Test
  void sequences_ofAPipe_areLikeThoseInMemory() throws Exception {
    ofPipes(0, 2_000);
  }

  @Test
  @Tag("stress")
  @Timeout(value = 1, unit = TimeUnit.HOURS)
  void sequences_aMillion_areLikeThoseInMemory() throws Exception {
    ofFiles(8_000, 808_000);
    ofPipes(2_000, 202_000);
  }

  private void ofFiles(int from, int to) throws Exception {
    Path path = Files.createFile(dir.resolve("file"));
    // To open a file takes longer than all the rest, so most of the sequences share it open.
    try (var channel = SteadyChannel.open(path, Set.of(READ, WRITE));
        var plain = FileChannel.open(path, READ, WRITE)) {
      for (int seed = from; seed < to; seed++) {
        var random = new Random(seed);
        Charset charset = any(random, CHARSETS);
        var memory = new MemoryFile(content(random, charset, most(random)));
        plain.truncate(0).write(ByteBuffer.wrap(memory.content()), 0);
        var done = new ArrayList<String>();
        try {
          if (random.nextInt(100) == 0) {
            access(random)
                .open(path, READ, WRITE)
                .use(file -> {
                  operate(file, charset, memory, random, done);
                  return null;
                });
          } else {
            AsyncFile file =
                new AsyncFile(access(random).opened(path, channel, Set.of(READ, WRITE)));
            operate(file, charset, memory, random, done);
            file.flush();
          }
          var content = ByteBuffer.allocate((int) plain.size());
          plain.read(content, 0);
          assertThat(content.array()).isEqualTo(memory.content());
        } catch (Exception | AssertionError failure) {
          throw new AssertionError("seed " + seed + ", " + charset + ": " + done, failure);
        }
      }
    }
  }

  private static void operate(
      AsyncFile file, Charset charset, MemoryFile memory, Random random, List<String> done)
      throws Exception {
    Style style = random.nextInt(8) == 0 ? Style.STAGE : Style.DIRECT;
    List<View> views = views(random, file, charset);
    for (int i = 0; i < OPERATIONS; i++) {
      View view = any(random, views);
      done.add(operate(style, view, memory, random));
      assertThat(style.position(file)).isEqualTo(memory.position());
    }
    for (View view : views) {
      if (memory.isWithinPair(view)) {
        write(style, view, memory, "\uDE00");
      }
    }
    assertThat(style.size(file)).isEqualTo(memory.size());
  }

  private static int most(Random random) {
    return random.nextInt(100) == 0 ? 2_000 : 50;
  }

  private static FileAccess access(Random random) {
    // To wake another thread takes longer than all the rest.
    FileAccess access =
        random.nextInt(100) == 0 ? AsyncFiles.onVirtualThreads() : AsyncFiles.on(Runnable::run);
    return switch (random.nextInt(8)) {
      case 0 -> access;
      case 1 -> access.bufferSize(0);
      case 2, 3, 4 -> access.bufferSize(1 + random.nextInt(12));
      default -> access.bufferSize(1 + random.nextInt(200));
    };
  }

  /** A view of a file, and what it does about malformed text. */
  record View(AsyncTextFile text, CodingErrorAction action) {
    Charset charset() {
      return text.charset();
    }

    AsyncFile file() {
      return text.file();
    }
  }

  /** Two in one charset, and one in another. */
  private static List<View> views(Random random, AsyncFile file, Charset charset) {
    CodingErrorAction action =
        charset.equals(UTF_8) || charset.equals(ISO_8859_1) ? any(random, ACTIONS) : REPORT;
    return List.of(
        new View(file.text(charset, action), action),
        new View(file.text(charset, action), action),
        new View(file.text(any(random, List.of(UTF_8, ISO_8859_1, charset))), REPORT));
  }

  private static final List<CodingErrorAction> ACTIONS = List.of(REPORT, REPLACE);

  private static byte[] content(Random random, Charset charset, int most) {
    var bytes = new ByteArrayOutputStream();
    String text = text(random, charset, most);
    bytes.writeBytes(text.getBytes(charset));
    if (random.nextInt(4) == 0) {
      bytes.write(random.nextInt(256));
      bytes.writeBytes("\r\nafter\r".getBytes(charset));
    }
    return bytes.toByteArray();
  }

  private static String text(Random random, Charset charset, int most) {
    var text = new StringBuilder();
    for (int i = random.nextInt(most); i > 0; i--) {
      boolean all = random.nextInt(50) == 0;
      text.append(any(random, all ? CHARACTERS : OWN_CHARACTERS.get(charset)));
    }
    return text.toString();
  }

  private static <T> T any(Random random, List<T> all) {
    return all.get(random.nextInt(all.size()));
  }

  // ---- operations ------------------------------------------------------------------------------

  private static String operate(Style style, View view, MemoryFile memory, Random random)
      throws Exception {
    AsyncFile file = view.file();
    int number = random.nextInt(random.nextInt(4) == 0 ? 300 : 20);
    return switch (random.nextInt(16)) {
      case 0 -> {
        seekBack(style, file, memory);
        byte[] bytes = content(random, view.charset(), 8);
        style.write(file, ByteBuffer.wrap(bytes));
        memory.write(bytes);
        yield "write " + bytes.length;
      }
      case 1, 2 -> {
        seekBack(style, file, memory);
        String text = text(random, view.charset(), random.nextInt(4) == 0 ? 100 : 6);
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
        byte[] bytes = content(random, view.charset(), 4);
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
            Stream.generate(() -> ByteBuffer.wrap(content(random, view.charset(), 3)))
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

  private static void write(Style style, View view, MemoryFile memory, String text)
      throws Exception {
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

  private static String read(Style style, View view, MemoryFile memory, Random random, int number)
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

  // ---- pipes -----------------------------------------------------------------------------------

  private static void ofPipes(int from, int to) throws Exception {
    for (int seed = from; seed < to; seed++) {
      ofPipe(seed);
    }
  }

  private static void ofPipe(int seed) throws Exception {
    var random = new Random(seed);
    Style style = random.nextInt(8) == 0 ? Style.STAGE : Style.DIRECT;
    Charset charset = any(random, CHARSETS);
    byte[] content = content(random, charset, most(random));
    var memory = new MemoryFile(content);
    var done = new ArrayList<String>();
    Path path = Path.of("pipe");
    var pipe = PipeChannel.of(path, new InPieces(content, new Random(seed)), true);
    var file = new AsyncFile(access(random).opened(path, pipe, Set.of(READ)));
    try {
      List<View> views = views(random, file, charset);
      for (int i = 0; i < OPERATIONS; i++) {
        done.add(read(style, any(random, views), memory, random, random.nextInt(20)));
        if (random.nextInt(4) == 0) {
          assertThat(style.position(file)).isEqualTo(memory.position());
        }
      }
      assertThat(style.readAllBytes(file)).isEqualTo(memory.read(Integer.MAX_VALUE));
    } catch (Exception | AssertionError failure) {
      throw new AssertionError("seed " + seed + ", " + charset + ": " + done, failure);
    } finally {
      pipe.close();
    }
  }

  /** Gives some bytes at a time, as a pipe does. */
  private static final class InPieces implements ByteChannel {
    private final ByteBuffer content;
    private final Random random;

    InPieces(byte[] content, Random random) {
      this.content = ByteBuffer.wrap(content);
      this.random = random;
    }

    @Override
    public int read(ByteBuffer target) {
      if (!content.hasRemaining()) {
        return -1;
      }
      int most = 1 + random.nextInt(random.nextInt(4) == 0 ? 100 : 5);
      int count = Math.min(most, Math.min(content.remaining(), target.remaining()));
      target.put(content.slice(content.position(), count));
      content.position(content.position() + count);
      return count;
    }

    @Override
    public int write(ByteBuffer source) throws IOException {
      throw new IOException("nobody reads");
    }

    @Override
    public boolean isOpen() {
      return true;
    }

    @Override
    public void close() {}
  }

  // ---- publishers ------------------------------------------------------------------------------

  /** Takes one element, and no more. */
  private static final class Taken<T> implements Flow.Subscriber<T> {
    private final CompletableFuture<@Nullable T> first = new CompletableFuture<>();
    private Flow.@Nullable Subscription subscription;

    @Nullable T next() throws Exception {
      return dev.withal.Async.<@Nullable T, Exception>await(first);
    }

    @Override
    public void onSubscribe(Flow.Subscription given) {
      subscription = given;
      given.request(1);
    }

    @Override
    public void onNext(T element) {
      Objects.requireNonNull(subscription).cancel();
      first.complete(element);
    }

    @Override
    public void onError(Throwable error) {
      first.completeExceptionally(error);
    }

    @Override
    public void onComplete() {
      first.complete(null);
    }
  }

  /** Publishes what it was given. */
  private record Given<T>(List<T> elements) implements Flow.Publisher<T> {
    @Override
    public void subscribe(Flow.Subscriber<? super T> subscriber) {
      var left = new java.util.ArrayDeque<>(elements);
      subscriber.onSubscribe(
          new Flow.Subscription() {
            @Override
            public void request(long count) {
              T next = left.poll();
              if (next == null) {
                subscriber.onComplete();
              } else {
                subscriber.onNext(next);
              }
            }

            @Override
            public void cancel() {}
          });
    }
  }
}
