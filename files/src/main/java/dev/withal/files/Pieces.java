package dev.withal.files;

import java.nio.file.FileSystemException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Text that is decoded piece by piece.
 *
 * <p>Design. Pieces of their final length, joined once, take no more memory than two copies of the
 * text. A buffer that grows by doubling would take three.
 */
final class Pieces {
  /** So many characters fit into an array of bytes, with two bytes for each. */
  private static final int ALWAYS_FIT = (Integer.MAX_VALUE - 8) / 2;

  private final Path path;
  private final List<String> pieces = new ArrayList<>();
  private long length;

  Pieces(Path path) {
    this.path = path;
  }

  long length() {
    return length;
  }

  void add(String piece) {
    if (!piece.isEmpty()) {
      pieces.add(piece);
      length += piece.length();
    }
  }

  String joined() throws FileSystemException {
    if (pieces.isEmpty()) {
      return "";
    }
    if (length > ALWAYS_FIT) {
      boolean oneByteEach = pieces.stream().allMatch(piece -> piece.chars().allMatch(c -> c < 256));
      BulkReader.requireArray(path, oneByteEach ? length : 2 * length);
    }
    return pieces.size() == 1 ? pieces.getFirst() : String.join("", pieces);
  }
}
