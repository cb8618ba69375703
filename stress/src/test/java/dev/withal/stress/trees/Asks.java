package dev.withal.stress.trees;

import dev.withal.stress.trees.Tree.Use;
import java.util.TreeMap;

/**
 * When somebody is asked to end, and why: a use in stage style, for good; or a thread in direct
 * style, by interruptions, each of which is over once it has been noticed.
 */
final class Asks {
  private final TreeMap<Long, Fault> asks = new TreeMap<>();

  /** The timeouts in direct style whose bodies haven't ended. */
  private final TreeMap<Long, Fault> timeouts = new TreeMap<>();

  /** The interruptions that came while an exit was awaited. */
  private final TreeMap<Long, Fault> heldBack = new TreeMap<>();

  private final boolean staged;

  private Asks(boolean staged) {
    this.staged = staged;
  }

  /** {@return the one of the caller, if there is one} */
  static Asks of(Tree tree) {
    Use root = tree.root();
    var asks = new Asks(root.staged());
    if (tree.ask() != Tree.NEVER) {
      asks.asks.put(tree.ask(), root.staged() ? Fault.answer("asked") : interruption("caller"));
    }
    return asks;
  }

  /** {@return those that reach a use which begins at an instant in the body that has these} */
  Asks inside(Use use, long start, boolean relayed) {
    Asks inner = use.staged() || staged ? new Asks(use.staged()) : this;
    if (inner != this && !asks.isEmpty()) {
      boolean passed = relayed || !staged;
      inner.asks.put(
          first(),
          passed
              ? reason()
              : use.staged() ? Fault.answer("stop " + use.name()) : interruption(use.name()));
    }
    if (use.limit() != Tree.NEVER) {
      Fault reason = use.staged() ? use.timeout() : interruption(use.name());
      inner.asks.put(start + use.limit(), reason);
      if (!use.staged()) {
        inner.timeouts.put(start + use.limit(), reason);
      }
    }
    return inner;
  }

  /** Tells interruptions of different origin from each other. */
  private static Fault interruption(String origin) {
    return Fault.answer("interrupted" + Fault.ORIGIN + origin);
  }

  /** {@return when it is first asked, of what hasn't been noticed} */
  long first() {
    return asks.isEmpty() ? Tree.NEVER : asks.firstKey();
  }

  Fault reason() {
    return asks.firstEntry().getValue();
  }

  /** {@return the reason as the body left it, if that is another use that had the same} */
  Fault reason(Out body) {
    boolean same = body.reason() != null && body.reason().name().equals(reason().name());
    return same ? body.reason() : reason();
  }

  /** Takes notice at an instant. {@return why to end} */
  Fault notice(long now) {
    Fault reason = reason();
    if (!staged) {
      asks.headMap(now, true).clear();
    }
    return reason;
  }

  /** Holds back the interruptions that come within a while. */
  void shielded(long from, long to) {
    if (!staged && from < to) {
      heldBack.putAll(asks.subMap(from, false, to, true));
      heldBack.keySet().removeAll(timeouts.keySet());
    }
  }

  /**
   * {@return whether a timeout that expires at an instant did so while its body ran} Then the flag
   * is cleared, except for an interruption that is known to be another one: that of a timeout
   * around it, or one that was held back after it had expired.
   */
  boolean timeoutOver(long expires, Out body) {
    asks.remove(expires);
    timeouts.remove(expires);
    if (expires > body.end()) {
      return false;
    }
    asks.headMap(body.end(), true).clear();
    asks.putAll(timeouts.headMap(body.end(), true));
    asks.putAll(heldBack.subMap(expires, false, body.end(), true));
    return true;
  }

  /**
   * Takes notice of what a use in stage style, which the thread waited for, was asked to end for.
   * An interruption that came too late for it stays in the flag (L7, L9), and so does one in spite
   * of which it came to a value, as that is returned (L17).
   */
  void awaited(Use use, Asks inner, Out out) {
    long asked = first();
    boolean heard = asked <= out.hears() && asked == inner.first();
    if (use.staged()) {
      shielded(asked, out.end());
    }
    if (!staged && use.staged() && asked <= out.end() && heard && out.fault() != null) {
      notice(asked);
    }
  }

  /** {@return whether the flag of the thread is set at an instant} */
  boolean isInterrupted(long now) {
    return !staged && first() <= now;
  }
}
