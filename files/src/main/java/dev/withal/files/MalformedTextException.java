package dev.withal.files;

import java.nio.charset.CharacterCodingException;
import java.nio.charset.Charset;
import java.nio.file.Path;

/** Bytes aren't text in a charset, or text has no bytes in it; the message says where. */
final class MalformedTextException extends CharacterCodingException {
  private static final long serialVersionUID = 1;
  private final String message;

  private MalformedTextException(String message, CharacterCodingException cause) {
    this.message = message;
    initCause(cause);
  }

  static MalformedTextException decoding(
      Path path, Charset charset, long at, CharacterCodingException cause) {
    return new MalformedTextException(path + ": not " + charset + " at byte position " + at, cause);
  }

  static MalformedTextException encoding(
      Path path, Charset charset, int at, CharacterCodingException cause) {
    return new MalformedTextException(
        path + ": the text to write can't be encoded in " + charset + " at character " + at, cause);
  }

  @Override
  public String getMessage() {
    return message;
  }
}
