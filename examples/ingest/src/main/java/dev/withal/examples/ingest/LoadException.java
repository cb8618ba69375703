package dev.withal.examples.ingest;

import org.jspecify.annotations.Nullable;

/** Why nothing was loaded, as one line for the one who runs the program. */
final class LoadException extends Exception {
  private static final long serialVersionUID = 1;

  LoadException(String message) {
    this(message, null);
  }

  LoadException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
