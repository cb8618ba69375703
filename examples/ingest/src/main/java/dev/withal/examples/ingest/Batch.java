package dev.withal.examples.ingest;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * Rows that go to the database together.
 *
 * @param place where they are in the file, for messages
 * @param rows the fields of each row
 */
record Batch(String place, List<List<String>> rows) {
  /** Rows may be long, and a batch has to fit into memory. */
  private static final int ENOUGH_CHARACTERS = 1024 * 1024;

  /** {@return the next rows of the file: none at its end} */
  static Batch of(CsvRows csv, int maxRows)
      throws LoadException, IOException, InterruptedException {
    var rows = new ArrayList<List<String>>();
    long firstLine = 0;
    long lastLine = 0;
    long characters = 0;
    while (rows.size() < maxRows && characters < ENOUGH_CHARACTERS) {
      CsvRows.Row row = csv.next();
      if (row == null) {
        break;
      }
      firstLine = rows.isEmpty() ? row.line() : firstLine;
      lastLine = row.line();
      rows.add(row.fields());
      characters += row.fields().stream().mapToInt(String::length).sum();
    }
    return new Batch(csv.place(firstLine) + ": the rows down to line " + lastLine, rows);
  }

  boolean isEmpty() {
    return rows.isEmpty();
  }

  int size() {
    return rows.size();
  }

  /** {@return the fields of one column, from top to bottom} */
  String[] column(int index) {
    return rows.stream().map(fields -> fields.get(index)).toArray(String[]::new);
  }
}
