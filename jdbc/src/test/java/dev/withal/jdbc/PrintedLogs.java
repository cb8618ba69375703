package dev.withal.jdbc;

import java.sql.SQLException;
import java.time.Duration;
import org.slf4j.ILoggerFactory;
import org.slf4j.IMarkerFactory;
import org.slf4j.Marker;
import org.slf4j.event.Level;
import org.slf4j.helpers.BasicMDCAdapter;
import org.slf4j.helpers.BasicMarkerFactory;
import org.slf4j.helpers.LegacyAbstractLogger;
import org.slf4j.helpers.MessageFormatter;
import org.slf4j.spi.MDCAdapter;
import org.slf4j.spi.SLF4JServiceProvider;

/**
 * A program that opens pools with passwords, one of which gets no connection, and prints all that
 * is logged.
 */
public final class PrintedLogs implements SLF4JServiceProvider {
  private final IMarkerFactory markers = new BasicMarkerFactory();
  private final MDCAdapter contexts = new BasicMDCAdapter();

  /** Takes no arguments. */
  public static void main(String[] args) throws Exception {
    open("jdbc:h2:mem:logs;USER=ada;PASSWORD=s3cret");
    open("jdbc:h2:relative;USER=ada;PASSWORD=s3cret");
  }

  private static void open(String url) throws Exception {
    PoolSettings settings = PoolSettings.DEFAULT.withEnterTimeout(Duration.ofSeconds(1));
    Jdbc.pool(SecretsTest.driver(url), settings)
        .suppressing(SQLException.class)
        .use(pool -> pool.connection().use(_ -> null));
  }

  @Override
  public ILoggerFactory getLoggerFactory() {
    return _ -> new Printing();
  }

  @Override
  public IMarkerFactory getMarkerFactory() {
    return markers;
  }

  @Override
  public MDCAdapter getMDCAdapter() {
    return contexts;
  }

  @Override
  public String getRequestedApiVersion() {
    return "2.0";
  }

  @Override
  public void initialize() {}

  /** Prints each message, with its error. */
  @SuppressWarnings("serial") // it isn't written anywhere
  private static final class Printing extends LegacyAbstractLogger {
    @Override
    public boolean isTraceEnabled() {
      return true;
    }

    @Override
    public boolean isDebugEnabled() {
      return true;
    }

    @Override
    public boolean isInfoEnabled() {
      return true;
    }

    @Override
    public boolean isWarnEnabled() {
      return true;
    }

    @Override
    public boolean isErrorEnabled() {
      return true;
    }

    @Override
    protected String getFullyQualifiedCallerName() {
      return Printing.class.getName();
    }

    @Override
    protected void handleNormalizedLoggingCall(
        Level level, Marker marker, String pattern, Object[] arguments, Throwable error) {
      System.out.println(MessageFormatter.basicArrayFormat(pattern, arguments));
      if (error != null) {
        error.printStackTrace(System.out);
      }
    }
  }
}
