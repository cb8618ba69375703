package dev.withal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import java.io.IOException;
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
}
