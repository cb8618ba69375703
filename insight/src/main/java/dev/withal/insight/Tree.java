package dev.withal.insight;

import dev.withal.internal.Held;
import dev.withal.internal.Span;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.Deque;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The contexts held, as a tree in which similar ones share a line.
 *
 * <p>Design: each context finds its group through that of what it is nested in, so a million alike
 * need one group and no list. One that is nested in its like belongs to the same group, so that a
 * recursion is one line, too.
 */
final class Tree {

  /** Similar contexts have equal keys. */
  private record Key(
      String name,
      @Nullable String site,
      Held.Step step,
      @Nullable String asked,
      boolean isLeaked,
      boolean isParentUnknown,
      boolean isOlderThanInsight) {}

  private static final class Group {
    private final @Nullable Key key;
    private final Map<Key, Group> inside = new LinkedHashMap<>();
    private long count;
    private long oldest;
    private long youngest = Long.MAX_VALUE;
    private @Nullable Thread thread;
    private boolean isOnItsThread;
    private boolean isNestedInItself;

    Group(@Nullable Key key) {
      this.key = key;
    }

    Group inside(Key next) {
      if (next.equals(key)) {
        isNestedInItself = true;
        return this;
      }
      return inside.computeIfAbsent(next, Group::new);
    }

    void add(Held.Entry entry, long age) {
      count++;
      oldest = Math.max(oldest, age);
      youngest = Math.min(youngest, age);
      thread = entry.thread();
      isOnItsThread = entry.isOnItsThread();
    }

    List<Group> children() {
      var children = new ArrayList<Group>();
      for (Group group : inside.values()) {
        if (group.count > 0) {
          children.add(group);
        } else {
          children.addAll(group.children()); // all of it has ended since the snapshot
        }
      }
      // The record has the latest first, so those of one age turn round.
      Collections.reverse(children);
      children.sort(Comparator.comparingLong((Group group) -> group.oldest).reversed());
      return children;
    }
  }

  private final Snapshot snapshot;
  private final Group root = new Group(null);
  private final IdentityHashMap<Span, Group> known = new IdentityHashMap<>();
  private long count;

  private Tree(Snapshot snapshot) {
    this.snapshot = snapshot;
  }

  static Tree of(Snapshot snapshot) {
    var tree = new Tree(snapshot);
    for (Held.Entry entry : snapshot.entries()) {
      Span span = entry.span();
      Group group = span == null ? tree.root.inside(tree.key(entry)) : tree.group(span);
      // Asked last, as the name of one that ends meanwhile is gone.
      if (entry.isRecorded()) {
        tree.count++;
        group.add(entry, span == null ? Long.MAX_VALUE : snapshot.age(span.since()));
      }
    }
    return tree;
  }

  /** Goes out until something is known, and back in. */
  private Group group(Span span) {
    Deque<Span> path = new ArrayDeque<>();
    Group group = root;
    for (Span at = span; at != null; at = snapshot.parent(at)) {
      Group found = known.get(at);
      if (found != null) {
        group = found;
        break;
      }
      path.push(at);
      // Guard against race with what is awaited, which may go round in a circle: it ends here.
      known.put(at, root);
    }
    for (Span next : path) {
      Held.Entry entry = snapshot.entry(next);
      if (entry != null) {
        group = group.inside(key(entry));
      }
      known.put(next, group);
    }
    return group;
  }

  private Key key(Held.Entry entry) {
    Span span = entry.span();
    Span.Asked asked = span == null ? null : span.asked();
    return new Key(
        snapshot.name(entry),
        span == null ? null : span.site(),
        entry.step(),
        asked == null ? null : Text.ofReason(asked.reason()),
        UseSpan.hasLeaked(entry),
        span != null && span.isParentUnknown() && snapshot.parent(span) == null,
        span == null);
  }

  // ---- as text ---------------------------------------------------------------------------------

  private record Open(Group group, String indent, boolean isLast) {}

  /** {@return the tree in so many lines, and one before, and one after if something is left out} */
  String text(int max) {
    long all = count;
    var text = new StringBuilder().append(all).append(all == 1 ? " context" : " contexts");
    text.append(" held\n");
    Deque<Open> open = new ArrayDeque<>();
    push(open, root, "");
    long shown = 0;
    for (int lines = 0; lines < max && !open.isEmpty(); lines++) {
      Open next = open.pop();
      text.append(next.indent).append(next.isLast ? "└─ " : "├─ ");
      line(text, next.group);
      shown += next.group.count;
      push(open, next.group, next.indent + (next.isLast ? "   " : "│  "));
    }
    if (!open.isEmpty()) {
      text.append("… and ").append(all - shown).append(" more in lines that are left out\n");
    }
    return text.toString();
  }

  private static void push(Deque<Open> open, Group group, String indent) {
    List<Group> children = group.children();
    for (int i = children.size() - 1; i >= 0; i--) {
      open.push(new Open(children.get(i), indent, i == children.size() - 1));
    }
  }

  private static void line(StringBuilder text, Group group) {
    Key key = group.key;
    if (key == null) {
      return;
    }
    text.append(Text.tame(key.name));
    if (group.count > 1) {
      text.append(" ×").append(group.count);
    }
    if (group.isNestedInItself) {
      text.append(" inside each other");
    }
    text.append("  ").append(Text.inWords(key.step)).append(since(group, key));
    if (key.site != null) {
      text.append(key.site.startsWith("of ") ? "  " : "  at ").append(Text.tame(key.site));
    }
    if (group.count == 1 && group.thread != null) {
      text.append(group.isOnItsThread ? "  on " : "  entered on ").append(nameOf(group.thread));
    }
    if (key.asked != null) {
      text.append("  asked to end: ").append(Text.tame(key.asked));
    }
    if (key.isLeaked) {
      text.append("  LEAKED");
    }
    if (key.isParentUnknown) {
      text.append("  (parent unknown)");
    }
    text.append('\n');
  }

  private static String since(Group group, Key key) {
    if (key.isOlderThanInsight) {
      return " (entered before Insight was on)";
    }
    String oldest = Text.ofMillis(group.oldest);
    String youngest = Text.ofMillis(group.youngest);
    return " since " + (oldest.equals(youngest) ? oldest : oldest + " … " + youngest);
  }

  static String nameOf(Thread thread) {
    String name = thread.getName();
    return Text.tame(name.isEmpty() ? "thread " + thread.threadId() : name);
  }
}
