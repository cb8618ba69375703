package dev.withal.files;

import java.io.Closeable;

/** The end of something that has failed. */
final class Cleanup {
  private Cleanup() {}

  /** Closes or deletes the rest; if that fails, the error is suppressed by the failure (L5). */
  static void after(Throwable failure, Closeable rest) {
    try {
      rest.close();
    } catch (Throwable alsoFailed) {
      failure.addSuppressed(alsoFailed);
    }
  }
}
