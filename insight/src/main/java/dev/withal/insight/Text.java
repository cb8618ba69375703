package dev.withal.insight;

import dev.withal.internal.Held;
import dev.withal.internal.Span;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** How things are spelt for people and for programs. */
final class Text {
  private Text() {}

  static String of(Span.Outcome outcome) {
    return outcome.name().toLowerCase(Locale.ROOT).replace('_', ' ');
  }

  static String of(Held.Step step) {
    return step.name().toLowerCase(Locale.ROOT);
  }

  static String inWords(Held.Step step) {
    return step == Held.Step.BODY ? "in body" : of(step);
  }

  /** {@return why something was asked to end, by the message of the reason} */
  static String ofReason(Throwable reason) {
    try {
      String message = reason.getMessage();
      return message == null ? reason.getClass().getName() : message;
    } catch (Throwable broken) {
      return reason.getClass().getName();
    }
  }

  /** {@return some time, as {@code 40 ms}, {@code 2.8 s} or {@code 3 min 20 s}} */
  static String ofMillis(long millis) {
    if (millis < 1000) {
      return Math.max(0, millis) + " ms";
    }
    long seconds = millis / 1000;
    if (seconds < 60) {
      return seconds + "." + millis % 1000 / 100 + " s";
    }
    long minutes = seconds / 60;
    return minutes < 60
        ? minutes + " min " + seconds % 60 + " s"
        : minutes / 60 + " h " + minutes % 60 + " min";
  }

  /** {@return a text in one line, whose signs can't act on a terminal or turn its direction} */
  static String tame(String text) {
    StringBuilder tamed = null;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (isWild(c)) {
        tamed = tamed == null ? new StringBuilder(text) : tamed;
        tamed.setCharAt(i, '\uFFFD');
      }
    }
    return tamed == null ? text : tamed.toString();
  }

  private static boolean isWild(char c) {
    int type = Character.getType(c);
    return type == Character.CONTROL
        || type == Character.FORMAT
        || type == Character.LINE_SEPARATOR
        || type == Character.PARAGRAPH_SEPARATOR;
  }

  /** {@return a text as JSON has it, quoted; null for null} */
  static String json(@Nullable String text) {
    if (text == null) {
      return "null";
    }
    var json = new StringBuilder(text.length() + 2).append('"');
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '"' || c == '\\') {
        json.append('\\').append(c);
      } else if (isWild(c) || (Character.isSurrogate(c) && !isPaired(text, i))) {
        json.append("\\u").append(String.format("%04x", (int) c));
      } else {
        json.append(c);
      }
    }
    return json.append('"').toString();
  }

  private static boolean isPaired(String text, int i) {
    return Character.isHighSurrogate(text.charAt(i))
        ? i + 1 < text.length() && Character.isLowSurrogate(text.charAt(i + 1))
        : i > 0 && Character.isHighSurrogate(text.charAt(i - 1));
  }
}
