package dev.withal.timeline;

import java.time.Duration;
import java.util.Locale;

/** Texts of other processes, as a terminal and a page may show them. */
public final class Plain {
  private Plain() {}

  /** {@return a text in one line, without signs that act on a terminal or turn its direction} */
  public static String line(String text) {
    return tamed(text, false);
  }

  /** {@return a text in lines, as {@link #line} has each} */
  public static String lines(String text) {
    return tamed(text, true);
  }

  private static String tamed(String text, boolean inLines) {
    StringBuilder tamed = null;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (isWild(text, i) && !(inLines && c == '\n')) {
        tamed = tamed == null ? new StringBuilder(text) : tamed;
        tamed.setCharAt(i, '\uFFFD');
      }
    }
    return tamed == null ? text : tamed.toString();
  }

  /** {@return whether a char is a control or format sign, a line separator or half a character} */
  static boolean isWild(String text, int i) {
    char c = text.charAt(i);
    if (Character.isHighSurrogate(c)) {
      return i + 1 == text.length()
          || !Character.isLowSurrogate(text.charAt(i + 1))
          || isTag(text, i);
    }
    if (Character.isLowSurrogate(c)) {
      return i == 0 || !Character.isHighSurrogate(text.charAt(i - 1)) || isTag(text, i - 1);
    }
    int type = Character.getType(c);
    return type == Character.CONTROL
        || type == Character.FORMAT
        || type == Character.LINE_SEPARATOR
        || type == Character.PARAGRAPH_SEPARATOR;
  }

  private static boolean isTag(String text, int i) {
    return Character.getType(text.codePointAt(i)) == Character.FORMAT;
  }

  /** {@return the begin of a text that is longer than that, and all of another} */
  static String atMost(int length, String text) {
    if (text.length() <= length) {
      return text;
    }
    int end = Character.isHighSurrogate(text.charAt(length - 1)) ? length - 1 : length;
    return text.substring(0, end) + "…";
  }

  /** {@return some time, as {@code 40 ms}, {@code 2.8 s} or {@code 3 min 20 s}} */
  public static String time(Duration time) {
    long millis = Math.max(0, time.toMillis());
    if (millis < 1000) {
      return millis + " ms";
    }
    long seconds = millis / 1000;
    if (seconds < 60) {
      return String.format(Locale.ROOT, "%d.%d s", seconds, millis % 1000 / 100);
    }
    long minutes = seconds / 60;
    return minutes < 60
        ? minutes + " min " + seconds % 60 + " s"
        : minutes / 60 + " h " + minutes % 60 + " min";
  }
}
