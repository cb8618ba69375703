package dev.withal.files;

import java.nio.channels.ClosedChannelException;
import java.nio.file.Path;

/** An operation came too late for its file; the message names both. */
final class FileClosedException extends ClosedChannelException {
  private static final long serialVersionUID = 1;
  private final String message;

  private FileClosedException(String message) {
    this.message = message;
  }

  /** For an operation called after the close. */
  static FileClosedException after(Path path, Action action) {
    return new FileClosedException(
        path + ": " + action + " after the file was closed: use it only inside its context");
  }

  /** For an operation called before the close, which hadn't begun by then. */
  static FileClosedException before(Path path, Action action) {
    return new FileClosedException(
        path + ": closed before this " + action + " began: end the body when it is done");
  }

  /** For an operation that waited for another process when the file was closed. */
  static FileClosedException during(Path path, Action action) {
    return new FileClosedException(
        path + ": closed while this " + action + " waited: end the body when it is done");
  }

  @Override
  public String getMessage() {
    return message;
  }
}
