package dev.withal.files;

import java.io.IOException;

/**
 * Reads characters, across any number of lines.
 *
 * <p>Used by the holder of the turn only.
 */
final class TextReader {
  private final TextInput input;
  private final FileBuffer buffer;

  TextReader(TextInput input) {
    this.input = input;
    buffer = input.buffer();
  }

  /** {@return so many characters, fewer at the end of the file; one more if they end in a pair} */
  String characters(int count) throws IOException, InterruptedException {
    return count == 0 ? "" : input.<String>read(decoding -> characters(decoding, count));
  }

  private String characters(Decoding decoding, int count) throws IOException, InterruptedException {
    var text = new Pieces(input.path());
    Shifts before = input.begin(decoding);
    int used = 0;
    boolean ended = false;
    while (text.length() < count) {
      long had = text.length();
      int some =
          decoding.hasShifts()
              ? input.decodeOne(decoding, used, ended, text)
              : decodeSome(decoding, used, ended, text, count - had);
      used += some;
      if (some == 0 && text.length() == had) {
        if (ended) {
          break;
        }
        ended = !buffer.more();
      } else if (buffer.hasPositions()) {
        before = input.consume(decoding, before, used);
        used = 0;
      }
    }
    buffer.shifts(input.consume(decoding, before, used));
    return text.joined();
  }

  private int decodeSome(Decoding decoding, int used, boolean ended, Pieces into, long most)
      throws MalformedTextException {
    int from = buffer.start() + used;
    return decoding.decode(
        buffer.bytes(), from, buffer.end(), ended, buffer.at() + used, into, most);
  }

  /** {@return the rest of the text} */
  String rest() throws IOException, InterruptedException {
    return input.<String>read(
        decoding -> buffer.hasPositions() ? restOfFile(decoding) : restOfPipe(decoding));
  }

  private String restOfFile(Decoding decoding) throws IOException, InterruptedException {
    BulkReader.requireArray(input.path(), buffer.size() - buffer.at());
    var pieces = new Pieces(input.path());
    Shifts shifts = input.begin(decoding);
    boolean more = true;
    while (more) {
      more = buffer.more();
      int from = buffer.start();
      int count = decoding.decode(buffer.bytes(), from, buffer.end(), !more, buffer.at(), pieces);
      shifts = input.consume(decoding, shifts, count);
    }
    buffer.shifts(shifts);
    return pieces.joined();
  }

  private String restOfPipe(Decoding decoding) throws IOException, InterruptedException {
    return input.take(decoding, buffer.fetch(BulkReader.MAX_ARRAY), 0);
  }
}
