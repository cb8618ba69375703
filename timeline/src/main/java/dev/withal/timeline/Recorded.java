package dev.withal.timeline;

import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordedThread;
import org.jspecify.annotations.Nullable;

/**
 * Withal's events of one recording.
 *
 * <p>Design: all are counted, and the memory that they need is bounded, apart from eight bytes for
 * each use: a context that was seen as held is drawn to the end of the recording, unless it has
 * ended, and the events of a recording come in no order.
 */
public final class Recorded {
  public static final String USE = "dev.withal.Use";
  public static final String HELD = "dev.withal.Held";
  public static final String LEAK = "dev.withal.Leak";
  public static final String REPORT = "dev.withal.Report";

  /** How many contexts that are held, leaks and reports a page can have, of each. */
  private static final int MOST = 10_000;

  private static final Map<String, Set<String>> FIELDS =
      Map.of(
          USE,
              Set.of(
                  "id",
                  "parent",
                  "manager",
                  "where",
                  "enter",
                  "body",
                  "exit",
                  "outcome",
                  "error",
                  "enteredOn"),
          HELD,
              Set.of(
                  "id",
                  "parent",
                  "manager",
                  "phase",
                  "since",
                  "age",
                  "where",
                  "enteredOn",
                  "asked"),
          LEAK, Set.of("manager", "where", "count"),
          REPORT, Set.of("kind", "manager", "message", "error"));

  /** A leak or a report: the fields of its event, and when it was, in microseconds. */
  public record Told(long at, String manager, String what, long count, String more) {}

  /** A context as it was seen last. */
  record Seen(HeldContext context, long at) {}

  public final Thinning uses;
  public final List<Told> leaks = new ArrayList<>();
  public final List<Told> reports = new ArrayList<>();
  private final Map<Long, Seen> held = new LinkedHashMap<>();
  private final Map<String, Long> counts = new LinkedHashMap<>();
  private long[] ended = new long[64];
  private int endedCount;
  private long leaked;
  private long from = Long.MAX_VALUE;
  private long to = Long.MIN_VALUE;
  private boolean isComplete = true;

  public Recorded(int most) {
    this.uses = new Thinning(most);
    for (String event : List.of(USE, HELD, LEAK, REPORT)) {
      counts.put(event, 0L);
    }
  }

  static boolean isOurs(String event) {
    return FIELDS.containsKey(event);
  }

  /** {@return whether an event of ours has the fields that are read here} */
  static boolean isReadable(String event, List<String> fields) {
    Set<String> needed = FIELDS.get(event);
    return needed == null || fields.containsAll(needed);
  }

  void add(RecordedEvent event) {
    String name = event.getEventType().getName();
    counts.merge(name, 1L, Long::sum);
    switch (name) {
      case USE -> addUse(event);
      case HELD -> addHeld(event);
      case LEAK -> {
        long count = event.getLong("count");
        leaked += count;
        tell(
            leaks,
            new Told(
                seen(event.getStartTime()),
                text(event, "manager"),
                text(event, "where"),
                count,
                ""));
      }
      default ->
          tell(
              reports,
              new Told(
                  seen(event.getStartTime()),
                  text(event, "manager"),
                  text(event, "kind"),
                  1,
                  text(event, "message")));
    }
  }

  private static void tell(List<Told> list, Told told) {
    if (list.size() < MOST) {
      list.add(told);
    }
  }

  private void addUse(RecordedEvent event) {
    long start = seen(event.getStartTime());
    seen(event.getEndTime());
    String error = text(event, "error");
    String outcome = text(event, "outcome");
    long id = event.getLong("id");
    uses.add(
        new RecordedUse(
            id,
            event.getLong("parent"),
            text(event, "manager"),
            text(event, "where"),
            thread(event),
            error.isEmpty() ? outcome : outcome + ": " + error,
            start,
            micros(event.getDuration("enter")),
            micros(event.getDuration("body")),
            micros(event.getDuration("exit"))));
    if (endedCount == ended.length) {
      ended = Arrays.copyOf(ended, 2 * endedCount);
    }
    ended[endedCount++] = id;
  }

  private void addHeld(RecordedEvent event) {
    Instant now = event.getStartTime();
    long at = seen(now);
    long id = event.getLong("id");
    Seen before = held.get(id);
    if (before == null ? held.size() >= MOST : before.at > at) {
      return;
    }
    Instant enteredAt = now.minus(event.getDuration("age"));
    seen(enteredAt);
    held.put(
        id,
        new Seen(
            new HeldContext(
                id,
                event.getLong("parent"),
                false,
                text(event, "manager"),
                text(event, "phase"),
                event.getInstant("since"),
                enteredAt,
                optional(event, "where"),
                optional(event, "enteredOn"),
                optional(event, "asked"),
                false),
            at));
  }

  /** Notes that what comes after is missing. */
  void cutOff() {
    isComplete = false;
  }

  public boolean isComplete() {
    return isComplete;
  }

  public long count(String event) {
    return counts.getOrDefault(event, 0L);
  }

  /** {@return how many contexts have leaked; an event tells of all that were found together} */
  public long leaked() {
    return leaked;
  }

  /** {@return when the first thing began, in microseconds since the epoch} */
  public long from() {
    return Math.min(from, to());
  }

  long to() {
    return to == Long.MIN_VALUE ? 0 : to;
  }

  /** {@return what was held after a moment, as it was seen last} */
  public List<HeldContext> heldAfter(Instant moment) {
    long at = micros(moment);
    return held.values().stream().filter(seen -> seen.at >= at).map(Seen::context).toList();
  }

  /** {@return the contexts that were seen as held, and of whose end nothing is known} */
  public List<RecordedUse> open() {
    long[] ids = Arrays.copyOf(ended, endedCount);
    Arrays.sort(ids);
    long last = held.values().stream().mapToLong(Seen::at).max().orElse(0);
    List<RecordedUse> open = new ArrayList<>();
    for (Seen seen : held.values()) {
      if (Arrays.binarySearch(ids, seen.context.id()) < 0) {
        // All that are held are told within a moment, once at the end of each chunk.
        open.add(open(seen, last - seen.at < 1_000_000));
      }
    }
    return open;
  }

  private RecordedUse open(Seen seen, boolean isHeldAtTheEnd) {
    HeldContext context = seen.context;
    long start = micros(context.enteredAt());
    long since = Math.max(start, micros(context.since()));
    long end = Math.max(since, isHeldAtTheEnd ? to() : seen.at);
    boolean entering = context.phase().equals("entering");
    boolean exiting = context.phase().equals("exiting");
    String asked = context.asked() == null ? "" : ", asked to end: " + context.asked();
    return new RecordedUse(
        context.id(),
        context.parent(),
        context.manager(),
        context.where() == null ? "" : context.where(),
        context.thread() == null ? "" : context.thread(),
        (isHeldAtTheEnd ? "held at the end" : "held when seen last") + asked,
        start,
        entering ? end - start : exiting ? 0 : since - start,
        entering ? 0 : exiting ? since - start : end - since,
        exiting ? end - since : 0);
  }

  private long seen(Instant moment) {
    long at = micros(moment);
    from = Math.min(from, at);
    to = Math.max(to, at);
    return at;
  }

  private static long micros(Instant moment) {
    return ChronoUnit.MICROS.between(Instant.EPOCH, moment);
  }

  private static long micros(Duration time) {
    return Math.max(0, time.toNanos() / 1000);
  }

  private static String text(RecordedEvent event, String field) {
    String text = optional(event, field);
    return text == null ? "" : text;
  }

  private static @Nullable String optional(RecordedEvent event, String field) {
    return event.getString(field);
  }

  private static String thread(RecordedEvent event) {
    RecordedThread thread = event.getThread("enteredOn");
    String name = thread == null ? null : thread.getJavaName();
    return name == null ? "" : name;
  }
}
