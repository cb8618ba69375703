package dev.withal.cli;

import dev.withal.timeline.HeldContext;
import dev.withal.timeline.Plain;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The contexts held, as a tree in which similar ones share a line, in the form that Insight writes.
 *
 * <p>Design: Insight's own tree is made from its record, without a text for each context; this one
 * is for what has become lines or events, as only a part is wanted or there is no management.
 */
final class HeldTree {
  private record Key(
      String manager,
      @Nullable String where,
      String phase,
      @Nullable String asked,
      boolean isLeaked,
      boolean isParentUnknown,
      boolean isOlderThanInsight) {}

  private static final class Group {
    private final @Nullable Key key;
    private final Map<Key, Group> inside = new LinkedHashMap<>();
    private final List<HeldContext> contexts = new ArrayList<>();
    private boolean isNestedInItself;

    Group(@Nullable Key key) {
      this.key = key;
    }

    /** One that is nested in its like belongs to it, so that a recursion is one line. */
    Group inside(Key next) {
      if (next.equals(key)) {
        isNestedInItself = true;
        return this;
      }
      return inside.computeIfAbsent(next, Group::new);
    }

    Instant oldest() {
      return contexts.stream()
          .map(HeldContext::since)
          .min(Comparator.naturalOrder())
          .orElse(Instant.MAX);
    }

    Instant youngest() {
      return contexts.stream()
          .map(HeldContext::since)
          .max(Comparator.naturalOrder())
          .orElse(Instant.MAX);
    }
  }

  private record Open(Group group, String indent, boolean isLast) {}

  private final Map<Long, HeldContext> held = new LinkedHashMap<>();
  private final Map<Long, Group> known = new HashMap<>();
  private final Group root = new Group(null);
  private final Instant now;

  HeldTree(List<HeldContext> contexts, Instant now) {
    this.now = now;
    contexts.forEach(context -> held.put(context.id(), context));
    contexts.forEach(context -> group(context).contexts.add(context));
  }

  /** Goes out until something is known, and back in. */
  private Group group(HeldContext context) {
    Deque<HeldContext> path = new ArrayDeque<>();
    Set<Long> seen = new HashSet<>();
    Group group = root;
    for (HeldContext at = context; at != null; at = held.get(at.parent())) {
      Group there = known.get(at.id());
      if (there != null) {
        group = there;
        break;
      }
      if (!seen.add(at.id())) {
        break; // whoever says it is nested in itself
      }
      path.push(at);
    }
    for (HeldContext at : path) {
      group = group.inside(key(at));
      known.put(at.id(), group);
    }
    return group;
  }

  private static Key key(HeldContext context) {
    return new Key(
        context.manager(),
        context.where(),
        context.phase(),
        context.asked(),
        context.isLeaked(),
        context.isParentUnknown(),
        context.isOlderThanInsight());
  }

  /**
   * {@return the tree in so many lines, and one before, and one after if something is left out}
   *
   * @param which which contexts these are, as the first line tells it
   * @param max how many lines
   */
  String text(String which, int max) {
    var text = new StringBuilder();
    text.append(held.size())
        .append(held.size() == 1 ? " context" : " contexts")
        .append(' ')
        .append(which)
        .append('\n');
    Deque<Open> open = new ArrayDeque<>();
    push(open, root, "");
    int shown = 0;
    for (int lines = 0; lines < max && !open.isEmpty(); lines++) {
      Open next = open.pop();
      text.append(next.indent).append(next.isLast ? "└─ " : "├─ ");
      line(text, next.group);
      shown += next.group.contexts.size();
      push(open, next.group, next.indent + (next.isLast ? "   " : "│  "));
    }
    if (!open.isEmpty()) {
      text.append("… and ")
          .append(held.size() - shown)
          .append(" more in lines that are left out\n");
    }
    return text.toString();
  }

  private static void push(Deque<Open> open, Group group, String indent) {
    List<Group> children = new ArrayList<>(group.inside.values());
    children.sort(Comparator.comparing(Group::oldest));
    for (int i = children.size() - 1; i >= 0; i--) {
      open.push(new Open(children.get(i), indent, i == children.size() - 1));
    }
  }

  private void line(StringBuilder text, Group group) {
    Key key = group.key;
    if (key == null) {
      return;
    }
    int count = group.contexts.size();
    text.append(Plain.line(key.manager));
    if (count > 1) {
      text.append(" ×").append(count);
    }
    if (group.isNestedInItself) {
      text.append(" inside each other");
    }
    text.append("  ").append(key.phase.equals("body") ? "in body" : Plain.line(key.phase));
    text.append(
        key.isOlderThanInsight ? " (entered before Insight was on)" : " since " + age(group));
    if (key.where != null) {
      text.append(key.where.startsWith("of ") ? "  " : "  at ").append(Plain.line(key.where));
    }
    String thread = count == 1 ? group.contexts.getFirst().thread() : null;
    if (thread != null && !thread.isEmpty()) {
      text.append("  entered on ").append(Plain.line(thread));
    }
    if (key.asked != null) {
      text.append("  asked to end: ").append(Plain.line(key.asked));
    }
    if (key.isLeaked) {
      text.append("  LEAKED");
    }
    if (key.isParentUnknown) {
      text.append("  (parent unknown)");
    }
    text.append('\n');
  }

  private String age(Group group) {
    String oldest = Plain.time(Duration.between(group.oldest(), now));
    String youngest = Plain.time(Duration.between(group.youngest(), now));
    return oldest.equals(youngest) ? oldest : oldest + " … " + youngest;
  }
}
