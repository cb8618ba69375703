package dev.withal.r2dbc;

import static io.r2dbc.spi.ConnectionFactoryOptions.DATABASE;
import static io.r2dbc.spi.ConnectionFactoryOptions.DRIVER;

import io.r2dbc.spi.ConnectionFactories;
import io.r2dbc.spi.ConnectionFactory;
import io.r2dbc.spi.ConnectionFactoryOptions;
import io.r2dbc.spi.ConnectionFactoryProvider;
import java.util.ServiceLoader;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A connection URL, whose text contains only its public parts: no user, no password, no options.
 *
 * <p>Design: URL parsers quote the URL in their errors, including the password. So none of these
 * errors reaches the caller, not even as a cause: each is replaced by one of our own.
 */
final class ConnectionUrl {
  private static final String SHAPE =
      "its form is"
          + " r2dbc:driver:protocol://user:password@host:port/database?option=value, with"
          + " %-encoding for special characters";

  /** Up to the part that may contain user and password. */
  private static final Pattern START = Pattern.compile("r2dbcs?:[\\w.+-]+(:[\\w.+:-]*)?://");

  /** The parts that have a place of their own in a URL, and are refused as options. */
  private static final Pattern MISPLACED =
      Pattern.compile("[?&](protocol|user|password|host|port|database|driver)=");

  private final String url;

  ConnectionUrl(String url) {
    this.url = url;
  }

  /** {@return the driver's factory, as configured by this URL} */
  ConnectionFactory factory() {
    ConnectionFactoryOptions options = parse();
    ConnectionFactory factory;
    try {
      factory = ConnectionFactories.find(options);
    } catch (RuntimeException refusal) {
      throw wrong("is refused by its driver: " + Secrets.of(url).messageOf(refusal));
    }
    if (factory == null) {
      throw wrong(whyUnsupported(options));
    }
    return factory;
  }

  private ConnectionFactoryOptions parse() {
    if (!START.matcher(url).lookingAt()) {
      throw wrong("is malformed: " + SHAPE);
    }
    Matcher misplaced = MISPLACED.matcher(url);
    if (misplaced.find()) {
      throw wrong(
          "has the option \"" + misplaced.group(1) + "\", which belongs elsewhere: " + SHAPE);
    }
    try {
      return ConnectionFactoryOptions.parse(url);
    } catch (RuntimeException ignored) {
      // The error quotes the URL, so it is not passed on.
      throw wrong("is malformed: " + SHAPE);
    }
  }

  private static String whyUnsupported(ConnectionFactoryOptions options) {
    Object driver = options.getRequiredValue(DRIVER);
    var present = new TreeSet<String>();
    ServiceLoader.load(
            ConnectionFactoryProvider.class, ConnectionFactoryProvider.class.getClassLoader())
        .forEach(provider -> present.add(provider.getDriver()));
    String why;
    if (!present.contains(driver)) {
      why =
          "names the driver \"%s\", which is not present: put its artifact on the class"
              + " path or module path (drivers present: %s)";
    } else if (!options.hasOption(DATABASE)) {
      why = "names no database: add it, as in r2dbc:driver:protocol://host/database";
    } else {
      why = "is not understood by the driver \"%s\": see its documentation for the protocols";
    }
    return why.formatted(driver, present);
  }

  private IllegalArgumentException wrong(String what) {
    return new IllegalArgumentException("the connection URL " + this + " " + what);
  }

  @Override
  public String toString() {
    Matcher start = START.matcher(url);
    if (!start.lookingAt()) {
      return "(not shown, as it may hold a password)";
    }
    String rest = url.substring(start.end());
    int host = rest.lastIndexOf('@') + 1;
    int options = rest.indexOf('?');
    if (options >= 0 && options < host) {
      // Either the password contains a question mark, or an option contains an at sign.
      return start.group() + "…";
    }
    return start.group() + rest.substring(host).split("[?;#]", 2)[0];
  }
}
