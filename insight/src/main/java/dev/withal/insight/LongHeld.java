package dev.withal.insight;

import dev.withal.internal.Held;
import dev.withal.internal.Reporter;
import dev.withal.internal.Span;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** Reports what is held for long. */
final class LongHeld {
  /** In milliseconds; 0 for never. */
  private volatile long usual;

  private final Map<String, Long> byName = new ConcurrentHashMap<>();

  void limit(@Nullable String manager, Duration limit) {
    if (Objects.requireNonNull(limit, "limit").isNegative()) {
      throw new IllegalArgumentException("the limit is less than zero: " + limit);
    }
    long millis = limit.isZero() ? 0 : Math.max(1, clipped(limit));
    if (manager == null) {
      usual = millis;
    } else {
      byName.put(manager, millis);
    }
  }

  private static long clipped(Duration limit) {
    return TimeUnit.MILLISECONDS.convert(limit);
  }

  /** Looks once; reads the stacks of those alone that it reports. */
  void look() {
    if (usual == 0 && byName.isEmpty()) {
      return;
    }
    Snapshot snapshot = Snapshot.take();
    for (Held.Entry entry : snapshot.entries()) {
      if (entry.span() instanceof UseSpan span && !UseSpan.hasLeaked(entry)) {
        look(snapshot, entry, span);
      }
    }
  }

  private void look(Snapshot snapshot, Held.Entry entry, UseSpan span) {
    long age = snapshot.age(span.begun());
    String name = byName.isEmpty() ? null : snapshot.name(entry);
    Long own = name == null ? null : byName.get(name);
    long limit = own == null ? usual : own;
    if (limit > 0 && age >= limit && !span.isWarned()) {
      String named = name == null ? snapshot.name(entry) : name;
      String message = message(snapshot, entry, span);
      Throwable stack = stack(entry);
      // Asked last, as the name of one that ends meanwhile is gone; another entry may follow it.
      if (entry.isRecorded() && span.warnsFirst()) {
        Reporter.current().report("LONG_HELD", named, message, stack);
      }
    }
  }

  private static String message(Snapshot snapshot, Held.Entry entry, Span span) {
    var message =
        new StringBuilder("it is held for ")
            .append(Text.ofMillis(snapshot.age(span.begun())))
            .append(", and ")
            .append(Text.inWords(entry.step()))
            .append(" since ")
            .append(Text.ofMillis(snapshot.age(span.since())));
    if (span.site() != null) {
      message.append("; entered at ").append(span.site());
    }
    Thread thread = entry.thread();
    if (thread != null) {
      message.append(entry.isOnItsThread() ? ", on " : ", from ").append(Tree.nameOf(thread));
    }
    Span.Asked asked = span.asked();
    if (asked != null) {
      message
          .append("; asked to end ")
          .append(Text.ofMillis(snapshot.age(asked.since())))
          .append(" ago: ")
          .append(Text.ofReason(asked.reason()));
    }
    return message.toString();
  }

  /** {@return an error that shows where the thread is that has it; null if none has} */
  private static @Nullable Throwable stack(Held.Entry entry) {
    Thread thread = entry.thread();
    if (thread == null || !entry.isOnItsThread() || !thread.isAlive()) {
      return null;
    }
    var where = new TimeoutException("the thread " + Tree.nameOf(thread) + " is here");
    where.setStackTrace(thread.getStackTrace());
    return where;
  }
}
