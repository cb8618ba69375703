package dev.withal.insight;

import dev.withal.internal.Grip;
import dev.withal.internal.Held;
import dev.withal.internal.Names;
import dev.withal.internal.Reporter;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Reports what nobody is left to exit, as the garbage collector finds it. */
final class Leaks {
  private record Place(String name, @Nullable String site) {}

  /** How many different ones are kept for those who ask later. */
  private static final int MOST = 1_000;

  /** Where how many were found, the latest last. Guarded by itself. */
  private static final Map<Place, Found> FOUND = new LinkedHashMap<>();

  private record Found(long count, Instant last) {}

  private Leaks() {}

  /** Drops the leaks found while Insight was off. */
  static void forget() {
    Held.Entry entry = Grip.nextLeaked();
    while (entry != null) {
      entry = Grip.nextLeaked();
    }
    synchronized (FOUND) {
      FOUND.clear();
    }
  }

  /** Reports what was found since the last look. {@return how many there are} */
  static long look() {
    Map<Place, Long> found = new LinkedHashMap<>();
    long all = 0;
    for (Held.Entry entry = Grip.nextLeaked(); entry != null; entry = Grip.nextLeaked()) {
      String name = Names.of(entry.named());
      // Guard against race with a run, which may still exit what leaked: then its name is gone.
      if (entry.span() instanceof UseSpan span && entry.isRecorded()) {
        span.leak();
        found.merge(new Place(name, span.site()), 1L, Long::sum);
        all++;
      }
      if (entry.isLostWithItsHolder() || !Held.isOnForOthers()) {
        // The record must not keep what nobody else does, unless somebody ends it later.
        entry.forget();
      }
    }
    found.forEach(Leaks::report);
    return all;
  }

  private static void keep(Place place, long count) {
    synchronized (FOUND) {
      Found before = FOUND.remove(place);
      if (FOUND.size() == MOST) {
        FOUND.remove(FOUND.keySet().iterator().next());
      }
      long all = before == null ? count : before.count + count;
      FOUND.put(place, new Found(all, Instant.ofEpochMilli(Snapshot.wallClock())));
    }
  }

  /** {@return what was found since Insight was switched on, the latest first} */
  static String json(int max) {
    List<Map.Entry<Place, Found>> latestFirst;
    synchronized (FOUND) {
      latestFirst = new ArrayList<>(FOUND.entrySet());
    }
    Collections.reverse(latestFirst);
    var lines = new StringBuilder();
    for (Map.Entry<Place, Found> leak : latestFirst.subList(0, Math.min(max, latestFirst.size()))) {
      Place place = leak.getKey();
      lines.append("{\"format\":").append(JsonLines.FORMAT);
      JsonLines.text(lines, "manager", place.name);
      if (place.site != null) {
        JsonLines.text(lines, "where", place.site);
      }
      lines.append(",\"count\":").append(leak.getValue().count);
      JsonLines.text(lines, "found", leak.getValue().last.toString());
      lines.append("}\n");
    }
    return lines.toString();
  }

  private static void report(Place place, long count) {
    keep(place, count);
    var event = new LeakEvent();
    if (event.shouldCommit()) {
      event.manager = place.name;
      event.where = place.site;
      event.count = count;
      event.commit();
    }
    String where = place.site == null ? "" : "; entered at " + place.site;
    Reporter.current()
        .report(
            "LEAK",
            place.name,
            (count == 1 ? "it leaked" : count + " of these leaked")
                + ": nobody is left who could exit "
                + (count == 1 ? "it" : "them")
                + where,
            null);
  }
}
