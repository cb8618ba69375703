package dev.withal.benchmarks;

import static dev.withal.benchmarks.Target.ahead;
import static dev.withal.benchmarks.Target.atMost;
import static dev.withal.benchmarks.Target.bytes;
import static dev.withal.benchmarks.Target.time;

import dev.withal.benchmarks.jmh.CharsetLines;
import dev.withal.benchmarks.jmh.DatabaseUse;
import dev.withal.benchmarks.jmh.DatabaseUse.Database;
import dev.withal.benchmarks.jmh.FileBlocks;
import dev.withal.benchmarks.jmh.FileHeap;
import dev.withal.benchmarks.jmh.FileLines;
import dev.withal.benchmarks.jmh.JdbcUse;
import dev.withal.benchmarks.jmh.LongLine;
import dev.withal.benchmarks.jmh.PipeLines;
import dev.withal.benchmarks.jmh.PipePieces;
import dev.withal.benchmarks.jmh.ProcFile;
import dev.withal.benchmarks.jmh.SampleText;
import dev.withal.benchmarks.jmh.SmallAppends;
import dev.withal.benchmarks.jmh.SmallFiles;
import dev.withal.benchmarks.jmh.WrittenLines;
import java.util.List;

/** The cases of the modules beside core: of files and of databases. */
final class ModuleCases {
  /** Of 100 bytes: a file of 1 GB. */
  private static final int LINES = 10_000_000;

  private static final int LINES_OF_CHARSETS = 1_000_000;

  private static final int APPENDS = 1_000_000;

  static final List<Case> ALL =
      List.of(
          lines("lines, direct style", "direct").target(time(1.25, "BufferedReader")),
          lines("lines, stage style", "stage")
              .library("Vert.x", lines("vertx", LINES))
              .target(time(2, "BufferedReader"))
              .target(time(0.5, "Vert.x")),
          lines("lines, publisher", "publisher")
              .library("Vert.x", lines("vertx", LINES))
              .target(time(2, "BufferedReader"))
              .target(time(0.5, "Vert.x")),
          Case.of("files", "lines, beside a task for each", lines("stage", LINES))
              // As many take it a minute.
              .floor("task per line", lines("taskPerLine", LINES / 100))
              .target(time(0.05, "task per line")),
          Case.of("files", "reads of 64 KiB", blocks("withal"))
              .floor("FileChannel", blocks("fileChannel"))
              .target(time(1.11, "FileChannel")),
          Case.of("files", "10,000 small files", smallFiles("withal"))
              .floor("virtual threads", smallFiles("virtualThreads"))
              .target(time(1.11, "virtual threads")),
          Case.of("files", "appends of 100 bytes", appends("withal"))
              .floor("BufferedOutputStream", appends("bufferedOutputStream"))
              .target(time(1.2, "BufferedOutputStream")),
          charset("lines, ASCII", SampleText.ASCII, 0.8),
          charset("lines, Chinese UTF-8", SampleText.CHINESE, 0.8),
          charset("lines, accents in UTF-8", SampleText.ACCENTS, 0.5),
          charset("lines, windows-1252", SampleText.WINDOWS_1252, 1.2),
          charset("lines, ISO-8859-15", SampleText.ISO_8859_15, 1.2),
          charset("lines, GBK", SampleText.GBK, 1.2),
          charset("lines, Shift_JIS", SampleText.SHIFT_JIS, 1.2),
          charset("lines, UTF-16", SampleText.UTF_16_TEXT, 1.2),
          longLine("one line of 100 MB, ASCII", SampleText.ASCII),
          longLine("one line of 100 MB, Chinese", SampleText.CHINESE),
          written("write lines, ASCII", SampleText.ASCII),
          written("write lines, Chinese", SampleText.CHINESE),
          pieces("pipe, pieces of 100 bytes", 100),
          pieces("pipe, pieces of 1,000 bytes", 1000),
          pieces("pipe, pieces of 64 KiB", 65536),
          Case.of("files", "/proc/kallsyms", Subject.of(ProcFile.class, "withal"))
              .floor("readAllBytes", Subject.of(ProcFile.class, "readAllBytes"))
              .target(time(1.5, "readAllBytes")),
          Case.of("files", "100,000 lines to a pipe", pipeLines("withal"))
              .floor("println", pipeLines("println"))
              .target(time(1.2, "println")),
          Case.of(
                  "files",
                  "heap while 1 GiB streams",
                  Subject.of(FileHeap.class, "streaming").with("lines", LINES))
              .target(atMost(Metric.HELD, 32 * 1024 * 1024)),
          onH2("select on H2", "Select"),
          onH2("insert and commit on H2", "Insert"),
          onPostgresql("select on PostgreSQL", "Select"),
          onPostgresql("insert and commit on PostgreSQL", "Insert"),
          jdbc("JDBC select on H2", "Select", Database.H2).target(bytes(1.2, "driver")),
          jdbc("JDBC insert and commit on H2", "Insert", Database.H2).target(bytes(1.2, "driver")),
          jdbc("JDBC select on PostgreSQL", "Select", Database.POSTGRESQL)
              .target(time(1.05, "driver")),
          jdbc("JDBC insert and commit on PostgreSQL", "Insert", Database.POSTGRESQL)
              .target(time(1.05, "driver")));

  private ModuleCases() {}

  private static Case lines(String title, String method) {
    return Case.of("files", title, lines(method, LINES))
        .floor("BufferedReader", lines("bufferedReader", LINES));
  }

  private static Subject lines(String method, long lines) {
    return Subject.of(FileLines.class, method).times("lines", lines);
  }

  private static Subject blocks(String method) {
    return Subject.of(FileBlocks.class, method).times("blocks", 16 * 1024);
  }

  private static Subject smallFiles(String method) {
    return Subject.of(SmallFiles.class, method).times("files", 10_000);
  }

  private static Subject appends(String method) {
    return Subject.of(SmallAppends.class, method).times("appends", APPENDS);
  }

  private static Case charset(String title, SampleText text, double factor) {
    return Case.of("files", title, charset("withal", text))
        .floor("BufferedReader", charset("bufferedReader", text))
        .target(time(factor, "BufferedReader"));
  }

  private static Subject charset(String method, SampleText text) {
    return Subject.of(CharsetLines.class, method)
        .times("lines", LINES_OF_CHARSETS)
        .with("text", text);
  }

  private static Case longLine(String title, SampleText text) {
    return Case.of("files", title, Subject.of(LongLine.class, "withal").with("text", text))
        .floor("BufferedReader", Subject.of(LongLine.class, "bufferedReader").with("text", text))
        .target(time(1.1, "BufferedReader"))
        .target(bytes(1, "BufferedReader"));
  }

  private static Case written(String title, SampleText text) {
    return Case.of("files", title, writing("withal", text))
        .floor("BufferedWriter", writing("bufferedWriter", text))
        .target(time(1, "BufferedWriter"));
  }

  private static Subject writing(String method, SampleText text) {
    return Subject.of(WrittenLines.class, method)
        .times("lines", LINES_OF_CHARSETS)
        .with("text", text);
  }

  private static Case pieces(String title, int size) {
    return Case.of("files", title, Subject.of(PipePieces.class, "withal").with("piece", size))
        .floor(
            "FileInputStream", Subject.of(PipePieces.class, "fileInputStream").with("piece", size))
        .target(time(1.5, "FileInputStream"));
  }

  private static Subject pipeLines(String method) {
    return Subject.of(PipeLines.class, method).times("lines", 100_000);
  }

  private static Case onH2(String title, String work) {
    return database(title, work, Database.H2).target(bytes(1.2, "driver")).target(ahead());
  }

  private static Case onPostgresql(String title, String work) {
    return database(title, work, Database.POSTGRESQL).target(time(1.05, "driver")).target(ahead());
  }

  private static Case database(String title, String work, Database database) {
    return Case.of("databases", title, database("withal" + work, database))
        .floor("driver", database("driver" + work, database))
        .library("usingWhen", database("usingWhen" + work, database));
  }

  private static Subject database(String method, Database database) {
    return Subject.of(DatabaseUse.class, method).with("database", database);
  }

  private static Case jdbc(String title, String work, Database database) {
    return Case.of("databases", title, jdbc("withal" + work, database))
        .floor("driver", jdbc("driver" + work, database));
  }

  private static Subject jdbc(String method, Database database) {
    return Subject.of(JdbcUse.class, method).with("database", database);
  }
}
