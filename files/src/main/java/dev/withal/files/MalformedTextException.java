package dev.withal.files;

import java.nio.charset.CharacterCodingException;
import java.nio.charset.Charset;
import java.nio.file.Path;

/** A file's bytes aren't text in the charset that was named; says where. */
final class MalformedTextException extends CharacterCodingException {
  private static final long serialVersionUID = 1;
  private final String message;

  MalformedTextException(Path path, Charset charset, long at, CharacterCodingException cause) {
    message = path + ": not " + charset + " at byte position " + at;
    initCause(cause);
  }

  @Override
  public String getMessage() {
    return message;
  }
}
