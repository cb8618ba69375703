package dev.withal.timeline;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Set;

/**
 * The uses of a recording, as many as a page can have.
 *
 * <p>Design: each name is a lane, and each lane keeps its longest uses, as many as all others do,
 * so that a thousand of one name don't hide the ten of another one. All are counted. It thins out
 * whenever it has four times what is wanted, so a recording of any size needs the same memory. The
 * uses whose exits took longest are kept whatever their lane has.
 */
public final class Thinning {
  /** How many of the slowest exits are always kept. */
  public static final int SLOWEST = 50;

  private static final Comparator<RecordedUse> LONGEST_FIRST =
      Comparator.comparingLong(RecordedUse::duration).reversed();

  private final int most;
  private List<RecordedUse> kept = new ArrayList<>();
  private final PriorityQueue<RecordedUse> slowest =
      new PriorityQueue<>(Comparator.comparingLong(RecordedUse::exit));
  private final Map<String, long[]> counts = new HashMap<>();

  Thinning(int most) {
    this.most = most;
  }

  public void add(RecordedUse use) {
    counts.computeIfAbsent(use.manager(), name -> new long[1])[0]++;
    slowest.add(use);
    if (slowest.size() > SLOWEST) {
      slowest.poll();
    }
    kept.add(use);
    if (kept.size() >= 4 * most) {
      kept = longest(kept);
    }
  }

  /** {@return how many there were of a name} */
  public long count(String manager) {
    long[] count = counts.get(manager);
    return count == null ? 0 : count[0];
  }

  /** {@return the names, the most frequent first} */
  List<String> names() {
    List<String> names = new ArrayList<>(counts.keySet());
    names.sort(Comparator.comparingLong(this::count).reversed().thenComparing(name -> name));
    return names;
  }

  /** {@return those that are kept, in the order of their start} */
  public List<RecordedUse> kept() {
    Set<RecordedUse> chosen = new LinkedHashSet<>(slowest);
    chosen.addAll(longest(kept));
    List<RecordedUse> inOrder = new ArrayList<>(chosen);
    inOrder.sort(Comparator.comparingLong(RecordedUse::start).thenComparing(LONGEST_FIRST));
    return inOrder;
  }

  private List<RecordedUse> longest(Collection<RecordedUse> uses) {
    if (uses.size() <= most) {
      return List.copyOf(uses);
    }
    Map<String, List<RecordedUse>> byName = new LinkedHashMap<>();
    for (RecordedUse use : uses) {
      byName.computeIfAbsent(use.manager(), name -> new ArrayList<>()).add(use);
    }
    List<List<RecordedUse>> lanes = new ArrayList<>(byName.values());
    lanes.sort(Comparator.comparingInt(List::size));
    if (lanes.size() > most) {
      lanes = List.of(new ArrayList<>(uses));
    }
    List<RecordedUse> longest = new ArrayList<>(most);
    for (int lane = 0; lane < lanes.size(); lane++) {
      List<RecordedUse> all = lanes.get(lane);
      all.sort(LONGEST_FIRST);
      int share = (most - longest.size()) / (lanes.size() - lane);
      longest.addAll(all.subList(0, Math.min(share, all.size())));
    }
    return longest;
  }
}
