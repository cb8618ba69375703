package dev.withal.files;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SeekableByteChannel;
import java.nio.charset.Charset;
import java.nio.file.Files;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** Files that are written by one call, which creates them with the attributes of new files. */
final class WholeFile {
  private static final Set<OpenOption> USUAL =
      Set.of(
          StandardOpenOption.CREATE,
          StandardOpenOption.TRUNCATE_EXISTING,
          StandardOpenOption.WRITE);

  private WholeFile() {}

  static void write(
      Path path, byte[] bytes, List<OpenOption> options, List<FileAttribute<?>> attributes)
      throws IOException {
    ByteBuffer source = ByteBuffer.wrap(bytes);
    try (SeekableByteChannel channel =
        Files.newByteChannel(
            path, forWriting(options), attributes.toArray(FileAttribute<?>[]::new))) {
      while (source.hasRemaining()) {
        int limit = Math.min(source.capacity(), source.position() + FileBuffer.PIECE);
        channel.write(source.limit(limit));
        source.limit(source.capacity());
      }
    }
  }

  private static Set<OpenOption> forWriting(List<OpenOption> options) {
    if (options.isEmpty()) {
      return USUAL;
    }
    Set<OpenOption> all = new LinkedHashSet<>(options);
    if (all.contains(StandardOpenOption.READ)) {
      throw new IllegalArgumentException("READ, where a file is to be written: leave it out");
    }
    all.add(StandardOpenOption.WRITE);
    return all;
  }

  /** {@return the bytes of a text in a file; what is appended goes on as the file has begun} */
  static byte[] encode(Path path, String text, Charset charset, List<OpenOption> options)
      throws IOException {
    boolean first = !options.contains(StandardOpenOption.APPEND);
    return TextEncoder.encodeFile(path, first ? charset : inTheOrderOf(path, charset), text);
  }

  /** {@return the charset; where marks tell of its order, that of the file and without a mark} */
  private static Charset inTheOrderOf(Path path, Charset charset) throws IOException {
    if (ByteOrderMark.written(charset) == null || !Files.exists(path) || Files.size(path) == 0) {
      return charset;
    }
    List<ByteOrderMark> marks = ByteOrderMark.of(charset);
    byte[] head;
    try (var in = Files.newInputStream(path)) {
      head = in.readNBytes(marks.getFirst().length());
    }
    ByteOrderMark mark = ByteOrderMark.in(head, marks);
    return mark == null ? ByteOrderMark.withoutMark(charset) : mark.charset();
  }
}
