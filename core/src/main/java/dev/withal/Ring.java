package dev.withal;

import java.util.ArrayDeque;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.Queue;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Uses that wait for each other, so that none would ever end.
 *
 * <p>Design: a use looks for a ring once it has said for whom it waits and has been entered there
 * as a dependent, and a thread of ours ({@link ThreadWork}) once it has done the same; so does a
 * stack ({@link StackEnd}), for the exit that it waits for. So whoever is last to close one sees
 * all of it, and refuses: nobody walks round a ring for longer than that takes. A use that nobody
 * waits for closes none, which spares deep nests the walk. A function of a use looks before it
 * blocks ({@link Running}). An exit looks from the use on whose behalf it runs, as what stands
 * between the two may tell nothing of that.
 */
final class Ring {
  /** How many uses a message names. */
  private static final int SHOWN = 5;

  private Ring() {}

  /** {@return why the one can't wait for the other, which waits for it; null if it can} */
  static @Nullable IllegalStateException of(RequestFuture<?> one, Waits other) {
    return one.getNumberOfDependents() == 0 ? null : inExitOf(one, other);
  }

  /**
   * {@return why an exit that is part of the one can't wait for the other, which waits for the one;
   * null if it can, or if the exit is part of nothing of ours}
   */
  static @Nullable IllegalStateException inExitOf(@Nullable Object whole, Waits other) {
    return whole instanceof Waits one && closes(one, other)
        ? new IllegalStateException(message(use(one, other), other))
        : null;
  }

  /** {@return whether a wait of the one for the other would close a ring} */
  static boolean closes(Object one, Waits other) {
    Branches branches = null;
    Waits at = other;
    while (at != null && at != one) {
      Waits next = at.waitsFor();
      if (at instanceof StackEnd stack) {
        branches = branches == null ? new Branches() : branches;
        next = branches.isNew(stack) ? next : null;
      }
      at = next == null && branches != null ? branches.open.poll() : next;
    }
    return at != null;
  }

  /** The exits of a stack may wait for any number of other stacks. */
  private static final class Branches {
    private final Set<StackEnd> seen = Collections.newSetFromMap(new IdentityHashMap<>());
    private final Queue<StackEnd> open = new ArrayDeque<>();

    boolean isNew(StackEnd stack) {
      boolean isNew = seen.add(stack);
      if (isNew) {
        open.addAll(stack.closing());
      }
      return isNew;
    }
  }

  /** {@return the first use of the ring; null if there is none in it} */
  private static @Nullable GracedFuture<?> use(Waits one, Waits other) {
    if (one instanceof GracedFuture<?> use) {
      return use;
    }
    for (Waits at = other; at != null && at != one; at = at.waitsFor()) {
      if (at instanceof GracedFuture<?> use) {
        return use;
      }
    }
    return null;
  }

  private static String message(@Nullable GracedFuture<?> use, Waits other) {
    if (use == null) {
      return "this work would never end, as it waits for its own end";
    }
    var message = new StringBuilder("the use of " + use.name() + " would never end");
    int uses = 0;
    // The ring may begin with a thread, behind its first use.
    Waits next = other == use ? use.waitsFor() : other;
    for (; next != null && next != use; next = next.waitsFor()) {
      if (next instanceof GracedFuture<?> graced && uses++ < SHOWN) {
        message.append(uses == 1 ? ": it waits for that of " : ", which waits for that of ");
        message.append(graced.name());
      }
    }
    message.append(uses == 0 ? ", as it waits for its own end" : ", which waits for ");
    message.append(uses > SHOWN ? "others, and these for it" : uses == 0 ? "" : "it");
    return message.toString();
  }
}
