package dev.withal.files;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.NonReadableChannelException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The first bytes of a file, which determine how all of it is read and written. They are kept until
 * they are overwritten.
 *
 * <p>Used by the holder of the turn only, after writing the bytes that were held back.
 */
final class FileHead {
  private final Path path;
  private final Channel channel;

  /** Null if unknown; fewer than requested if they are all that the file has. */
  private byte @Nullable [] bytes;

  private int asked;

  FileHead(Path path, Channel channel) {
    this.path = path;
    this.channel = channel;
  }

  byte[] keep(byte[] first, int count) {
    bytes = first;
    asked = count;
    return first;
  }

  byte @Nullable [] inMemory() {
    return bytes;
  }

  byte[] known() {
    return Objects.requireNonNull(bytes);
  }

  boolean isKnown(int count) {
    return bytes != null && asked >= count;
  }

  /** {@return the first bytes, as many as given if there are} Of a pipe, those that are known. */
  byte[] read(int count) throws IOException, InterruptedException {
    if (isKnown(count)) {
      return known();
    }
    ByteBuffer first = ByteBuffer.allocate(count);
    if (channel.hasPositions()) {
      fill(first);
    }
    return keep(Arrays.copyOf(first.array(), first.position()), count);
  }

  private void fill(ByteBuffer first) throws IOException, InterruptedException {
    while (first.hasRemaining() && channel.read(first, first.position()) > 0) {
      // Until the end, or until there are enough.
    }
  }

  /**
   * {@return the same for a writer} A file that wasn't opened for reading is read by its path; none
   * are known if that isn't permitted.
   */
  byte[] readToWriteBehind(int count) throws IOException, InterruptedException {
    try {
      return read(count);
    } catch (NonReadableChannelException ignored) {
      ByteBuffer first = ByteBuffer.allocate(count);
      readByPath(first);
      return keep(Arrays.copyOf(first.array(), first.position()), count);
    }
  }

  private void readByPath(ByteBuffer first) throws IOException {
    // A stream, as an interruption of the calling thread would close a channel.
    try (InputStream again = Files.newInputStream(path)) {
      first.put(again.readNBytes(first.remaining()));
    } catch (AccessDeniedException | NoSuchFileException ignored) {
      // A caller that may only write, or whose file has lost its name, can't know them.
    }
  }

  void forget() {
    if (channel.hasPositions()) {
      bytes = null;
    }
  }

  /** Discards them if a write from the given position on changes them. */
  void forgetFrom(long from) {
    if (bytes != null) {
      boolean areAllThereIs = bytes.length < asked;
      if (areAllThereIs || (from < bytes.length && !channel.appends())) {
        forget();
      }
    }
  }
}
