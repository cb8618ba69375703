package dev.withal.insight;

import dev.withal.internal.Held;
import dev.withal.internal.Span;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;

/**
 * The contexts held, one JSON object per line. One that was entered before Insight was on has
 * neither an id nor times.
 */
final class JsonLines {
  /** Changes whenever a reader of the one before would misunderstand. */
  static final int FORMAT = 1;

  private JsonLines() {}

  static String of(Snapshot snapshot, int max) {
    var lines = new StringBuilder();
    int left = max;
    for (Held.Entry entry : snapshot.entries()) {
      if (entry.span() == null && left > 0 && add(lines, snapshot, entry)) {
        left--;
      }
    }
    for (Held.Entry entry : oldest(snapshot, left)) {
      add(lines, snapshot, entry);
    }
    return lines.toString();
  }

  /** Adds a line. {@return whether it did: not if the entry has left since the snapshot} */
  private static boolean add(StringBuilder lines, Snapshot snapshot, Held.Entry entry) {
    int before = lines.length();
    Span span = entry.span();
    if (span == null) {
      olderLine(lines, snapshot, entry);
    } else {
      line(lines, snapshot, entry, span);
    }
    // Asked last, as the name of one that ends meanwhile is gone.
    if (!entry.isRecorded()) {
      lines.setLength(before);
    }
    return lines.length() > before;
  }

  private static void olderLine(StringBuilder lines, Snapshot snapshot, Held.Entry entry) {
    lines.append("{\"format\":").append(FORMAT).append(",\"olderThanInsight\":true");
    text(lines, "manager", snapshot.name(entry));
    text(lines, "phase", Text.of(entry.step()));
    thread(lines, entry);
    lines.append("}\n");
  }

  /** {@return those with a span that are held longest, the oldest first} */
  static List<Held.Entry> oldest(Snapshot snapshot, int max) {
    Comparator<Held.Entry> byAge = Comparator.comparingLong(JsonLines::begun);
    var oldest = new PriorityQueue<Held.Entry>(byAge.reversed());
    for (Held.Entry entry : snapshot.entries()) {
      if (entry.span() != null && entry.isRecorded()) {
        oldest.add(entry);
        if (oldest.size() > max) {
          oldest.poll();
        }
      }
    }
    var sorted = new ArrayList<Held.Entry>(oldest);
    sorted.sort(byAge);
    return sorted;
  }

  private static long begun(Held.Entry entry) {
    Span span = entry.span();
    return span == null ? Long.MAX_VALUE : span.begun();
  }

  private static void line(StringBuilder lines, Snapshot snapshot, Held.Entry entry, Span span) {
    lines.append("{\"format\":").append(FORMAT).append(",\"id\":").append(span.id());
    Span parent = snapshot.parent(span);
    if (parent != null) {
      lines.append(",\"parent\":").append(parent.id());
    } else if (span.isParentUnknown()) {
      lines.append(",\"parentUnknown\":true");
    }
    text(lines, "manager", snapshot.name(entry));
    text(lines, "phase", Text.of(entry.step()));
    text(lines, "since", instant(snapshot, span.since()));
    text(lines, "enteredAt", instant(snapshot, span.begun()));
    if (span.site() != null) {
      text(lines, "where", span.site());
    }
    thread(lines, entry);
    Span.Asked asked = span.asked();
    if (asked != null) {
      lines.append(",\"asked\":{\"since\":").append(Text.json(instant(snapshot, asked.since())));
      text(lines, "reason", Text.ofReason(asked.reason()));
      lines.append('}');
    }
    if (UseSpan.hasLeaked(entry)) {
      lines.append(",\"leaked\":true");
    }
    lines.append("}\n");
  }

  private static void thread(StringBuilder lines, Held.Entry entry) {
    Thread thread = entry.thread();
    if (thread != null) {
      text(lines, "thread", Tree.nameOf(thread));
    }
  }

  static void text(StringBuilder lines, String key, String value) {
    lines.append(",\"").append(key).append("\":").append(Text.json(value));
  }

  private static String instant(Snapshot snapshot, long tick) {
    return Instant.ofEpochMilli(snapshot.epochMillis(tick)).toString();
  }
}
