package dev.withal.database.testing;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.logging.SimpleFormatter;

/** Collects what is reported instead of printing it. */
public final class Warnings extends Handler implements AutoCloseable {
  private static final Logger LOGGER = Logger.getLogger("dev.withal");

  private final List<String> messages = Collections.synchronizedList(new ArrayList<>());

  /** Begins to collect. */
  public Warnings() {
    LOGGER.setUseParentHandlers(false);
    LOGGER.addHandler(this);
  }

  /** {@return each message, and the error it came with} */
  public List<String> messages() {
    return messages;
  }

  @Override
  public void publish(LogRecord warning) {
    String message = new SimpleFormatter().formatMessage(warning);
    messages.add(warning.getThrown() == null ? message : message + ": " + warning.getThrown());
  }

  @Override
  public void flush() {}

  @Override
  public void close() {
    LOGGER.removeHandler(this);
    LOGGER.setUseParentHandlers(true);
  }
}
