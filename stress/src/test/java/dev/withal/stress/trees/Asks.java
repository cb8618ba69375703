package dev.withal.stress.trees;

import dev.withal.stress.trees.Tree.Use;
import java.util.TreeMap;

/**
 * When somebody is asked to end, and why: a use in stage style, for good; or a thread in direct
 * style, by interruptions, each of which is over once it has been noticed.
 */
final class Asks {
  private final TreeMap<Long, Fault> asks = new TreeMap<>();
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
      inner.asks.put(start + use.limit(), use.staged() ? use.timeout() : interruption(use.name()));
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

  /**
   * {@return whether a timeout that expires at an instant did so while its body ran} Then its
   * interruption is over, noticed or not; but if the body ended because it noticed one, what is
   * pending is another one.
   */
  boolean timeoutOver(long expires, Out body) {
    if (expires > body.end()) {
      asks.remove(expires);
      return false;
    }
    if (body.fault() == null || !body.fault().answer()) {
      asks.headMap(body.end(), true).clear();
    }
    return true;
  }

  /**
   * {@return what the body that has these makes of a use that it waited for} A thread that waits
   * for a future passes its interruption on, or throws it if that came too late and the use
   * succeeded (L7, L9).
   */
  Out awaited(Use use, Asks inner, Out out) {
    long asked = first();
    boolean heard = asked <= out.hears() && asked == inner.first();
    if (staged || !use.staged() || asked > out.end() || !(heard || out.fault() == null)) {
      return out;
    }
    Fault interrupted = notice(asked);
    return Out.of(out.end(), out.fault() == null ? interrupted : out.fault());
  }

  /** {@return whether the flag of the thread is set at an instant} */
  boolean isInterrupted(long now) {
    return !staged && first() <= now;
  }
}
