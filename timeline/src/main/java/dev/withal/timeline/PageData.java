package dev.withal.timeline;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The data of a page, as one JSON object.
 *
 * <p>Design: a use is a row of numbers in base 36, times as differences, texts as places in tables.
 * The tables are bounded as well, since a program may have as many names as uses.
 */
public final class PageData {
  /** How many uses a page has at most; with all else that is less than 2 MB. */
  public static final int MOST_USES = 30_000;

  /** How long a table is, about, as JSON. */
  private static final int MOST_SIGNS = 150_000;

  private static final int MOST_TOLD = 500;
  private static final int MOST_LANES = 60;
  private static final int LONGEST = 120;
  private static final int LONGEST_MESSAGE = 300;

  /** Different texts, each with its place; those that are too many share the first one. */
  private static final class Table {
    private final Map<String, Integer> places = new HashMap<>();
    private final StringBuilder json = new StringBuilder("[");

    Table(String others) {
      json.append(Json.quoted(others));
      places.put(others, 0);
    }

    int place(String text) {
      String shown = Plain.line(Plain.atMost(LONGEST, text));
      Integer place = places.get(shown);
      if (place == null) {
        place = json.length() < MOST_SIGNS ? places.size() : 0;
        if (place > 0) {
          json.append(',').append(Json.quoted(shown));
          places.put(shown, place);
        }
      }
      return place;
    }

    String json() {
      return json + "]";
    }
  }

  private final Recorded recorded;
  private final Table names = new Table("(other names)");
  private final Table wheres = new Table("(other lines)");
  private final Table threads = new Table("(other threads)");
  private final Table outcomes = new Table("(other outcomes)");

  private PageData(Recorded recorded) {
    this.recorded = recorded;
  }

  /**
   * {@return what the page of a recording shows}
   *
   * @param recorded the recording
   * @param title its name
   */
  static String of(Recorded recorded, String title) {
    return new PageData(recorded).json(title);
  }

  private String json(String title) {
    List<RecordedUse> rows = new ArrayList<>(recorded.uses.kept());
    int finished = rows.size();
    List<RecordedUse> open = recorded.open();
    rows.addAll(open);
    rows.sort(
        Comparator.comparingLong(RecordedUse::start)
            .thenComparing(Comparator.comparingLong(RecordedUse::duration).reversed()));
    String lanes = lanes(open);
    String table = rows(rows);
    return "{\"title\":"
        + Json.quoted(Plain.line(title))
        + ",\"from\":"
        + recorded.from()
        + ",\"to\":"
        + recorded.to()
        + ",\"complete\":"
        + recorded.isComplete()
        + ",\"uses\":"
        + recorded.count(Recorded.USE)
        + ",\"heldEvents\":"
        + recorded.count(Recorded.HELD)
        + ",\"leakEvents\":"
        + recorded.count(Recorded.LEAK)
        + ",\"leaked\":"
        + recorded.leaked()
        + ",\"reportEvents\":"
        + recorded.count(Recorded.REPORT)
        + ",\"shown\":"
        + finished
        + ",\"open\":"
        + open.size()
        + ",\n\"lanes\":"
        + lanes
        + ",\n\"names\":"
        + names.json()
        + ",\n\"wheres\":"
        + wheres.json()
        + ",\n\"threads\":"
        + threads.json()
        + ",\n\"outcomes\":"
        + outcomes.json()
        + ",\n\"leaks\":"
        + told(recorded.leaks)
        + ",\n\"reports\":"
        + told(recorded.reports)
        + ",\n\"rows\":\""
        + table
        + "\"}";
  }

  /** The names that have a lane of their own, and how many uses there were of each. */
  private String lanes(List<RecordedUse> open) {
    Set<String> all = new LinkedHashSet<>(recorded.uses.names());
    open.forEach(use -> all.add(use.manager()));
    var lanes = new StringBuilder("[");
    for (String name : all.stream().limit(MOST_LANES).toList()) {
      lanes.append(lanes.length() == 1 ? "" : ",");
      lanes.append('[').append(names.place(name)).append(',');
      lanes.append(recorded.uses.count(name)).append(']');
    }
    return lanes.append(']').toString();
  }

  private String rows(List<RecordedUse> rows) {
    Map<Long, Integer> places = new HashMap<>();
    for (int row = 0; row < rows.size(); row++) {
      places.put(rows.get(row).id(), row);
    }
    var table = new StringBuilder(rows.size() * 32);
    long before = recorded.from();
    for (int row = 0; row < rows.size(); row++) {
      RecordedUse use = rows.get(row);
      table.append(row == 0 ? "" : ";");
      number(table, Math.max(0, use.start() - before)).append(',');
      number(table, use.enter()).append(',');
      number(table, use.body()).append(',');
      number(table, use.exit()).append(',');
      number(table, names.place(use.manager())).append(',');
      number(table, wheres.place(use.where())).append(',');
      number(table, threads.place(use.thread())).append(',');
      number(table, outcomes.place(use.outcome())).append(',');
      // One of which nothing is kept is as good as none.
      number(table, places.getOrDefault(use.parent(), -1) + 1L);
      before = Math.max(before, use.start());
    }
    return table.toString();
  }

  private static StringBuilder number(StringBuilder table, long number) {
    return number == 0 ? table : table.append(Long.toString(number, Character.MAX_RADIX));
  }

  private String told(List<Recorded.Told> list) {
    var json = new StringBuilder("[");
    for (Recorded.Told told : list.subList(0, Math.min(MOST_TOLD, list.size()))) {
      json.append(json.length() == 1 ? "[" : ",[");
      json.append(told.at()).append(',');
      json.append(shortened(told.manager(), LONGEST)).append(',');
      json.append(shortened(told.what(), LONGEST)).append(',');
      json.append(told.count()).append(',');
      json.append(shortened(told.more(), LONGEST_MESSAGE)).append(']');
    }
    return json.append(']').toString();
  }

  private static String shortened(String text, int length) {
    return Json.quoted(Plain.line(Plain.atMost(length, text)));
  }
}
