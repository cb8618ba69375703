package dev.withal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A report that no listener hears is logged. */
class ReportTest {
  private static final Logger LOGGER = Logger.getLogger("dev.withal");

  private final IOException error = new IOException("broken");
  private final List<LogRecord> records = new ArrayList<>();
  private final Handler handler =
      new Handler() {
        @Override
        public void publish(LogRecord entry) {
          records.add(entry);
        }

        @Override
        public void flush() {}

        @Override
        public void close() {}
      };

  @BeforeEach
  void catchLog() {
    LOGGER.setUseParentHandlers(false);
    LOGGER.addHandler(handler);
  }

  @AfterEach
  void release() {
    LOGGER.removeHandler(handler);
    LOGGER.setUseParentHandlers(true);
  }

  @Test
  void report_nobodyListens_isLogged() {
    Report.send(Report.Kind.LATE_FAILURE, "database", "the exit failed", error);

    assertThat(records)
        .extracting(LogRecord::getLevel, LogRecord::getMessage, LogRecord::getThrown)
        .containsExactly(tuple(Level.WARNING, "database: the exit failed", error));
  }

  @Test
  void report_somebodyListens_isNotLogged() {
    try (var _ = Report.listen(_ -> {})) {
      Report.send(Report.Kind.LATE_FAILURE, "database", "the exit failed", error);
    }

    assertThat(records).isEmpty();
  }

  @Test
  void report_listenerFails_isLoggedWithThatFailure() {
    var failure = new IllegalStateException("listener");

    try (var _ =
        Report.listen(_ -> {
          throw failure;
        })) {
      Report.send(Report.Kind.LATE_FAILURE, "database", "the exit failed", error);
    }

    assertThat(records)
        .extracting(LogRecord::getLevel, LogRecord::getMessage, LogRecord::getThrown)
        .containsExactly(
            tuple(Level.WARNING, "database: the exit failed", error),
            tuple(Level.WARNING, "a listener failed on the report before", failure));
  }

  @Test
  void report_loggerFails_isPrintedWithThatFailure() {
    var failure = new IllegalStateException("the log is closed");
    LOGGER.setFilter(_ -> {
      throw failure;
    });
    var printed = new ByteArrayOutputStream();
    PrintStream err = System.err;
    System.setErr(new PrintStream(printed, true, StandardCharsets.UTF_8));
    try {
      Report.send(Report.Kind.LATE_FAILURE, "database", "the exit failed", error);
    } finally {
      System.setErr(err);
      LOGGER.setFilter(null);
    }

    assertThat(printed.toString(StandardCharsets.UTF_8).lines())
        .filteredOn(line -> !line.startsWith("\tat "))
        .containsExactly(
            "dev.withal: database: the exit failed",
            error.toString(),
            "dev.withal: a logger failed on the report before",
            failure.toString());
  }

  @Test
  void report_nobodyCanBeTold_throwsNothing() {
    LOGGER.setFilter(_ -> {
      throw new AssertionError("logger");
    });
    PrintStream err = System.err;
    System.setErr(
        new PrintStream(OutputStream.nullOutputStream()) {
          @Override
          public void println(String line) {
            records.add(new LogRecord(Level.SEVERE, line));
            throw new AssertionError("stream");
          }
        });
    try {
      Report.send(Report.Kind.LATE_FAILURE, "database", "the exit failed", error);
    } finally {
      System.setErr(err);
      LOGGER.setFilter(null);
    }

    assertThat(records)
        .extracting(LogRecord::getMessage)
        .containsExactly(
            "dev.withal: database: the exit failed",
            "dev.withal: a logger failed on the report before");
  }

  @Test
  void report_whileAListenerIsTold_isLoggedAlone() {
    var heard = new ArrayList<Report>();

    try (var _ =
        Report.listen(report -> {
          heard.add(report);
          Report.send(Report.Kind.LATE_FAILURE, "listener", "its exit failed", error);
        })) {
      Report.send(Report.Kind.LATE_FAILURE, "database", "the exit failed", error);
    }

    assertThat(heard).extracting(Report::context).containsExactly("database");
    assertThat(records)
        .extracting(LogRecord::getMessage)
        .containsExactly("listener: its exit failed");
  }

  @Test
  void report_ofWhatDoesNotPrint_saysSo() {
    var heard = new ArrayList<Report>();
    var throwing =
        new Object() {
          @Override
          public String toString() {
            throw new IllegalStateException("secret");
          }
        };
    var silent =
        new Object() {
          @Override
          @SuppressWarnings("ToStringReturnsNull") // that it does is what the test is about
          public String toString() {
            return null;
          }
        };

    try (var _ = Report.listen(heard::add)) {
      Report.send(Report.Kind.LATE_FAILURE, throwing, "the exit failed", error);
      Report.send(Report.Kind.LATE_FAILURE, silent, "the exit failed", error);
    }

    assertThat(heard)
        .extracting(Report::context)
        .containsExactly(
            throwing.getClass().getName()
                + ", whose toString throws java.lang.IllegalStateException",
            silent.getClass().getName() + ", whose toString returns null");
  }
}
