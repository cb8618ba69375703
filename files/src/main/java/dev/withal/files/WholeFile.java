package dev.withal.files;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SeekableByteChannel;
import java.nio.charset.Charset;
import java.nio.file.CopyOption;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileAttribute;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * Files that are read or written by one call.
 *
 * <p>Design. A file that isn't a regular one may make the call wait for another process. The call
 * gives its place back before, and waits as an open file does, in a way that can be ended.
 */
final class WholeFile {
  private static final Set<OpenOption> USUAL =
      Set.of(
          StandardOpenOption.CREATE,
          StandardOpenOption.TRUNCATE_EXISTING,
          StandardOpenOption.WRITE);

  private WholeFile() {}

  static byte[] read(Path path, Places.Place place) throws IOException, InterruptedException {
    return mayWait(path) ? readPipe(path, place) : Files.readAllBytes(path);
  }

  private static byte[] readPipe(Path path, Places.Place place)
      throws IOException, InterruptedException {
    place.leave();
    var all = new ByteArrayOutputStream();
    ByteBuffer piece = ByteBuffer.allocate(FileBuffer.PIECE);
    Set<OpenOption> options = Set.of(StandardOpenOption.READ);
    try (PipeChannel pipe = PipeChannel.open(path, options, place.opening())) {
      place.waitsAt(pipe);
      while (pipe.read(piece.clear(), 0) >= 0) {
        all.write(piece.array(), 0, piece.position());
      }
    }
    return all.toByteArray();
  }

  private static boolean mayWait(Path path) throws IOException {
    if (!Channel.isOnDefaultFileSystem(path)) {
      return false;
    }
    try {
      return Files.readAttributes(path, BasicFileAttributes.class).isOther();
    } catch (NoSuchFileException ignored) {
      return false;
    }
  }

  static void write(
      Path path,
      byte[] bytes,
      List<OpenOption> options,
      List<FileAttribute<?>> attributes,
      Places.Place place)
      throws IOException, InterruptedException {
    ByteBuffer source = ByteBuffer.wrap(bytes);
    if (mayWait(path)) {
      place.leave();
      try (PipeChannel pipe = PipeChannel.open(path, forWriting(options), place.opening())) {
        place.waitsAt(pipe);
        while (source.hasRemaining()) {
          pipe.write(source, 0);
        }
        // Here, as a request ends that with its reason, and the close would lose the bytes.
        pipe.flush();
      }
      return;
    }
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
      throw new IllegalArgumentException("READ can't be used for writing a file: leave it out");
    }
    all.add(StandardOpenOption.WRITE);
    return all;
  }

  /**
   * Copies a file; the copy has the attributes of new files, unless it must have those of the
   * original or none are set.
   */
  static void copy(Path from, Path to, Set<CopyOption> options, FileAccess access)
      throws IOException {
    LinkOption[] links =
        options.contains(LinkOption.NOFOLLOW_LINKS)
            ? new LinkOption[] {LinkOption.NOFOLLOW_LINKS}
            : new LinkOption[0];
    if (access.attributes().isEmpty()
        || options.contains(StandardCopyOption.COPY_ATTRIBUTES)
        || !options.stream().allMatch(WholeFile::isOfCopies)
        || (Files.isSymbolicLink(from) && links.length > 0)
        || !(Files.isRegularFile(from) || Files.isDirectory(from))) {
      Files.copy(from, to, options.toArray(CopyOption[]::new));
      return;
    }
    if (Files.exists(to) && Files.isSameFile(from, to)) {
      return;
    }
    if (options.contains(StandardCopyOption.REPLACE_EXISTING)) {
      Files.deleteIfExists(to);
    }
    if (Files.isDirectory(from)) {
      Files.createDirectory(to, access.attributesOfDirectoriesAnd());
    } else {
      copyContent(from, to, access);
    }
  }

  private static boolean isOfCopies(CopyOption option) {
    return option == StandardCopyOption.REPLACE_EXISTING || option == LinkOption.NOFOLLOW_LINKS;
  }

  private static void copyContent(Path from, Path to, FileAccess access) throws IOException {
    Set<OpenOption> created = Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
    try (SeekableByteChannel source = Files.newByteChannel(from);
        SeekableByteChannel copy = Files.newByteChannel(to, created, access.attributesAnd())) {
      ByteBuffer piece = ByteBuffer.allocate(FileBuffer.PIECE);
      try {
        while (source.read(piece.clear()) >= 0) {
          piece.flip();
          while (piece.hasRemaining()) {
            copy.write(piece);
          }
        }
      } catch (Throwable failure) {
        Cleanup.after(failure, () -> Files.deleteIfExists(to));
        throw failure;
      }
    }
  }

  /** {@return the bytes of a text in a file; appended text continues in the file's own order} */
  static byte[] encode(Path path, String text, Charset charset, List<OpenOption> options)
      throws IOException {
    boolean goesOn =
        options.contains(StandardOpenOption.APPEND) && ByteOrderMark.written(charset) != null;
    return TextEncoder.encodeFile(path, goesOn ? inTheOrderOf(path, charset) : charset, text);
  }

  /**
   * {@return the charset; if marks determine its order, the one in the file's order, without a
   * mark}
   */
  private static Charset inTheOrderOf(Path path, Charset charset) throws IOException {
    if (!Files.isRegularFile(path) || Files.size(path) == 0) {
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
