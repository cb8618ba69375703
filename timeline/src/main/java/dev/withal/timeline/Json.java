package dev.withal.timeline;

import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Objects of JSON, as Insight writes them: of strings, whole numbers, truths and objects.
 *
 * <p>Design: whatever else a process answers is refused, as another version's.
 */
public final class Json {
  private static final HexFormat HEX = HexFormat.of();

  private final String text;
  private int at;

  private Json(String text) {
    this.text = text;
  }

  /**
   * {@return the object that a line is}
   *
   * @throws IllegalArgumentException if it is something else
   */
  public static Map<String, Object> object(String line) {
    var json = new Json(line);
    Map<String, Object> object = json.object(0);
    if (json.at != line.length()) {
      throw json.wrong();
    }
    return object;
  }

  private Map<String, Object> object(int depth) {
    if (depth > 4) {
      throw wrong();
    }
    Map<String, Object> object = new LinkedHashMap<>();
    take('{');
    while (peek() != '}') {
      if (!object.isEmpty()) {
        take(',');
      }
      String key = string();
      take(':');
      Object value = value(depth);
      object.put(key, value == null ? "" : value);
    }
    take('}');
    return object;
  }

  private @Nullable Object value(int depth) {
    char c = peek();
    if (c == '"') {
      return string();
    }
    if (c == '{') {
      return object(depth + 1);
    }
    int end = at;
    while (end < text.length() && ",}".indexOf(text.charAt(end)) < 0) {
      end++;
    }
    String word = text.substring(at, end);
    at = end;
    return switch (word) {
      case "true" -> true;
      case "false" -> false;
      case "null" -> null;
      default -> Long.valueOf(word);
    };
  }

  private String string() {
    take('"');
    var string = new StringBuilder();
    while (peek() != '"') {
      char c = text.charAt(at++);
      string.append(c == '\\' ? escaped() : c);
    }
    at++;
    return string.toString();
  }

  private char escaped() {
    char c = peek();
    at++;
    return switch (c) {
      case 'n' -> '\n';
      case 't' -> '\t';
      case 'r' -> '\r';
      case 'b' -> '\b';
      case 'f' -> '\f';
      case 'u' -> {
        if (at + 4 > text.length()) {
          throw wrong();
        }
        at += 4;
        yield (char) Integer.parseInt(text, at - 4, at, 16);
      }
      default -> c;
    };
  }

  private char peek() {
    if (at >= text.length()) {
      throw wrong();
    }
    return text.charAt(at);
  }

  private void take(char c) {
    if (peek() != c) {
      throw wrong();
    }
    at++;
  }

  private IllegalArgumentException wrong() {
    return new IllegalArgumentException("this isn't what Insight writes, at " + at + ": " + text);
  }

  /**
   * {@return a text as JSON in a page has it: without anything that could end the page's script}
   */
  public static String quoted(@Nullable String text) {
    if (text == null) {
      return "null";
    }
    var json = new StringBuilder(text.length() + 2).append('"');
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '"' || c == '\\' || c == '<' || c == '>' || c == '&' || Plain.isWild(text, i)) {
        json.append("\\u").append(HEX.toHexDigits(c));
      } else {
        json.append(c);
      }
    }
    return json.append('"').toString();
  }
}
