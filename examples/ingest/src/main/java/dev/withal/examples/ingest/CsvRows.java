package dev.withal.examples.ingest;

import static java.nio.charset.StandardCharsets.UTF_8;

import de.siegmar.fastcsv.reader.AbstractBaseCsvCallbackHandler;
import de.siegmar.fastcsv.reader.CsvParseException;
import de.siegmar.fastcsv.reader.CsvReader;
import de.siegmar.fastcsv.reader.FieldMismatchStrategy;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.io.UncheckedIOException;
import java.nio.charset.CharacterCodingException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The rows of a CSV file, read one by one, and strictly: RFC 4180 in UTF-8, with a header. Blank
 * lines are skipped. What is wrong is told with the line on which the row begins.
 */
final class CsvRows {
  /** In bytes: what a VARCHAR of H2 takes. */
  private static final int LONGEST_FIELD = 1024 * 1024;

  /**
   * One row.
   *
   * @param line the line of the file on which it begins
   * @param fields as many as the header has
   */
  record Row(long line, List<String> fields) {}

  private final String file;
  private final RowHandler handler = new RowHandler();
  private final Iterator<Row> rows;
  private final List<String> header;

  /**
   * Reads the header.
   *
   * @param file how messages call the file
   * @throws LoadException if there is none, or it doesn't name the columns
   */
  CsvRows(InputStream in, String file) throws LoadException, IOException, InterruptedException {
    this.file = file;
    rows =
        CsvReader.builder()
            .allowUnclosedQuote(false)
            .extraFieldStrategy(FieldMismatchStrategy.IGNORE) // next() tells more
            .missingFieldStrategy(FieldMismatchStrategy.IGNORE)
            .maxBufferSize(2 * LONGEST_FIELD)
            .build(handler, new Utf8Reader(in))
            .iterator();
    Row first = read();
    if (first == null) {
      throw new LoadException(file + ": is empty: the first line must name the columns");
    }
    header = first.fields();
    requireNames(first);
  }

  List<String> header() {
    return header;
  }

  /** {@return the next row, or null after the last} */
  @Nullable Row next() throws LoadException, IOException, InterruptedException {
    Row row = read();
    if (row != null && row.fields().size() != header.size()) {
      throw wrong(
          row.line(),
          "the header has %d fields, but this row has %d"
              .formatted(header.size(), row.fields().size()));
    }
    return row;
  }

  /** {@return how messages call a line} */
  String place(long line) {
    return file + ":" + line;
  }

  private @Nullable Row read() throws LoadException, IOException, InterruptedException {
    try {
      return rows.hasNext() ? rows.next() : null;
    } catch (CsvParseException malformed) {
      throw wrong(handler.line(), whatIsWrong(malformed));
    } catch (UncheckedIOException failure) {
      if (failure.getCause() instanceof CharacterCodingException) {
        throw wrong(handler.line(), "is not valid UTF-8");
      }
      if (failure.getCause() instanceof InterruptedIOException) {
        // A reader can't say it otherwise; this is what tells a cancelled load from a failed one.
        Thread.interrupted();
        throw new InterruptedException(failure.getCause().getMessage());
      }
      throw failure.getCause();
    }
  }

  /** {@return what the parser says, which it wraps to add the line} */
  private static @Nullable String whatIsWrong(CsvParseException malformed) {
    Throwable cause = malformed.getCause() == null ? malformed : malformed.getCause();
    return cause instanceof MalformedField
        ? cause.getMessage()
        : "is malformed: "
            + String.valueOf(cause.getMessage()).replaceFirst(" \\(record starting at .*", "");
  }

  private void requireNames(Row first) throws LoadException {
    var seen = new HashSet<String>();
    for (String name : header) {
      if (name.isBlank()) {
        throw wrong(first.line(), "column " + (seen.size() + 1) + " has no name");
      }
      if (!seen.add(name)) {
        throw wrong(first.line(), "two columns are named \"" + name + "\"");
      }
    }
  }

  private LoadException wrong(long line, @Nullable String what) {
    return new LoadException(place(line) + ": " + what);
  }

  /** What is wrong with a field, in our words. */
  private static final class MalformedField extends CsvParseException {
    private static final long serialVersionUID = 1;

    MalformedField(String what) {
      super(what);
    }
  }

  /** Makes rows of fields, and knows where the row that is being read begins. */
  private static final class RowHandler extends AbstractBaseCsvCallbackHandler<Row> {
    private List<String> fields = List.of();

    long line() {
      return getStartingLineNumber();
    }

    @Override
    protected void handleBegin(long startingLineNumber) {
      fields = new ArrayList<>(fields.size());
    }

    @Override
    protected void handleField(int index, char[] buffer, int offset, int length, boolean quoted) {
      var text = new String(buffer, offset, length);
      if (length > LONGEST_FIELD / 3 && text.getBytes(UTF_8).length > LONGEST_FIELD) {
        throw new MalformedField("has a field of more than 1 MiB");
      }
      if (!quoted && text.indexOf('"') >= 0) {
        throw new MalformedField(
            "has broken quotes: one is in a field that doesn't begin with one");
      }
      if (text.indexOf('\0') >= 0) {
        throw new MalformedField("has a NUL character, which a text in PostgreSQL can't have");
      }
      fields.add(text);
    }

    @Override
    protected Row buildRecord() {
      return new Row(getStartingLineNumber(), fields);
    }
  }
}
