package dev.withal.r2dbc;

import io.r2dbc.spi.R2dbcNonTransientResourceException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Keeps passwords out of a driver's error when it can't connect.
 *
 * <p>Design: some drivers quote their own form of the URL, for example with {@code
 * PASSWORD=secret}. The text after such a word is hidden, and so is the password of our URL, which
 * may contain any character, where it stands as one ({@code =secret}, {@code :secret}). It isn't
 * hidden everywhere: a password may well be "postgres". An error without secrets is passed on
 * unchanged.
 */
final class Secrets {
  private static final String HIDDEN = "***";
  private static final String SECRET_WORD = "(?:password|passwd|pwd|passphrase|secret|token)";
  private static final String NAMED = "(?<=" + SECRET_WORD + "=)(?!\\*)[^;&,\\s\"']+";

  private static final Pattern BEFORE_PASSWORD = Pattern.compile("://[^:@/]*:");
  private static final Pattern SECRET_OPTION =
      Pattern.compile("[?&;][^=&;?]*" + SECRET_WORD + "[^=&;]*=([^&;]+)", Pattern.CASE_INSENSITIVE);

  private final Pattern secret;

  private Secrets(String secrets) {
    secret = Pattern.compile(secrets, Pattern.CASE_INSENSITIVE);
  }

  /** {@return the secrets of a factory, of which we know none} */
  static Secrets unknown() {
    return new Secrets(NAMED);
  }

  /** {@return the secrets of a connection URL} */
  static Secrets of(String url) {
    var secrets = new StringBuilder();
    Matcher password = BEFORE_PASSWORD.matcher(url);
    if (password.find()) {
      // It is uncertain which at sign ends it, as it may contain one unencoded.
      for (int at = url.indexOf('@', password.end()); at >= 0; at = url.indexOf('@', at + 1)) {
        add(secrets, url.substring(password.end(), at));
      }
    }
    Matcher option = SECRET_OPTION.matcher(url);
    while (option.find()) {
      add(secrets, option.group(1));
    }
    return new Secrets(secrets + NAMED);
  }

  private static void add(StringBuilder secrets, String value) {
    String decoded = decoded(value);
    // The last form is how H2 quotes.
    Stream.of(value, decoded, decoded.replace("\"", "\"\""))
        .filter(form -> !form.isEmpty())
        .forEach(form -> secrets.append("(?<=[=:])").append(Pattern.quote(form)).append('|'));
  }

  private static String decoded(String value) {
    try {
      return URLDecoder.decode(value, StandardCharsets.UTF_8);
    } catch (IllegalArgumentException ignored) {
      // It isn't properly encoded, so nobody could read it as anything else.
      return value;
    }
  }

  /** {@return the error, or one that says the same without secrets} */
  Throwable hidden(Throwable error) {
    String told = messages(error);
    if (!secret.matcher(told).find()) {
      return error;
    }
    var hidden = new R2dbcNonTransientResourceException(secret.matcher(told).replaceAll(HIDDEN));
    hidden.setStackTrace(error.getStackTrace());
    return hidden;
  }

  /** {@return the messages of the error and its causes, without secrets} */
  String messageOf(Throwable error) {
    return secret.matcher(messages(error)).replaceAll(HIDDEN);
  }

  private static String messages(Throwable error) {
    var text = new StringBuilder();
    collect(error, text, Collections.newSetFromMap(new IdentityHashMap<>()));
    return text.toString();
  }

  private static void collect(@Nullable Throwable error, StringBuilder text, Set<Throwable> seen) {
    if (error == null || !seen.add(error)) {
      return;
    }
    String message = error.getMessage() == null ? error.toString() : error.getMessage();
    if (text.indexOf(message) < 0) {
      text.append(text.isEmpty() ? "" : ": ").append(message);
    }
    collect(error.getCause(), text, seen);
    for (Throwable suppressed : error.getSuppressed()) {
      collect(suppressed, text, seen);
    }
  }
}
