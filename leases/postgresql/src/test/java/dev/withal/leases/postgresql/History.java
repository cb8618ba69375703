package dev.withal.leases.postgresql;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * What transactions have read of one register and written to it, each a value of its own; and
 * whether one order explains that.
 *
 * <p>Each transaction reads the value of one other and writes its own, so an order explains all if
 * and only if they are a single chain: nobody has read what somebody else has read as well.
 */
final class History {
  /** How a transaction has ended. */
  enum End {
    COMMITTED,
    UNKNOWN
  }

  /**
   * One transaction.
   *
   * @param token the token of its lease
   * @param read what it has read: what another one wrote, or 0
   * @param wrote what it has written, unlike anything else
   */
  record Step(long token, long read, long wrote, End end) {}

  private final List<Step> steps = Collections.synchronizedList(new ArrayList<>());

  void add(Step step) {
    steps.add(step);
  }

  int size() {
    return steps.size();
  }

  /** {@return the chain from the register's last value back to 0, the first one first} */
  List<Step> chain(long last) {
    Map<Long, Step> byValue = new HashMap<>();
    steps.forEach(step -> byValue.put(step.wrote, step));
    var chain = new ArrayList<Step>();
    for (long at = last; at != 0; at = byValue.get(at).read) {
      Step step = byValue.get(at);
      if (step == null || chain.contains(step)) {
        throw new AssertionError("the value " + at + " was written by nobody, or twice");
      }
      chain.add(step);
    }
    return chain.reversed();
  }

  /** {@return the transactions that have committed, and whose effect is lost} */
  List<Step> lost(long last) {
    List<Step> chain = chain(last);
    return steps.stream()
        .filter(step -> step.end == End.COMMITTED && !chain.contains(step))
        .toList();
  }

  /** {@return whether tokens increase along the chain} */
  boolean isInTheOrderOfTokens(long last) {
    long before = 0;
    for (Step step : chain(last)) {
      if (step.token < before) {
        return false;
      }
      before = step.token;
    }
    return true;
  }

  /** Keeps the history, to look at it afterwards. */
  void keep(String name, long last) throws IOException {
    Path file = Path.of("target", "histories", name + ".txt");
    Files.createDirectories(file.getParent());
    Files.writeString(
        file,
        steps.stream().map(Step::toString).collect(Collectors.joining("\n")) + "\nlast " + last);
  }
}
