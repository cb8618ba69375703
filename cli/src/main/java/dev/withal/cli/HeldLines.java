package dev.withal.cli;

import dev.withal.timeline.HeldContext;
import dev.withal.timeline.Json;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The lines of JSON in which Insight tells what is held and what has leaked. */
final class HeldLines {
  private static final long FORMAT = 1;

  private HeldLines() {}

  /**
   * Contexts that were found to have leaked, of one name and line.
   *
   * @param manager their name
   * @param where the line; null if nobody knows
   * @param count how many
   */
  record Leak(String manager, @Nullable String where, long count) {}

  /**
   * {@return what is held}
   *
   * @throws IllegalArgumentException if the lines are of another format
   */
  static List<HeldContext> held(String lines) {
    List<HeldContext> held = new ArrayList<>();
    for (String line : lines.lines().toList()) {
      Map<String, Object> context = object(line);
      held.add(
          context.containsKey("olderThanInsight")
              ? older(context, -1L - held.size())
              : held(context));
    }
    return held;
  }

  /**
   * {@return what has leaked}
   *
   * @throws IllegalArgumentException if the lines are of another format
   */
  static List<Leak> leaks(String lines) {
    List<Leak> leaks = new ArrayList<>();
    for (String line : lines.lines().toList()) {
      Map<String, Object> leak = object(line);
      leaks.add(new Leak(text(leak, "manager"), optional(leak, "where"), number(leak, "count")));
    }
    return leaks;
  }

  private static HeldContext held(Map<String, Object> context) {
    return new HeldContext(
        number(context, "id"),
        context.containsKey("parent") ? number(context, "parent") : 0,
        context.containsKey("parentUnknown"),
        text(context, "manager"),
        text(context, "phase"),
        instant(context, "since"),
        instant(context, "enteredAt"),
        optional(context, "where"),
        optional(context, "thread"),
        context.get("asked") instanceof Map<?, ?> asked
            ? String.valueOf(asked.get("reason"))
            : null,
        context.containsKey("leaked"));
  }

  private static HeldContext older(Map<String, Object> context, long id) {
    return new HeldContext(
        id,
        0,
        false,
        text(context, "manager"),
        text(context, "phase"),
        HeldContext.BEFORE_INSIGHT,
        HeldContext.BEFORE_INSIGHT,
        null,
        optional(context, "thread"),
        null,
        false);
  }

  private static Map<String, Object> object(String line) {
    Map<String, Object> object = Json.object(line);
    if (number(object, "format") != FORMAT) {
      throw new IllegalArgumentException("format " + object.get("format"));
    }
    return object;
  }

  private static long number(Map<String, Object> object, String key) {
    if (object.get(key) instanceof Long number) {
      return number;
    }
    throw new IllegalArgumentException("no number for " + key);
  }

  private static String text(Map<String, Object> object, String key) {
    if (object.get(key) instanceof String text) {
      return text;
    }
    throw new IllegalArgumentException("no text for " + key);
  }

  private static @Nullable String optional(Map<String, Object> object, String key) {
    return object.get(key) instanceof String text ? text : null;
  }

  private static Instant instant(Map<String, Object> object, String key) {
    try {
      return Instant.parse(text(object, key));
    } catch (DateTimeException wrong) {
      throw new IllegalArgumentException("no moment for " + key, wrong);
    }
  }

  /** {@return a context as Insight writes it} */
  static String line(HeldContext context) {
    var line = new StringBuilder();
    line.append("{\"format\":").append(FORMAT);
    if (context.isOlderThanInsight()) {
      line.append(",\"olderThanInsight\":true");
    } else {
      line.append(",\"id\":").append(context.id());
    }
    if (context.parent() != 0) {
      line.append(",\"parent\":").append(context.parent());
    } else if (context.isParentUnknown()) {
      line.append(",\"parentUnknown\":true");
    }
    text(line, "manager", context.manager());
    text(line, "phase", context.phase());
    if (!context.isOlderThanInsight()) {
      text(line, "since", context.since().toString());
      text(line, "enteredAt", context.enteredAt().toString());
    }
    text(line, "where", context.where());
    text(line, "thread", context.thread());
    if (context.asked() != null) {
      line.append(",\"asked\":{\"reason\":").append(Json.quoted(context.asked())).append('}');
    }
    if (context.isLeaked()) {
      line.append(",\"leaked\":true");
    }
    return line.append('}').toString();
  }

  private static void text(StringBuilder line, String key, @Nullable String value) {
    if (value != null) {
      line.append(",\"").append(key).append("\":").append(Json.quoted(value));
    }
  }
}
